// The behaviour of the pages: each module finds its elements by their data attributes. A page is usable without any of it.
import { keypad } from './keypad.js';
import { live } from './live.js';
import { sendOnce } from './once.js';
import { passkey } from './passkey.js';
import { print } from './print.js';
import { scan } from './scan.js';
import { sendAtOnce } from './send.js';
import { share } from './share.js';
import { speak } from './speak.js';

const BEHAVIOURS = {
  'form[data-once]': sendOnce,
  'form[data-keypad]': keypad,
  'form[data-at-once]': sendAtOnce,
  '[data-scan]': scan,
  '[data-live-url]': live,
  'form[data-passkey]': passkey,
  '[data-print]': print,
  '[data-share-url]': share,
  '[data-speak]': speak,
};

for (const [selector, behaviour] of Object.entries(BEHAVIOURS)) document.querySelectorAll(selector).forEach(behaviour);
