// The behaviour of the pages: each module finds its elements by their data attributes. A page is usable without any of it.
import { kept, leave } from './kept.js';
import { find } from './find.js';
import { keypad } from './keypad.js';
import { live } from './live.js';
import { sendOnce } from './once.js';
import { passkey } from './passkey.js';
import { print } from './print.js';
import { progress } from './progress.js';
import { scan } from './scan.js';
import { sendAtOnce } from './send.js';
import { share } from './share.js';
import { showing } from './showing.js';
import { shrink } from './shrink.js';
import { speak } from './speak.js';
import { undo } from './undo.js';
import { voice } from './voice.js';

const BEHAVIOURS = {
  'input[data-shrink]': shrink,
  '[data-kept]': kept,
  'form[data-once]': sendOnce,
  'form[action="/sign-out"]': leave,
  'form[data-keypad]': keypad,
  'form[data-at-once]': sendAtOnce,
  '[data-scan]': scan,
  '[data-live-url]': live,
  '[data-showing-url]': showing,
  'form[data-passkey]': passkey,
  '[data-find]': find,
  '[data-print]': print,
  '[data-progress-url]': progress,
  '[data-share-url]': share,
  '[data-speak]': speak,
  'form[data-undo]': undo,
  '[data-voice]': voice,
};

for (const [selector, behaviour] of Object.entries(BEHAVIOURS)) document.querySelectorAll(selector).forEach(behaviour);

// It can be put on the phone's first screen, and never asks for it.
window.addEventListener('beforeinstallprompt', (event) => event.preventDefault());
