// The camera instead of the number pad: reads the QR code on a customer's screen. Its worker is fetched when the camera is opened.

const COUPON = /^(?:https?:\/\/[^/?#]+\/coupons\/r\/)?(\d{6})(?:[?#].*)?$/;
// Milliseconds between two looks: often enough for a hand that trembles, seldom enough for an old phone.
const REST = 80;
// The longer side of what the worker sees, in pixels.
const SIDE = 720;

/** The browser's own reader, or null. */
async function ownReader() {
  const formats = (await window.BarcodeDetector?.getSupportedFormats()) ?? [];
  if (!formats.includes('qr_code')) return null;
  const detector = new window.BarcodeDetector({ formats: ['qr_code'] });
  return { read: async (video) => (await detector.detect(video))[0]?.rawValue, close() {} };
}

/** Ours, in a worker. A frame goes there without being copied. */
function workerReader(url) {
  const worker = new Worker(url);
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const read = (video) => new Promise((resolve, reject) => {
    const scale = Math.min(1, SIDE / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { width, height, data } = context.getImageData(0, 0, canvas.width, canvas.height);
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = reject;
    worker.postMessage({ width, height, data }, [data.buffer]);
  });
  return { read, close: () => worker.terminate() };
}

export function scan(button) {
  const input = document.querySelector(`#${button.dataset.scan} [data-number]`);
  const dialog = document.querySelector('[data-scanner]');
  const video = dialog.querySelector('video');
  const foreign = dialog.querySelector('[data-scan-foreign]');
  const refusals = document.querySelectorAll('[data-scan-refused]');
  let opening = false;

  function refuse(error) {
    const reason = error?.name === 'NotAllowedError' ? 'forbidden' : 'absent';
    for (const refusal of refusals) refusal.hidden = refusal.dataset.scanRefused !== reason;
  }

  /** Looks until a coupon is found or the camera closed. Returns the coupon's number or undefined. */
  async function look(reader) {
    while (dialog.open) {
      const text = await reader.read(video);
      const found = text && COUPON.exec(text);
      if (found) return found[1];
      if (text) foreign.hidden = false;
      await new Promise((resume) => setTimeout(resume, REST));
    }
    return undefined;
  }

  async function open() {
    let stream;
    let reader;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } } });
      video.srcObject = stream;
      foreign.hidden = true;
      dialog.showModal();
      await video.play();
      reader = (await ownReader()) ?? workerReader(button.dataset.worker);
      return await look(reader);
    } finally {
      reader?.close();
      dialog.close();
      video.srcObject = null;
      stream?.getTracks().forEach((track) => track.stop());
    }
  }

  button.addEventListener('click', async () => {
    if (opening) return;
    opening = true;
    for (const refusal of refusals) refusal.hidden = true;
    try {
      const code = await open();
      if (code) {
        input.value = code;
        input.dispatchEvent(new Event('input'));
      }
    } catch (error) {
      refuse(error);
    } finally {
      opening = false;
    }
  });
  dialog.querySelector('[data-scan-close]').addEventListener('click', () => dialog.close());
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) dialog.close();
  });
  button.hidden = false;
}
