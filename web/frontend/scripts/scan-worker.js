// Reads a QR code from a camera frame: gets {width, height, data: RGBA}, answers with its text or null.
import { decodeQR } from 'qr/decode.js';

onmessage = ({ data: frame }) => {
  let text = null;
  try {
    text = decodeQR(frame);
  } catch {
    // Most frames show none.
  }
  postMessage(text);
};
