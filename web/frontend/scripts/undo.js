// The bar that takes the last step back: its minutes run down, and it goes when they are over. The server decides; this only shows.

const MINUTE = 60_000;

export function undo(bar) {
  const end = Date.now() + Number(bar.dataset.undo) * 1000;
  const minutes = bar.querySelector('[data-undo-minutes]');
  let waiting;

  function show() {
    clearTimeout(waiting);
    const left = end - Date.now();
    bar.hidden = left <= 0;
    if (bar.hidden) return;
    minutes.textContent = Math.ceil(left / MINUTE);
    waiting = setTimeout(show, left % MINUTE || MINUTE);
  }

  show();
  // A page that comes back as it was left, or a phone that slept, has missed its timer.
  window.addEventListener('pageshow', show);
  document.addEventListener('visibilitychange', show);
}
