// Counts that move while one looks: server-sent events `counts`, {"claimed": 31, "redeemed": 12}, on a page of several things also "id".

// Milliseconds until the next try where the browser has given up, as it does on an answer that is no stream.
const AGAIN = 5_000;

export function live(place) {
  const lost = place.querySelector('[data-live-lost]');
  let source;
  let waiting;

  function show(counts) {
    const scope = counts.id ? place.querySelector(`[data-live-id="${CSS.escape(counts.id)}"]`) : place;
    scope?.querySelectorAll('[data-live]').forEach((element) => {
      const text = counts[element.dataset.live]?.toLocaleString(document.documentElement.lang);
      if (text === undefined || text === element.textContent) return;
      element.textContent = text;
      element.classList.remove('swapped');
      void element.offsetWidth; // The browser must see the class gone, or it does not play the change again.
      element.classList.add('swapped');
    });
  }

  function connect() {
    source = new EventSource(place.dataset.liveUrl);
    source.addEventListener('counts', ({ data }) => {
      lost.hidden = true;
      show(JSON.parse(data));
    });
    // Signed out, another role, a feature switched off: the page itself says which.
    source.addEventListener('gone', () => {
      source.close();
      location.reload();
    });
    source.addEventListener('open', () => {
      lost.hidden = true;
    });
    source.addEventListener('error', () => {
      lost.hidden = false;
      if (source.readyState === EventSource.CLOSED) waiting = setTimeout(connect, AGAIN);
    });
  }

  connect();
  // An open stream keeps the browser from holding the page for the way back.
  window.addEventListener('pagehide', () => {
    clearTimeout(waiting);
    source.close();
  });
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) connect();
  });
}
