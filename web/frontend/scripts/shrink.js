// A photo is made small on the phone before it is sent: upright, 1600 pixels on the longer side, without where it was taken.

const TYPE = 'image/jpeg';
const QUALITY = 0.85;

/** The picture as the eye sees it. Browsers that do not know the option turn it upright anyway. */
async function upright(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch (error) {
    if (error instanceof TypeError) return createImageBitmap(file);
    throw error;
  }
}

/** A JPEG of a picture file, its longer side at most so many pixels. Rejects what the browser cannot read or draw. */
async function shrunk(file, side) {
  const picture = await upright(file);
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext('2d', { alpha: false });
  context.imageSmoothingQuality = 'high';
  // JPEG has no holes: what shone through a PNG is white, not black.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const made = await new Promise((resolve) => {
    canvas.toBlob(resolve, TYPE, QUALITY);
  });
  // A phone without memory for it gives an empty picture rather than an error.
  if (!made?.size) throw new Error('nothing was drawn');
  return new File([made], `${file.name.replace(/\.[^.]*$/, '')}.jpg`, { type: TYPE, lastModified: file.lastModified });
}

export function shrink(input) {
  const side = Number(input.dataset.shrink);
  const words = input.closest('.photo-field')?.querySelectorAll('[data-photo-said]') ?? [];
  let working = null;
  let round = 0;

  function say(word) {
    for (const saying of words) saying.hidden = saying.dataset.photoSaid !== word;
  }

  async function work(mine) {
    const [file] = input.files;
    say('working');
    try {
      const small = await shrunk(file, side);
      // Another picture was chosen meanwhile.
      if (round !== mine) return;
      const chosen = new DataTransfer();
      chosen.items.add(small);
      input.files = chosen.files;
      say('ready');
    } catch {
      // Too old a browser, or a picture that it cannot read: it goes as it is, and the server looks at it.
      if (round === mine) say('whole');
    }
  }

  input.addEventListener('change', () => {
    round += 1;
    working = null;
    say(null);
    if (!input.files.length) return;
    const mine = work(round);
    working = mine;
    mine.then(() => {
      if (working === mine) working = null;
    });
  });
  // Sent too early: it goes by itself as soon as the picture is small. Before `once.js`, which would take it for a second tap.
  input.form?.addEventListener('submit', (event) => {
    if (!working) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    working.then(() => input.form.requestSubmit(submitter));
  }, { capture: true });
}
