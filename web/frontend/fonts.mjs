// Pretendard in two static weights, sliced so that a Korean page needs few bytes of each.
//
// The package's own slices follow the frequency of the whole web: the front page of 160 markets touches 14 of them, 164 kB a weight.
// These follow the words of markets, and both weights cost that page 85 kB. The lines of syllables.txt are two slices: what our own
// sentences and nearly every market's name and address need, and what comes next. The rest of the 2,350 syllables of KS X 1001 lie in
// small slices by code point. Cyrillic and the letters of Vietnamese are a slice each, which only a page in these languages loads: the Korean
// fonts of many devices draw Cyrillic as wide as a syllable. A letter beyond these comes from the device's own font.
// A subset is a modified version, which may not carry the reserved name (OFL 1.1, condition 3): the family is called Smilero Sans.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import subsetFont from 'subset-font';

const require = createRequire(import.meta.url);
const WEIGHTS = { Regular: 400, Bold: 700 };
const SLICE = 32;
const FEATURES = ['ccmp', 'kern', 'locl', 'tnum'];
const ASCII = between(0x20, 0x7e);
const SIGNS = '\u00a0·–—‘’“”…₩×→';
const CYRILLIC = `«»№₴ʼ${between(0x400, 0x45f)}Ґґ`;
const VIETNAMESE = `ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯư₫${between(0x1ea0, 0x1ef9)}`;

// How the switch of every page calls the languages (ui/base.html): no page shall fetch a slice for a name.
const NAMES = [...new Set('УкраїнськаTiếng Việt')].filter((sign) => !ASCII.includes(sign)).join('');

/** The characters from the first to the last code point. */
function between(first, last) {
  return String.fromCodePoint(...Array.from({ length: last - first + 1 }, (_, index) => first + index));
}

/** The 2,350 Hangul syllables of KS X 1001, rows 16 to 40, by code point. */
function standardSyllables() {
  const decoder = new TextDecoder('euc-kr');
  const syllables = [];
  for (let row = 0xb0; row <= 0xc8; row += 1) {
    for (let cell = 0xa1; cell <= 0xfe; cell += 1) syllables.push(decoder.decode(Uint8Array.of(row, cell)));
  }
  return syllables.sort();
}

/**
 * A unicode-range of exactly these characters. Ranges may not overlap: while one face loads, Chromium asks the next face that claims the
 * character, and so fetches them all.
 */
function exactly(signs) {
  const runs = [];
  for (const point of [...signs].map((sign) => sign.codePointAt(0)).sort((one, other) => one - other)) {
    if (runs.at(-1)?.[1] === point - 1) runs.at(-1)[1] = point;
    else runs.push([point, point]);
  }
  return runs.map(([first, last]) => `U+${first.toString(16)}${first === last ? '' : `-${last.toString(16)}`}`).join();
}

/** Every slice as [name, characters, unicode-range]. */
async function slices() {
  const [first, second] = (await readFile(new URL('syllables.txt', import.meta.url), 'utf8')).trim().split('\n');
  const frequent = new Set(first + second);
  const rare = standardSyllables().filter((syllable) => !frequent.has(syllable));
  const list = [];
  for (let start = 0; start < rare.length; start += SLICE) {
    const part = rare.slice(start, start + SLICE);
    // From its first to its last code point: what lies between and is not in the standard comes from nowhere else.
    const whole = [...between(part[0].codePointAt(0), part.at(-1).codePointAt(0))].filter((sign) => !frequent.has(sign));
    list.push([`rare-${list.length}`, part.join(''), exactly(whole)]);
  }
  for (const [name, letters] of Object.entries({ cyrillic: CYRILLIC, vietnamese: VIETNAMESE })) {
    const rest = [...letters].filter((sign) => !NAMES.includes(sign)).join('');
    list.push([name, rest, exactly(rest)]);
  }
  list.push(['second', second, exactly(second)]);
  const everywhere = ASCII + SIGNS + NAMES + first;
  list.push(['first', everywhere, exactly(everywhere)]);
  return list;
}

/** Write the slices of both weights to `folder`/fonts and their sheet to `folder`/fonts.css. */
export async function makeFonts(folder) {
  await mkdir(join(folder, 'fonts'), { recursive: true });
  const faces = [];
  for (const [style, weight] of Object.entries(WEIGHTS)) {
    const whole = await readFile(require.resolve(`pretendard/dist/public/static/Pretendard-${style}.otf`));
    for (const [name, characters, range] of await slices()) {
      const file = `${name}-${weight}.woff2`;
      await writeFile(join(folder, 'fonts', file), await subsetFont(whole, characters, { targetFormat: 'woff2', keepFeatures: FEATURES }));
      faces.push(
        `@font-face{font-family:"Smilero Sans";font-weight:${weight};font-display:optional;`
        + `src:url(./fonts/${file}) format("woff2");unicode-range:${range}}`,
      );
    }
  }
  await writeFile(join(folder, 'fonts.css'), faces.join('\n'));
}
