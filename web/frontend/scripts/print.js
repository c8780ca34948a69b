// A sheet comes out of the printer by a tap; without script the browser's own menu does the same.

export function print(button) {
  button.addEventListener('click', () => window.print());
  button.hidden = false;
}
