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
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  const looks = request.method === 'GET';
  if (request.mode === 'navigate') {
    if (looks) event.respondWith(show(event, pathname));
    else if (request.method === 'POST') event.respondWith(command(request, pathname));
  } else if (looks && pathname.startsWith('/static/')) event.respondWith(built(request));
  else if (looks && pathname === LOOK) event.respondWith(look(request));
});

async function takeOver() {
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

/** A page has opened, or thinks that the network is back: of the person with this mark, who may keep these pages. */
async function greet({ mark, pages }) {
  const sent = await send();
  // The first request after an outage often fails still: it is tried once more as soon as another comes through.
  if ((cut || !sent) && (await probe()) && !sent) await send();
  if (!cut) await fill(mark, pages);
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

/** Keep a page if the server says for whom; whether it did. What was kept for anybody else goes. */
async function shelve(path, answer, wanted) {
  const mark = answer.headers.get('Kept-For');
  if (!answer.ok || !mark || (wanted && mark !== wanted)) return false;
  await forgetPages(mark);
  await (await caches.open(PAGES + mark)).put(path, answer);
  return true;
}

/** A page that was kept and now leads away or is refused was somebody's who is not in any more. */
const gone = (answer) => answer.type === 'opaqueredirect' || (answer.status >= 400 && answer.status < 500);

async function show(event, path) {
  const kept = await found(path);
  try {
    const asked = event.preloadResponse.then((early) => early ?? fetch(event.request));
    const answer = await soon(asked, kept && PAGE_PATIENCE);
    if (kept && AWAY.has(answer.status)) throw new Error('away');
    await reached(true);
    if (kept && gone(answer)) await forgetPages();
    else event.waitUntil(shelve(path, answer.clone()));
    return answer;
  } catch {
    await reached(false);
    if (kept) return kept;
    return (await found(LIST)) ? Response.redirect(`${LIST}#closed`) : Response.error();
  }
}

/** Fetch what is missing or old of the pages that may be kept, with all that they are drawn with. */
async function fill(mark, pages) {
  const drawn = new Set([LOOK]);
  let fresh = false;
  try {
    for (const path of pages) {
      let page = await (await caches.open(PAGES + mark)).match(path, LATEST);
      if (!page || Date.now() - Date.parse(page.headers.get('Date')) > OLD) {
        page = await fetch(path, { redirect: 'manual' });
        fresh = true;
        if (gone(page)) await forgetPages();
        if (!(await shelve(path, page.clone(), mark))) continue;
      }
      for (const [address] of (await page.text()).matchAll(/\/static\/dist\/[\w.-]+/g)) drawn.add(address);
    }
    if (fresh) await restock(drawn);
  } catch {
    await reached(false);
  }
}

/** Keep the built files that are needed, and no older ones. Fonts stay, as far as they were ever fetched. */
async function restock(addresses) {
  const cache = await caches.open(BUILT);
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url);
    if (!addresses.has(pathname) && !pathname.includes('/fonts/')) await cache.delete(url);
  }
  for (const address of addresses) if (!(await cache.match(address, LATEST))) await cache.add(address);
}

async function built(request) {
  const cache = await caches.open(BUILT);
  const known = await cache.match(request, LATEST);
  if (known) return known;
  const answer = await fetch(request);
  // Its name says which content it is, so it is never another one.
  if (answer.ok && answer.headers.get('Cache-Control')?.includes('immutable')) await cache.put(request, answer.clone());
  return answer;
}

async function look(request) {
  const cache = await caches.open(BUILT);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch {
    return (await cache.match(request, LATEST)) ?? Response.error();
  }
}

// Taps.

async function fieldsOf(request) {
  const plain = request.headers.get('Content-Type')?.startsWith('application/x-www-form-urlencoded');
  return plain ? Object.fromEntries(await request.formData()) : {};
}

async function command(request, path) {
  const posted = fieldsOf(request.clone());
  let answer;
  try {
    answer = await soon(fetch(request), PATIENCE);
  } catch {
    await reached(false);
  }
  const { [FOR]: mark, [KEY]: key, ...rest } = await posted;
  if (answer && !(mark && AWAY.has(answer.status))) {
    await reached(true);
    // Any other command may be the one that changes who is in, or where: the next page says it.
    if (!mark) await forgetPages();
    return answer;
  }
  if (!mark || !key) return Response.redirect(`${LIST}#unsent`, 303);
  const from = request.referrer ? new URL(request.referrer).pathname : '/portal';
  await keep({ key, mark, path, from, fields: rest, at: Date.now(), state: 'waiting', unsure: Boolean(answer) || navigator.onLine });
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
  for (const tap of (await taps()).filter(waits)) {
    if (Date.now() - tap.at > DAY) await note(tap, { state: 'late' });
    else if (await note(tap, { trying: true })) {
      const { again, ...news } = await sendOne(tap);
      await note(tap, { trying: false, ...news });
      await tell();
      if (again) return false;
      if (news.stopped === 'out') break;
    }
  }
  await tell();
  return true;
}

/** What came of sending a tap: what is new of it, and `again` when nothing is known yet. */
async function sendOne({ key, mark, path, fields }) {
  const body = new URLSearchParams({ ...fields, [FOR]: mark, [KEY]: key });
  let answer;
  try {
    // A redirect would be to the sign-in: what was done is told as JSON.
    answer = await soon(fetch(path, { method: 'POST', body, headers: { Accept: 'application/json' }, redirect: 'manual' }), PATIENCE);
  } catch {
    await reached(false);
    return navigator.onLine ? { again: true, unsure: true } : { again: true };
  }
  await reached(true);
  if (answer.type === 'opaqueredirect') {
    await forgetPages();
    return { stopped: 'out' };
  }
  if (answer.status === OTHER_HAND) return { stopped: 'other' };
  const busy = answer.status === TOO_OFTEN || answer.status >= 500 || answer.headers.has('Retry-After');
  const word = busy ? undefined : await answer.json().catch(() => undefined);
  // Somebody between us and the server answered: a hotel's page, a proxy's.
  if (busy || (answer.ok && !word)) return { again: true, unsure: true };
  return { state: answer.ok ? 'done' : 'refused', told: word?.told, go: word?.path, stopped: undefined };
}
