// A form that was sent is not sent again: two taps are one request.

// After so many milliseconds without a new page the line is thought dead. The form's idempotency key keeps a second request harmless.
const PATIENCE = 15_000;

export function sendOnce(form) {
  let waiting;
  const release = () => {
    clearTimeout(waiting);
    delete form.dataset.sent;
  };
  form.addEventListener('submit', (event) => {
    if ('sent' in form.dataset) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = '';
    waiting = setTimeout(release, PATIENCE);
  });
  // Back from the next page, the browser may show this one as it was left.
  window.addEventListener('pageshow', release);
}
