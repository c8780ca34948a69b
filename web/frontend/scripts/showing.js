// A screen that is shown: server-sent events `state`, {"state": "shown", "left": "12분 남음", "next": "/portal"}, with `next` while it is.
// A page of it alone follows each step; above any other page the bar goes away when it is over, or leads on, and never takes what somebody is writing.

// Milliseconds until the next try where the browser has given up, as it does on an answer that is no stream.
const AGAIN = 5_000;

export function showing(place) {
  const { showingUrl: url, showingState: before, showingOver: over } = place.dataset;
  const left = place.querySelector('[data-showing-left]');
  let source;
  let waiting;

  function stop() {
    clearTimeout(waiting);
    source.close();
  }

  function leave(way) {
    stop();
    way();
  }

  function follow({ state, text, button, next }) {
    if (next && 'showingGoes' in place.dataset) leave(() => location.assign(next));
    else if ('showingPage' in place.dataset) leave(() => location.reload());
    else if (state === 'over' && over) leave(() => location.assign(over));
    else if (state === 'over') leave(() => place.replaceChildren());
    else {
      place.querySelector('[data-showing-text]').textContent = text;
      place.querySelector('.button').textContent = button;
    }
  }

  function connect() {
    source = new EventSource(url);
    source.addEventListener('state', ({ data }) => {
      const now = JSON.parse(data);
      if (now.state !== before) follow(now);
      if (left) left.textContent = now.left;
    });
    // Signed out, another role: the page itself says which.
    source.addEventListener('gone', () => follow({ state: 'over' }));
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) waiting = setTimeout(connect, AGAIN);
    });
  }

  connect();
  // What was tapped leads on by itself: news of it must not come between.
  document.addEventListener('submit', stop);
  // An open stream keeps the browser from holding the page for the way back.
  window.addEventListener('pagehide', stop);
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) connect();
  });
}
