/** Numbers as people write them -> digits: `1,200.50`, `1.299,50`, `2.4 million`, `one hundred and twelve`, `四百二十`. */

const units =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const tens = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
/** `zero` to `nineteen`, and the tens to `ninety`. */
export const smallNumbers: ReadonlyMap<string, number> = new Map([
  ...units.map((word, i) => [word, i] as const),
  ...tens.map((word, i) => [word, 20 + 10 * i] as const),
]);
/** Powers of ten that a word stands for, in several languages. */
const powers: ReadonlyMap<string, number> = new Map(
  (
    [
      [2, "hundred 百"],
      [3, "thousand tausend mille mila duizend тысяч 千"],
      [4, "万 萬 만"],
      [6, "million millions millionen mio millón millones milione milioni milhão milhões miljoen миллион миллионов"],
      [8, "亿 億 억"],
      [9, "billion billions milliarde milliarden mrd milliard milliards miliardo miliardi miljard миллиард миллиардов"],
      [12, "trillion trillions"],
    ] as const
  ).flatMap(([power, words]) => words.split(" ").map((word) => [word, power] as const)),
);

const chineseDigits = "零〇一二三四五六七八九两兩";
const begin = new RegExp(
  `\\d|(?<![\\p{L}\\p{M}])(?:${[...smallNumbers.keys()].join("|")}|a (?:dozen|couple|hundred|thousand|million|billion)|half a dozen|dozen)(?![\\p{L}\\p{M}])|[${chineseDigits}十百千]`,
  "giu",
);
const pronoun =
  /^(?:one(?!(?: |-)(?:hundred|thousand|million|billion|and a half)(?!\p{L}))|一(?![十百千万亿点零〇一二三四五六七八九两]))/iu;

/**
 * The first number of a text in digits, without separators of thousands; a telephone number or a code with a leading zero stays as it
 * stands. Undefined where there is none, or where it cannot be told which number is meant, as in "3/4" or "nineteen eighty-four".
 */
export function firstNumber(text: string): string | undefined {
  const found = [...text.matchAll(begin)];
  for (const [i, match] of found.entries()) {
    const at = match.index;
    // "one" and 一 by themselves are words more often than numbers.
    if (i + 1 < found.length && pronoun.test(text.slice(at, at + 20))) continue;
    if (/^\d/.test(match[0])) return digitsAt(text, at);
    if (/^[a-z]/i.test(match[0])) return wordsAt(text.slice(at, at + 200), /\bminus $/i.test(text.slice(Math.max(0, at - 8), at)));
    return chineseAt(text, at);
  }
  return undefined;
}

/** Words that are a number from beginning to end, in digits: `1,200.50`, `$40`, `twenty-five`, `two hundred`; else undefined. */
export function wholeNumber(words: string): string | undefined {
  const text = words.trim();
  const digits = /^[$£€¥]?\s?([-−]?)(\d+|\d{1,3}(?:,\d{3}){1,8})(\.\d+)?\s?[%$£€¥]?$/.exec(text);
  if (digits !== null) return String(Number(`${digits[1] === "" ? "" : "-"}${digits[2]?.replaceAll(",", "")}${digits[3] ?? ""}`));
  if (text.length > 200) return undefined;
  if (new RegExp(`^[${chineseDigits}十百千万萬亿億点點]+$`, "u").test(text)) return valueOfChinese(text);
  const read = readWords(text);
  return read?.rest === "" ? read.value : undefined;
}

