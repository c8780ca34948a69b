// Telling others: the phone's own sheet, else the address into the clipboard, else the address to read.

export function share(button) {
  const place = button.parentElement;
  const address = place.querySelector('[data-share-address]');
  const copied = place.querySelector('[data-share-copied]');
  const { shareUrl: url, shareText: text } = button.dataset;

  async function copy() {
    try {
      await navigator.clipboard.writeText(`${text}\n${url}`);
      copied.hidden = false;
    } catch {
      address.hidden = false;
    }
  }

  button.addEventListener('click', async () => {
    copied.hidden = true;
    if (!navigator.share) {
      await copy();
      return;
    }
    try {
      await navigator.share({ text, url });
    } catch (error) {
      if (error.name !== 'AbortError') await copy();
    }
  });
  address.hidden = true;
  button.hidden = false;
}
