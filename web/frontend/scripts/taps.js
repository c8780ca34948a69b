// What was tapped without network, in the browser's own database: the pages and the worker read and write the same list.
//
// A tap: {key, mark, path, from, fields, at, state}, and with its answer {told, go}.
//   key: the idempotency key, and the tap's own; mark: for whom and at which shop, as the page said; path, fields: what is sent;
//   from: the page that it was tapped on; at: when, in milliseconds;
//   state: waiting, done, refused (the foundation's system said no) or late (a day went by);
//   stopped: why it still waits, when sending it was answered: out (nobody is signed in) or other (somebody else is);
//   unsure: it may have arrived although no answer came, so it cannot be taken back here any more.

/** Milliseconds after which a tap is not sent any more. Half of the time for which the server knows keys. */
export const DAY = 24 * 60 * 60 * 1000;
const NAME = 'smilero-kept';
const TAPS = 'taps';
export const PAGES = 'smilero-pages-';

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TAPS, { keyPath: 'key' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Do something with the list in one transaction; resolves with the request's result once it is on disk. */
async function within(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(TAPS, mode);
      const request = act(transaction.objectStore(TAPS));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** All of them, in the order in which they were tapped. */
export async function taps() {
  return (await within('readonly', (store) => store.getAll())).sort((one, other) => one.at - other.at);
}

const sameForm = (one, other) => JSON.stringify([one.path, one.fields]) === JSON.stringify([other.path, other.fields]);

/** Keep a tap. The same form sent twice is one; something else under the same key is a tap of its own. */
export async function keep(tap) {
  try {
    await within('readwrite', (store) => store.add(tap));
  } catch (error) {
    if (error.name !== 'ConstraintError') throw error;
    const before = await within('readonly', (store) => store.get(tap.key));
    if (before && !sameForm(before, tap)) await keep({ ...tap, key: crypto.randomUUID() });
  }
}

/** Write what is new of a tap; whether it is there still, and was not taken back meanwhile. */
export async function note(tap, news) {
  return Boolean(await within('readwrite', (store) => {
    const request = store.get(tap.key);
    request.onsuccess = () => {
      if (request.result) store.put({ ...request.result, ...news });
    };
    return request;
  }));
}

export function drop(key) {
  return within('readwrite', (store) => store.delete(key));
}

export const waits = (tap) => tap.state === 'waiting';

/** Leave nothing of a person behind but what still has to be sent, which names nobody. */
export async function forget() {
  await forgetPages();
  for (const tap of await taps()) if (!waits(tap)) await drop(tap.key);
}

/** Drop the pages that are kept, all or those of everybody but one. */
export async function forgetPages(mark) {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PAGES) && name !== PAGES + mark).map((name) => caches.delete(name)));
}
