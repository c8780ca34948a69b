// A page that is only a way to another host goes on by itself. Before it has loaded, so that the way back does not lead here.
export function sendAtOnce(form) {
  form.requestSubmit();
}
