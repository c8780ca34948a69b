// The portal without network: pages that the server lets the phone keep open from here, and forms that it lets the phone keep are sent later.
// What may be kept is the server's word: the header Kept-For of a page, the field kept_for of a form. Nothing else is kept.
import { DAY, PAGES, forgetPages, keep, note, taps, waits } from './taps.js';

const BUILT = 'smilero-built';
const SELF = '/portal/worker.js';
const LIST = '/portal/kept';
const LOOK = '/look.css';
const FOR = 'kept_for';
const KEY = 'idempotency_key';
// Milliseconds without an answer after which the line is thought dead: of a form, and of a page that is kept here.
const PATIENCE = 12_000;
const PAGE_PATIENCE = 8_000;
// Milliseconds after which a kept page is fetched anew when its owner is there.
const OLD = 60 * 60 * 1000;
// What a proxy answers for a server that is away: as good as no network.
const AWAY = new Set([502, 503, 504]);
const OTHER_HAND = 412;
const TOO_OFTEN = 429;
const LATEST = { ignoreSearch: true, ignoreVary: true };

let cut = false;
let sending;

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(takeOver()));
self.addEventListener('message', (event) => event.waitUntil(greet(event.data)));
self.addEventListener('sync', (event) => event.waitUntil(sendAgain()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = new URL(request.url);
  const { origin, pathname } = address;
  if (origin !== self.location.origin) return;
  const looks = request.method === 'GET';
  if (request.mode === 'navigate') {
    if (looks) event.respondWith(show(event, address));
    else if (request.method === 'POST') event.respondWith(command(request, pathname));
  } else if (looks && pathname.startsWith('/static/')) event.respondWith(built(request));
  else if (looks && pathname === LOOK) event.respondWith(look(request));
});

async function takeOver() {
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

/** A phone whose store is full or shut loses what would be kept, never the answer itself. */
const aside = (promise) => promise.catch(() => undefined);

/** A page has opened, or thinks that the network is back: of the person with this mark, who may keep these pages. */
async function greet({ mark, pages }) {
  const sent = await send();
  // The first request after an outage often fails still: it is tried once more as soon as another comes through.
  if ((cut || !sent) && (await probe()) && !sent) await send();
  if (!cut) await aside(fill(mark, pages));
}

/** The promise's value, unless it takes so many milliseconds; none: as long as it takes. */
function soon(promise, patience) {
  if (!patience) return promise;
  return Promise.race([promise, new Promise((_, reject) => setTimeout(reject, patience, new Error('no answer')))]);
}

async function tell() {
  for (const page of await self.clients.matchAll({ type: 'window', includeUncontrolled: true })) page.postMessage({ cut });
}

async function reached(whether) {
  if (cut === !whether) return;
  cut = !whether;
  await tell();
}

/** Whether the server can be reached. */
async function probe() {
  try {
    await soon(fetch(SELF, { method: 'HEAD', cache: 'no-store' }), PATIENCE);
    await reached(true);
    return true;
  } catch {
    return false;
  }
}

// Pages.

async function found(path) {
  for (const name of await caches.keys()) {
    const page = name.startsWith(PAGES) && (await (await caches.open(name)).match(path, LATEST));
    if (page) return page;
  }
  return undefined;
}

/** A page as it is kept: it says of itself that it is a copy, and when the server drew it. */
async function copied(answer) {
  const headers = new Headers(answer.headers);
  // What arrives here is unpacked already.
  for (const name of ['Content-Encoding', 'Content-Length']) headers.delete(name);
  const drawn = Date.parse(headers.get('Date')) || Date.now();
  return new Response((await answer.text()).replace(' data-kept=', ` data-copy="${drawn}" data-kept=`), { headers });
}

/** Keep a page if the server says for whom; whether it did. What was kept for anybody else goes. */
async function shelve(path, answer, wanted) {
  const mark = answer.headers.get('Kept-For');
  if (!answer.ok || !mark || (wanted && mark !== wanted)) return false;
  await forgetPages(mark);
  await (await caches.open(PAGES + mark)).put(path, await copied(answer));
  return true;
}

/** A page that was kept and now leads away or is refused was somebody's who is not in any more. */
const gone = (answer) => answer.type === 'opaqueredirect' || (answer.status >= 400 && answer.status < 500);

async function show(event, { pathname: path, search }) {
  const kept = await aside(found(path));
  let answer;
  try {
    const asked = event.preloadResponse.then((early) => early ?? fetch(event.request));
    answer = await soon(asked, kept && PAGE_PATIENCE);
    if (kept && AWAY.has(answer.status)) throw new Error('away');
  } catch {
    await reached(false);
    if (kept) return kept;
    return (await aside(found(LIST))) ? Response.redirect(`${LIST}#closed`) : Response.error();
  }
  await reached(true);
  if (kept && gone(answer)) await aside(forgetPages());
  // What an address brings along, as one customer's number, is of that moment and of nobody who comes later.
  else if (!search) event.waitUntil(aside(shelve(path, answer.clone())));
  return answer;
}

/** Whether a page was drawn too long ago; of a phone whose clock stands elsewhere, always. */
const isOld = (page) => Math.abs(Date.now() - Date.parse(page.headers.get('Date'))) > OLD;

/** Fetch what is missing or old of the pages that may be kept, with all that they are drawn with. */
async function fill(mark, pages) {
  const drawn = new Set([LOOK]);
  let fresh = false;
  for (const path of pages) {
    let page = await (await caches.open(PAGES + mark)).match(path, LATEST);
    if (!page || isOld(page)) {
      page = await aside(fetch(path, { redirect: 'manual' }));
      if (!page) {
        await reached(false);
        return;
      }
      fresh = true;
      if (gone(page)) await forgetPages();
      if (!(await shelve(path, page.clone(), mark))) continue;
    }
    for (const [address] of (await page.text()).matchAll(/\/static\/dist\/[\w.-]+/g)) drawn.add(address);
  }
  if (fresh) await restock(drawn);
}

/** Keep the built files that are needed, and no older ones. Fonts stay, as far as they were ever fetched. */
async function restock(addresses) {
  const cache = await caches.open(BUILT);
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url);
    if (!addresses.has(pathname) && !pathname.includes('/fonts/')) await cache.delete(url);
  }
  // One that is gone, because the server was renewed meanwhile, costs none of the others.
  for (const address of addresses) if (!(await cache.match(address, LATEST))) await aside(cache.add(address));
}

