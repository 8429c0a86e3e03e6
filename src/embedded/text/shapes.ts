/** Word lists and shapes: what a word looks like, which is all that the small reader knows about words that it never saw. */

export const shape = {
  lower: 0,
  function: 1,
  capital: 2,
  allCapitals: 3,
  initial: 4,
  number: 5,
  year: 6,
  bigNumber: 7,
  month: 8,
  day: 9,
  numberWord: 10,
  unit: 11,
  punctuation: 12,
  quote: 13,
  bracket: 14,
  comma: 15,
  hyphen: 16,
  currency: 17,
  cjk: 18,
  mixedCase: 19,
  percent: 20,
  possessive: 21,
  mark: 22,
  sentenceEnd: 23,
} as const;

const list = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

export const stopWords = list(
  `the a an of in on at to for from by with and or but as is are was were be been being do does did has have had having will would
  shall should can could may might must that which who whom whose what when where why how this these those it its he his she her him
  they them their there than then so if not no nor into onto about over under between during through after before up down out off also
  such i you we us our your my me s ' 's ’s t any some many much more most other name type kind`,
);
const abbreviations = list(
  "mr mrs ms dr prof st jr sr vs no vol fig gen col lt sgt capt rev hon inc ltd co corp dept univ etc e g i jan feb mar apr jun jul aug sep sept oct nov dec approx ca c u",
);
const months = list(
  "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec",
);
const days = list("monday tuesday wednesday thursday friday saturday sunday");
const numberWords = list(
  `one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty
  thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million millions billion billions trillion dozen
  half third quarter first second twice`,
);
const units = list(
  `year years month months week weeks day days hour hours minute minutes seconds century centuries decade decades percent mile miles km
  kilometers kilometres meters metres feet inches square acres hectares pounds tons tonnes kg gb mb tb people students degrees dollars
  euros times cents mm cm ms`,
);

export function isAbbreviation(lower: string): boolean {
  return abbreviations.has(lower);
}

const cjk = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
export function isCjk(text: string): boolean {
  return cjk.test(text);
}

/** The shape of a token: `lower` is the token in lower case. */
export function shapeOf(token: string, lower: string): number {
  if (token.charCodeAt(0) >= 0x0e00 && isCjk(token)) return shape.cjk;
  if (/^\d[\d.,:]*$/.test(token)) {
    if (/^(1[0-9]{3}|20[0-9]{2})$/.test(token)) return shape.year;
    return token.length >= 4 ? shape.bigNumber : shape.number;
  }
  if (/^['’]s$/.test(lower)) return shape.possessive;
  if (/^[\p{L}\p{M}\d]/u.test(token)) return shapeOfWord(token, lower);
  if (",，、".includes(token)) return shape.comma;
  if ("\"“”'‘’「」《》『』`".includes(token)) return shape.quote;
  if ("()[]（）【】".includes(token)) return shape.bracket;
  if ("-–—".includes(token)) return shape.hyphen;
  if ("$£€¥".includes(token)) return shape.currency;
  if (token === "%") return shape.percent;
  if (".!?。！？;；".includes(token)) return shape.sentenceEnd;
  if ("#*|>•".includes(token)) return shape.mark;
  return shape.punctuation;
}

function shapeOfWord(token: string, lower: string): number {
  if (months.has(lower) && token !== lower) return shape.month;
  if (days.has(lower)) return shape.day;
  if (numberWords.has(lower)) return shape.numberWord;
  if (units.has(lower)) return shape.unit;
  if (stopWords.has(lower)) return shape.function;
  if (token === lower) return /\d/.test(token) ? shape.number : shape.lower;
  if (token.length === 1) return shape.initial;
  if (token === token.toUpperCase()) return shape.allCapitals;
  return /^\p{Lu}[\p{Ll}\p{M}]+$/u.test(token) ? shape.capital : shape.mixedCase;
}
