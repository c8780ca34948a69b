// A portal page with the worker beside it: says when the network is gone, what waits to be sent, and what came of it.
import { drop, forget, keep, taps, waits } from './taps.js';

const LIST = '/portal/kept';
// Milliseconds that whoever leaves waits for the phone to forget, at most.
const LONGEST = 3_000;
// Milliseconds until the next try while something waits: at first, and at most.
const SOON = 5_000;
const LONG = 120_000;

/** Whether an address is of a form, whose path may have `{parameters}`. */
function matches(path, address) {
  const parts = path.split('/');
  const given = address.split('/');
  return parts.length === given.length && parts.every((part, index) => part.startsWith('{') || part === given[index]);
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** A page that was kept is of its own time: an undo in it is over or done, and its yesterday may be another day's. */
function date(portal, drawn) {
  portal.querySelector('[data-undo]')?.remove();
  const [then, now] = [new Date(drawn), new Date()];
  if (then.toDateString() === now.toDateString()) return;
  const day = then.toLocaleDateString(document.documentElement.lang, { month: 'long', day: 'numeric' });
  const { textContent } = portal.querySelector('[data-kept-old]');
  for (const dated of portal.querySelectorAll('[data-dated]')) dated.textContent = fill(textContent, { day });
}

export function kept(portal) {
  const told = JSON.parse(portal.dataset.kept);
  if (portal.dataset.copy) date(portal, Number(portal.dataset.copy));
  const workers = navigator.serviceWorker;
  // Not there on a line without TLS, and in some private windows.
  if (!workers) return;
  const strip = portal.querySelector('[data-kept-strip]');
  const list = portal.querySelector('[data-kept-list]');
  const whole = portal.querySelector('[data-kept-page]');
  let cut = false;
  let delay = SOON;
  let waiting;

  const nameOf = (tap) => fill(told.forms.find(({ path }) => matches(path, tap.path))?.name ?? '', tap.fields);
  function timeOf(tap) {
    const at = new Date(tap.at);
    const day = at.toDateString() === new Date().toDateString() ? {} : { month: 'long', day: 'numeric' };
    return at.toLocaleString(document.documentElement.lang, { ...day, hour: 'numeric', minute: '2-digit' });
  }

  const stateOf = (tap) => (tap.state === 'waiting' && tap.stopped === 'out' ? 'out' : tap.state);

  function line(tap) {
    const state = stateOf(tap);
    const item = portal.querySelector(`[data-kept-tap="${state}"]`).cloneNode(true);
    item.removeAttribute('data-kept-tap');
    item.className = `tap ${state}`;
    const values = { told: tap.told, name: nameOf(tap), time: timeOf(tap) };
    const holds = { told: Boolean(tap.told), untold: !tap.told, unsure: Boolean(tap.unsure), sure: !tap.unsure };
    for (const one of item.querySelectorAll('[data-kept-if]')) if (!holds[one.dataset.keptIf]) one.remove();
    for (const text of item.querySelectorAll('[data-fill]')) text.textContent = fill(text.textContent, values);
    const way = item.querySelector('[data-kept-go]');
    if (way && tap.go) way.href = tap.go;
    else if (way) way.remove();
    const button = item.querySelector('[data-kept-drop]');
    // What may have arrived is not taken back here: its own page does that.
    if (button && waits(tap) && (tap.unsure || tap.trying)) button.remove();
    else button?.addEventListener('click', async () => {
      await drop(tap.key);
      await show();
    });
    return item;
  }

  function count(name, number) {
    for (const place of portal.querySelectorAll(`[data-kept-count="${name}"]`)) {
      place.hidden = number === 0;
      const text = place.querySelector('[data-fill]');
      text.dataset.sentence ??= text.textContent;
      text.textContent = fill(text.dataset.sentence, { count: number });
    }
  }

  /** On the page of taps: what has just happened, as the address or the list says. */
  function head(own) {
    const asked = location.hash.slice(1);
    const now = own.some(waits) ? 'kept' : own.length ? 'sent' : 'none';
    for (const one of whole.querySelectorAll('[data-kept-why]')) one.hidden = one.dataset.keptWhy !== (asked || now);
    const back = portal.querySelector('[data-kept-back]');
    if (own.length) back.href = own.at(-1).from;
    // One blue button a screen: who has to come in again does that first.
    back.hidden = !own.length || own.some(({ stopped }) => stopped === 'out');
  }

  async function show() {
    // Where the phone's store is shut nothing was ever written down.
    const all = await taps().catch(() => []);
    const own = all.filter(({ mark }) => mark === told.mark);
    const unsent = own.filter(waits);
    const shown = whole ? own : own.filter((tap) => !waits(tap) || tap.stopped === 'out');
    strip.querySelector('[data-kept-cut]').hidden = !cut || !workers.controller;
    count('waiting', whole ? 0 : unsent.length);
    count('other', all.filter(waits).length - unsent.length);
    list.replaceChildren(...shown.reverse().map(line));
    if (whole) head(own);
    again(cut || unsent.some(({ stopped }) => !stopped));
  }

  async function greet() {
    const { active } = await workers.ready;
    active.postMessage({ mark: told.mark, pages: told.pages });
  }

  /** Try again by and by, while there is a reason. */
  function again(needed) {
    if (!needed) {
      clearTimeout(waiting);
      waiting = undefined;
      delay = SOON;
    } else waiting ??= setTimeout(() => {
      waiting = undefined;
      delay = Math.min(2 * delay, LONG);
      greet();
    }, delay);
  }

  /** Say in each form that may be kept for whom it is, with a key of its own: a page from the cache is opened more than once. */
  function arm(form) {
    if (form.method !== 'post' || !told.forms.some(({ path }) => matches(path, new URL(form.action).pathname))) return;
    const key = form.querySelector('[name=idempotency_key]');
    if (!key) return;
    const renew = () => {
      key.value = crypto.randomUUID();
    };
    renew();
    // Back from the next page, this one may be shown as it was left: what is tapped now is something new.
    window.addEventListener('pageshow', ({ persisted }) => persisted && renew());
    const mark = document.createElement('input');
    Object.assign(mark, { type: 'hidden', name: 'kept_for', value: told.mark });
    form.append(mark);
  }

  async function start() {
    if (!told.mark) {
      await forget().catch(() => undefined);
      await show();
      return;
    }
    portal.querySelectorAll('form').forEach(arm);
    workers.addEventListener('message', ({ data }) => {
      cut = data.cut || !navigator.onLine;
      show();
    });
    window.addEventListener('offline', () => {
      cut = true;
      show();
    });
    window.addEventListener('online', () => {
      again(false);
      greet();
    });
    window.addEventListener('pageshow', ({ persisted }) => {
      if (persisted) greet();
    });
    window.addEventListener('hashchange', show);
    cut = !navigator.onLine;
    await show();
    await workers.register('/portal/worker.js', { scope: '/portal', updateViaCache: 'none' });
    await greet();
  }

  start();
}

/** Whoever leaves leaves no pages behind. */
export function leave(form) {
  form.addEventListener('submit', async (event) => {
    if (!navigator.serviceWorker) return;
    event.preventDefault();
    // Whatever the phone's store does or does not do, the way out is open.
    await Promise.race([forget(), new Promise((resolve) => setTimeout(resolve, LONGEST))]).catch(() => undefined);
    form.submit();
  });
}
