// A bar that moves while the worker works: server-sent events `progress`, {"seen": 12000, "total": 26638, "busy": true, "state": "reading"}.

// Milliseconds until the page looks again by itself where the browser has given up on the stream.
const AGAIN = 5_000;

export function progress(place) {
  const bar = place.querySelector('progress');
  const words = place.querySelector('[data-progress-words]');
  const state = place.dataset.progressState;
  let waiting;
  const source = new EventSource(place.dataset.progressUrl);
  source.addEventListener('progress', ({ data }) => {
    const { seen, total, busy, state: now } = JSON.parse(data);
    // What comes next is another page: what it would do, or what came of it.
    if (!busy || now !== state) {
      source.close();
      location.reload();
      return;
    }
    if (state !== 'reading' || !total) return;
    bar.max = total;
    bar.value = seen;
    const said = (count) => count.toLocaleString(document.documentElement.lang);
    words.textContent = place.dataset.progressText.replace('{seen}', said(seen)).replace('{total}', said(total));
  });
  source.addEventListener('gone', () => location.reload());
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) waiting = setTimeout(() => location.reload(), AGAIN);
  });
  // An open stream keeps the browser from holding the page for the way back.
  window.addEventListener('pagehide', () => {
    clearTimeout(waiting);
    source.close();
  });
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
}