const known = async (request) => (await caches.open(BUILT)).match(request, LATEST);
const stock = async (request, answer) => (await caches.open(BUILT)).put(request, answer);

async function built(request) {
  const before = await aside(known(request));
  if (before) return before;
  const answer = await fetch(request);
  // Its name says which content it is, so it is never another one.
  if (answer.ok && answer.headers.get('Cache-Control')?.includes('immutable')) await aside(stock(request, answer.clone()));
  return answer;
}

async function look(request) {
  const answer = await aside(fetch(request));
  if (answer?.ok) await aside(stock(request, answer.clone()));
  return answer ?? (await aside(known(request))) ?? Response.error();
}

// Taps.

async function fieldsOf(request) {
  const plain = request.headers.get('Content-Type')?.startsWith('application/x-www-form-urlencoded');
  return plain ? Object.fromEntries(await request.clone().formData()) : {};
}

async function command(request, path) {
  const { [FOR]: mark, [KEY]: key, ...rest } = await fieldsOf(request);
  // Asked before: a line that breaks on the way has taken the tap along, perhaps.
  const online = navigator.onLine;
  let answer;
  try {
    // What is not kept has the time that it needs, as a photo on a slow line has.
    answer = await soon(fetch(request), mark && PATIENCE);
  } catch {
    await reached(false);
  }
  if (answer && !(mark && AWAY.has(answer.status))) {
    await reached(true);
    // Any other command may be the one that changes who is in, or where: the next page says it.
    if (!mark) await aside(forgetPages());
    return answer;
  }
  if (!mark || !key) return Response.redirect(`${LIST}#unsent`, 303);
  const from = request.referrer ? new URL(request.referrer).pathname : '/portal';
  try {
    await keep({ key, mark, path, from, fields: rest, at: Date.now(), state: 'waiting', unsure: Boolean(answer) || online });
  } catch {
    // No room for it: she is told, and does not wait for what nobody knows of.
    return Response.redirect(`${LIST}#unsent`, 303);
  }
  // Where the browser can, it wakes the worker when the network is back, though all pages are closed by then.
  await self.registration.sync?.register('taps').catch(() => undefined);
  await tell();
  return Response.redirect(LIST, 303);
}

/** Send what waits, one after another; whether nothing is left that another try could send. */
function send() {
  sending ??= sendAll().finally(() => {
    sending = undefined;
  });
  return sending;
}

async function sendAgain() {
  if (!(await send())) throw new Error('the network is away again');
}

async function sendAll() {
  let whole = true;
  for (const tap of ((await aside(taps())) ?? []).filter(waits)) {
    // A clock that was wrong by more than a day, then or now, says nothing of how long ago it was.
    if (Math.abs(Date.now() - tap.at) > DAY) await note(tap, { state: 'late', trying: false });
    // A worker that was stopped while it sent has not noted what came of it.
    else if (await note(tap, { trying: true, unsure: Boolean(tap.unsure || tap.trying) })) {
      const { again, dead, ...news } = await sendOne(tap);
      await note(tap, { trying: false, ...news });
      await tell();
      if (dead) return false;
      // One that the server stumbles on does not hold up those behind it.
      whole &&= !again;
      if (news.stopped === 'out') break;
    }
  }
  await tell();
  return whole;
}

/** What came of sending a tap: what is new of it; `again` when nothing is known yet, `dead` when nothing comes through at all. */
async function sendOne({ key, mark, path, fields }) {
  const body = new URLSearchParams({ ...fields, [FOR]: mark, [KEY]: key });
  const online = navigator.onLine;
  let answer;
  try {
    // A redirect would be to the sign-in: what was done is told as JSON.
    answer = await soon(fetch(path, { method: 'POST', body, headers: { Accept: 'application/json' }, redirect: 'manual' }), PATIENCE);
  } catch {
    await reached(false);
    return { again: true, dead: true, ...(online && { unsure: true }) };
  }
  await reached(true);
  if (answer.type === 'opaqueredirect') {
    await aside(forgetPages());
    return { stopped: 'out' };
  }
  const { ok, status } = answer;
  if (status === OTHER_HAND) return { stopped: 'other' };
  const busy = status === TOO_OFTEN || status >= 500 || answer.headers.has('Retry-After');
  const word = busy ? undefined : await aside(soon(answer.json(), PATIENCE));
  // Somebody between us and the server answered: a hotel's page, a proxy's.
  if (busy || (ok && !word?.told)) return { again: true, unsure: true, dead: status === TOO_OFTEN || AWAY.has(status) };
  return { state: ok ? 'done' : 'refused', told: word?.told, go: word?.path, stopped: undefined };
}