/** A numeral in digits with its sign, its separators, and the word of magnitude behind it. */
function digitsAt(text: string, at: number): string | undefined {
  const from = text.slice(Math.max(0, at - 4), at);
  const here = text.slice(at, at + 80);
  const raw = /^\d+(?:[.,:/'’\u00a0\u202f ]\d+)*/u.exec(here)?.[0] ?? "";
  const international = from.endsWith("+") && /^\d{1,3}[ /-]\d/.test(here);
  const phone = /^\d+(?:[ /-]{1,3}\d+)*/.exec(here)?.[0] ?? "";
  if (international) return `+${phone}`;
  if (/^0\d/.test(raw) && !/^0\d:/.test(raw)) return phone;
  const groups = /^\d{1,3}(?:[\u00a0\u202f ]\d{3}){1,8}(?!\d)(?:[.,]\d+)?/u.exec(raw)?.[0];
  const numeral = groups ?? /^\d+(?:[.,:/'’]\d+)*/u.exec(raw)?.[0] ?? "";
  const plain = separated(numeral.replace(/[\u00a0\u202f ]/gu, ""));
  if (plain === undefined) return undefined;
  const rest = here.slice(numeral.length);
  const sign = /(?:^|[\s(:$€£¥=])[-−]$|(?:^|[\s(:])[-−][$€£¥]$/u.test(from) ? "-" : "";
  const after = /^[ -]?(\p{L}+)\.?/u.exec(rest)?.[1] ?? "";
  const money = /[$€£¥]\s?$/u.test(from);
  const short = /^k(?!\p{L})/iu.test(rest) ? 3 : money && /^m(?!\p{L})/iu.test(rest) ? 6 : /^bn(?!\p{L})/iu.test(rest) ? 9 : undefined;
  const chinese = [...(/^[百千万萬亿億만억]+/u.exec(rest)?.[0] ?? "")].reduce((sum, c) => sum + (powers.get(c) ?? 0), 0);
  // Digits before Chinese ones go on to a number that is not read here.
  if (chinese > 0 && /^[百千万萬亿億]+\d/u.test(rest)) return undefined;
  const power = short ?? (chinese > 0 ? chinese : (powers.get(after.toLowerCase()) ?? 0));
  if (/^ and a half(?!\p{L})/iu.test(rest)) return `${sign}${plain}.5`;
  return `${sign}${shifted(plain, power)}`;
}

/** The digits of a numeral with a point as its decimal mark; undefined for a fraction, a time or anything else that is no single number. */
function separated(numeral: string): string | undefined {
  if (/^\d+$/.test(numeral)) return numeral;
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(numeral)) return numeral.replaceAll(",", "");
  if (/^\d{1,3}(?:['’]\d{3})+(?:[.,]\d+)?$/u.test(numeral)) return numeral.replace(/['’]/gu, "").replace(",", ".");
  if (/^\d{1,3}(?:\.\d{3})+,\d+$|^\d{1,3}(?:\.\d{3}){2,}$/.test(numeral)) return numeral.replaceAll(".", "").replace(",", ".");
  return /^\d+[.,]\d+$/.test(numeral) ? numeral.replace(",", ".") : undefined;
}

/** Times ten to the power, on the digits themselves. */
function shifted(plain: string, power: number): string {
  if (power === 0) return plain;
  const [whole = "", part = ""] = plain.split(".");
  const moved = `${whole}${part.slice(0, power).padEnd(power, "0")}`.replace(/^0+(?=\d)/, "");
  const left = part.slice(power);
  return left === "" ? moved : `${moved}.${left}`;
}

function wordsAt(text: string, negative: boolean): string | undefined {
  const read = readWords(text);
  // Ordinals, fractions and numbers that follow without a joint are not read for sure.
  return read === undefined || unsure.test(read.rest) ? undefined : `${negative ? "-" : ""}${read.value}`;
}

const unsure = new RegExp(
  `^(?:[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\\p{L}{2,12}(?:teenth|tieth)|thirds|quarters?|fifths|halves|tenths|${[...smallNumbers.keys()].join("|")})(?!\\p{L})| point \\p{L}| and a (?:quarter|third))`,
  "iu",
);

/** English words from the beginning of a text on; undefined where they make no number. */
function readWords(text: string): { readonly value: string; readonly rest: string } | undefined {
  const half = /^half a dozen(?!\p{L})/iu.exec(text);
  if (half !== null) return { value: "6", rest: text.slice(half[0].length) };
  const lower = text.toLowerCase();
  let sum = 0;
  let group = -1;
  let end = 0;
  let at = 0;
  for (let match = wordAt(lower, at); match !== undefined; match = wordAt(lower, at)) {
    const { word, to } = match;
    const value = smallNumbers.get(word);
    const power = powers.get(word);
    at = to;
    if (value !== undefined) {
      const fits =
        group <= 0 ? group < 0 || sum > 0 : group % 100 === 0 || (group % 100 >= 20 && group % 10 === 0 && value > 0 && value < 10);
      if (!fits) break;
      group = Math.max(0, group) + value;
    } else if (/^an?$/.test(word) && group < 0 && sum === 0) {
      if (!/^an? (?:couple|dozen|hundred|thousand|million|billion)(?!\p{L})/u.test(lower)) return undefined;
      group = 1;
    } else if (word === "couple" && group <= 1) group = 2;
    else if (word === "dozen") group = Math.max(1, group) * 12;
    else if (word === "hundred" && group > 0 && group < 100) group *= 100;
    else if (power !== undefined && power > 2 && group > 0) {
      sum += group * Number(`1e${power}`);
      group = 0;
    } else if (word === "and" && group >= 0 && (group % 100 === 0 || group === 0) && smallNumbers.has(wordAt(lower, at)?.word ?? ""))
      continue;
    else break;
    end = at;
  }
  if (group < 0) return undefined;
  const total = sum + group;
  const rest = text.slice(end);
  const more = /^ and a half(?: (million|billion|thousand)(?!\p{L}))?(?!\p{L})/iu.exec(rest);
  if (more === null) return { value: String(total), rest };
  return { value: shifted(`${total}.5`, powers.get(more[1]?.toLowerCase() ?? "") ?? 0), rest: rest.slice(more[0].length) };
}

function wordAt(lower: string, at: number): { readonly word: string; readonly to: number } | undefined {
  const match = /^[ -]?([a-z]{1,12})(?![\p{L}\p{M}])/u.exec(lower.slice(at, at + 16));
  return match === null ? undefined : { word: match[1] ?? "", to: at + match[0].length };
}

function chineseAt(text: string, at: number): string | undefined {
  const run = new RegExp(`^[${chineseDigits}十百千万萬亿億点點]+`, "u").exec(text.slice(at, at + 40))?.[0] ?? "";
  if (/^[又个個]?半|^分之|^[个個]半/u.test(text.slice(at + run.length))) return undefined;
  return valueOfChinese(run.replace(/[点點]$/u, ""));
}

/** 四百二十 -> 420, 一九八七 -> 1987, 三点五 -> 3.5; undefined for what leaves a unit to be guessed, as 三万五. */
function valueOfChinese(run: string): string | undefined {
  const digit = (c: string): number => (c === "两" || c === "兩" ? 2 : c === "〇" ? 0 : "零一二三四五六七八九".indexOf(c));
  const [whole = "", part] = run.split(/[点點]/u);
  if (whole === "" || (part !== undefined && (part === "" || [...part].some((c) => digit(c) < 0)))) return undefined;
  const decimals = part === undefined ? "" : `.${[...part].map(digit).join("")}`;
  if ([...whole].every((c) => digit(c) >= 0)) return [...whole].map(digit).join("") + decimals;
  if (/[百千万萬亿億][一二三四五六七八九]$/u.test(whole)) return undefined;
  let total = 0;
  let section = 0;
  let last = -1;
  for (const c of whole) {
    if (digit(c) >= 0) last = digit(c);
    else if ("十百千".includes(c)) {
      section += (last < 0 ? 1 : last) * (c === "十" ? 10 : c === "百" ? 100 : 1000);
      last = -1;
    } else {
      total = (total + section + Math.max(0, last)) * Number(`1e${powers.get(c) ?? 0}`);
      section = 0;
      last = -1;
    }
  }
  return String(total + section + Math.max(0, last)) + decimals;
}
