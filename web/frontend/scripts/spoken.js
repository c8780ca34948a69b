// Amounts as people say them and as recognisers write them: 삼천 원, 만 오천 원, 3천원, 1만 5,000원.

const DIGITS = { 영: 0, 공: 0, 일: 1, 이: 2, 삼: 3, 사: 4, 오: 5, 육: 6, 륙: 6, 칠: 7, 팔: 8, 구: 9 };
const SMALL = { 십: 10, 백: 100, 천: 1000 };
const LARGE = { 만: 10_000, 억: 100_000_000 };
const MOST = 1_000_000_000_000;
// What follows an amount in a sentence; 이 in it is no two.
const ENDING = /(?:이에요|입니다|이요|예요|요)$/;
// What people say while they think.
const BEGINNING = /^(?:음+|어+|네|예|아니|그냥|약|한)+/;
// All of it or nothing: a word that was misheard in the middle would leave a part of the price.
const AMOUNT = /^(?:\d+(?:\.\d+)?|[영공일이삼사오육륙칠팔구십백천만억])+$/;

/** The number that a text says, or null where it says none or something else besides. Whole numbers up to a trillion. */
export function spokenNumber(text) {
  const plain = text.normalize('NFC').replace(/[\s,]/g, '').replace(/(?:원|won|%|퍼센트|프로).*$/i, '').replace(/[.!?]+$/, '')
    .replace(ENDING, '').replace(BEGINNING, '');
  if (!AMOUNT.test(plain)) return null;
  let total = 0;
  let section = 0;
  let number = null;
  for (const token of plain.match(/\d+(?:\.\d+)?|\D/g)) {
    if (token in SMALL) {
      section += (number ?? 1) * SMALL[token];
      number = null;
    } else if (token in LARGE) {
      total += (section + (number ?? 0) || 1) * LARGE[token];
      section = 0;
      number = null;
    } else if (token in DIGITS) {
      // Said digit by digit: 이공공공.
      number = (number ?? 0) * 10 + DIGITS[token];
    } else {
      number = (number ?? 0) * 10 ** token.length + Number(token);
    }
  }
  const value = total + section + (number ?? 0);
  return Number.isInteger(value) && value <= MOST ? value : null;
}
