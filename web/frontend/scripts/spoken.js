// Amounts and counts as people say them and as recognisers write them: 삼천 원, 만 오천 원, 3천원, 1만 5,000원, 스무 개.

const DIGITS = { 영: 0, 공: 0, 일: 1, 이: 2, 삼: 3, 사: 4, 오: 5, 육: 6, 륙: 6, 칠: 7, 팔: 8, 구: 9 };
const OWN = { 하나: 1, 둘: 2, 셋: 3, 넷: 4, 다섯: 5, 여섯: 6, 일곱: 7, 여덟: 8, 아홉: 9 };
// Only before what is counted: 네 alone is a yes.
const BEFORE = { 한: 1, 두: 2, 세: 3, 석: 3, 네: 4, 넉: 4 };
const OWN_TENS = { 열: 10, 스물: 20, 스무: 20, 서른: 30, 마흔: 40, 쉰: 50, 예순: 60, 일흔: 70, 여든: 80, 아흔: 90 };
const TEN_THOUSAND = 10_000;
const HUNDRED_MILLION = 100_000_000;
const MOST = 1_000_000_000_000;
const CURRENCY = /원|won|%|퍼센트|프로/i;
// What is counted at a stall.
const COUNTED = /(?:개|명|분|장|번|병|봉지|봉|상자|마리|그릇|잔|줄|통|모|판|포기|켤레|벌|쪽|조각|단|근)$/;
// What follows an amount in a sentence; 이 in it is no two.
const ENDING = /(?:쯤|정도)?(?:이에요|입니다|이요|예요|요)?$/;
// What people say while they think.
const BEGINNING = /^(?:음+|어+|네|예|아니|그냥|약|한)+/;

const any = (table) => Object.keys(table).join('|');
const FIGURE = '\\d+(?:\\.\\d+)?';
const UNIT = `(${FIGURE}|[일이삼사오육륙칠팔구])?`;
// All of it or nothing: a word that was misheard in the middle would leave a part of the price. Larger units come first, each once.
const SECTION = new RegExp(
  `^(?:${UNIT}(천))?(?:${UNIT}(백))?(?:${UNIT}(십))?(?:(\\d+|[영공일이삼사오육륙칠팔구])|(${any(OWN_TENS)})?(${any(OWN)}|${any(BEFORE)})?)$`,
);
const BY_DIGITS = /^[영공일이삼사오육륙칠팔구]{2,}$/;
const WHOLE = /^(?:([^억만]*)(억))?(?:([^억만]*)(만))?([^억만]*)$/;

const valueOf = (word) => DIGITS[word] ?? Number(word);

/** A number without 만 and 억, or null. */
function sectionOf(text, counted) {
  if (new RegExp(`^${FIGURE}$`).test(text)) return Number(text);
  // Said digit by digit: 이공공공.
  if (BY_DIGITS.test(text)) return Number([...text].map(valueOf).join(''));
  const found = text && text.match(SECTION);
  if (!found) return null;
  const [, thousands, thousand, hundreds, hundred, tens, ten, rest, ownTens, own] = found;
  if ((own in BEFORE || ownTens === '스무') && !counted) return null;
  const parts = [[thousands, thousand, 1000], [hundreds, hundred, 100], [tens, ten, 10]].filter(([, unit]) => unit);
  const last = rest === undefined ? (OWN_TENS[ownTens] ?? 0) + (OWN[own] ?? BEFORE[own] ?? 0) : valueOf(rest);
  if (parts.length && last >= parts.at(-1)[2]) return null;
  return parts.reduce((sum, [times, , factor]) => sum + (times === undefined ? 1 : valueOf(times)) * factor, last);
}

function numberOf(text, counted) {
  const found = text && text.match(WHOLE);
  if (!found) return null;
  const [, millions, hasMillions, myriads, hasMyriads, rest] = found;
  const large = [[millions, hasMillions, HUNDRED_MILLION], [myriads, hasMyriads, TEN_THOUSAND]].filter(([, unit]) => unit);
  const parts = large.map(([times, , factor]) => [times === '' ? 1 : sectionOf(times, false), factor]);
  const last = rest === '' ? 0 : sectionOf(rest, counted);
  if (last === null || (parts.length && last >= TEN_THOUSAND)) return null;
  if (parts.some(([times]) => !times || times >= TEN_THOUSAND)) return null;
  return parts.reduce((sum, [times, factor]) => sum + times * factor, last);
}

/** The number that a text says, or null where it says none, two, or something else besides. Whole numbers up to a trillion. */
export function spokenNumber(text) {
  const [plain, ...behind] = text.normalize('NFC').replace(/[\s,]/g, '').replace(/[.!?]+$/, '').split(CURRENCY);
  // A second amount: which one is meant, nobody knows.
  if (behind.length > 1 && behind.some((part) => numberOf(part.replace(ENDING, '').replace(BEGINNING, '').replace(/^.*(?:에서|부터)/, ''), false) !== null)) {
    return null;
  }
  const said = plain.replace(ENDING, '');
  const bare = said.replace(COUNTED, '');
  const value = numberOf(bare, bare !== said) ?? numberOf(bare.replace(BEGINNING, ''), bare !== said);
  return Number.isInteger(value) && value <= MOST ? value : null;
}
