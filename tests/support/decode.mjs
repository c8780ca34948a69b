// Reads QR codes by the library that reads them at the till: `node decode.mjs FOLDER/qr/decode.js`, their modules as JSON on standard input.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { decodeQR } = await import(pathToFileURL(process.argv[2]).href);
const SCALE = 6;
const texts = JSON.parse(readFileSync(0, 'utf8')).map((rows) => {
  const side = rows.length * SCALE;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  rows.forEach((row, y) => row.forEach((dark, x) => {
    if (!dark) return;
    for (let line = y * SCALE; line < (y + 1) * SCALE; line += 1) {
      for (let column = x * SCALE; column < (x + 1) * SCALE; column += 1) data.fill(0, (line * side + column) * 4, (line * side + column) * 4 + 3);
    }
  }));
  return decodeQR({ width: side, height: side, data });
});
process.stdout.write(JSON.stringify(texts));
