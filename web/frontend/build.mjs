// Bundles the scripts, and the styles with the fonts, the design tokens and the icons that they use: `node build.mjs OUTPUT`.
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { makeFonts } from './fonts.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const output = process.argv[2];
const generated = join(here, 'build');
const require = createRequire(import.meta.url);

const ICONS = [
  'a-large-small', 'arrow-left', 'arrow-right-left', 'calendar-days', 'camera', 'camera-off', 'check', 'chevron-down', 'chevron-left',
  'chevron-right', 'circle-alert', 'circle-check-big', 'circle-stop', 'circle-user-round', 'circle-x', 'delete', 'fingerprint-pattern', 'globe',
  'headset', 'house', 'inbox', 'key-round', 'layout-grid', 'log-in', 'log-out', 'mail-open', 'map', 'map-pin', 'menu', 'mic', 'notebook-pen', 'phone',
  'printer', 'puzzle', 'refresh-cw', 'scan-line', 'scan-qr-code', 'search', 'settings', 'share-2', 'shopping-basket',
  'smartphone', 'square-parking', 'store', 'ticket-percent', 'ticket-plus', 'toggle-right', 'toilet', 'triangle-alert',
  'user-cog', 'users', 'volume-2', 'wifi-off',
];

/** The KRDS custom properties that our styles name, and those that these name in turn. */
async function makeTokens() {
  const sheet = await readFile(require.resolve('krds-uiux/resources/css/token/krds_tokens.css'), 'utf8');
  const values = new Map();
  for (const [, name, value] of sheet.matchAll(/(--krds-[\w-]+):\s*([^;]+);/g)) {
    if (!values.has(name)) values.set(name, value);
  }
  const used = new Set();
  const use = (text) => {
    for (const [name] of text.matchAll(/--krds-[\w-]+/g)) {
      if (!values.has(name)) throw new Error(`${name} is not a KRDS token`);
      if (!used.has(name)) {
        used.add(name);
        use(values.get(name));
      }
    }
  };
  for (const file of await readdir(join(here, 'styles'))) use(await readFile(join(here, 'styles', file), 'utf8'));
  await writeFile(join(generated, 'tokens.css'), `:root{${[...used].map((name) => `${name}:${values.get(name)}`).join(';')}}`);
}

/** The sheet of high contrast, once for whoever chose it and once for a device that asks for it. */
async function makeContrast() {
  const rules = await readFile(join(here, 'styles', 'contrast.css'), 'utf8');
  const [large, contrast] = rules.split(/(?=^:contrast)/m, 1).concat(rules.slice(rules.search(/^:contrast/m)));
  const chosen = contrast.replaceAll(':contrast', ':root[data-display~="contrast"]');
  const asked = contrast.replaceAll(':contrast', ':root:not([data-display="plain"])');
  await writeFile(join(generated, 'contrast.css'), `${large}${chosen}@media (prefers-contrast:more){${asked}}`);
}

/** One SVG file with a <symbol> per icon, for <use href="…#name">. */
function makeSprite() {
  const { icons, height } = require('@iconify-json/lucide/icons.json');
  const symbols = ICONS.map((name) => {
    if (!icons[name]) throw new Error(`${name} is not a Lucide icon`);
    return `<symbol id="${name}" viewBox="0 0 ${height} ${height}">${icons[name].body}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`;
}

/** Write `content` as name.hash.extension. Returns that file name. */
async function writeHashed(name, content) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 10);
  const hashed = name.replace(/(\.\w+)$/, `.${hash}$1`);
  await writeFile(join(output, hashed), content);
  return hashed;
}

await mkdir(generated, { recursive: true });
await mkdir(output, { recursive: true });
await makeTokens();
await makeContrast();
await makeFonts(generated);
const { metafile } = await build({
  entryPoints: ['styles/app.css', 'styles/sheet.css', 'styles/design.css', 'scripts/app.js', 'scripts/scan-worker.js', 'scripts/worker.js'].map((file) => join(here, file)),
  outdir: output,
  entryNames: '[name].[hash]',
  assetNames: 'fonts/[name].[hash]',
  loader: { '.woff2': 'file' },
  bundle: true,
  format: 'iife',
  minify: true,
  metafile: true,
  target: ['chrome100', 'safari15', 'firefox100'],
  legalComments: 'none',
});
const bundles = Object.entries(metafile.outputs).filter(([, { entryPoint }]) => entryPoint);
const manifest = {
  ...Object.fromEntries(bundles.map(([file, { entryPoint }]) => [basename(entryPoint), basename(file)])),
  'icons.svg': await writeHashed('icons.svg', makeSprite()),
  'favicon.svg': await writeHashed('favicon.svg', await readFile(join(here, 'favicon.svg'))),
};
await writeFile(join(output, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
// What the server draws pictures of shared addresses and sets paper with: the whole font, as it is.
await mkdir(join(output, 'pictures'), { recursive: true });
for (const font of ['Pretendard-Regular.otf', 'Pretendard-Bold.otf']) {
  await copyFile(require.resolve(`pretendard/dist/public/static/${font}`), join(output, 'pictures', font));
}
// The OFL asks that its text goes with the fonts.
await writeFile(join(output, 'fonts', 'OFL.txt'), await readFile(require.resolve('pretendard/dist/LICENSE.txt')));
await copyFile(require.resolve('pretendard/dist/LICENSE.txt'), join(output, 'pictures', 'OFL.txt'));

// Text is compressed here once, as small as can be, and served as it lies.
for (const file of await readdir(output)) {
  if (!/\.(css|js|svg)$/.test(file)) continue;
  const content = await readFile(join(output, file));
  await writeFile(join(output, `${file}.gz`), gzipSync(content, { level: 9 }));
  await writeFile(join(output, `${file}.br`), brotliCompressSync(content));
}
