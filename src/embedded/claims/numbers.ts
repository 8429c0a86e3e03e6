/** Numbers in digits, in English words and in Chinese numerals. */
import { smallNumbers } from "../text/numerals.ts";
import { shape } from "../text/shapes.ts";
import type { Text } from "../text/text.ts";
import { unitOf } from "./units.ts";

/** A number as it is written. */
export interface Read {
  readonly value: number;
  readonly end: number;
  /** The word of magnitude after it ("million"), which a range shares with its first number. */
  readonly scale?: number | undefined;
  readonly scaled: boolean;
}

const magnitudes: ReadonlyMap<string, number> = new Map([
  ["hundred", 100],
  ["thousand", 1e3],
  ["thousands", 1e3],
  ["million", 1e6],
  ["millions", 1e6],
  ["billion", 1e9],
  ["billions", 1e9],
  ["trillion", 1e12],
  ["dozen", 12],
  ["k", 1e3],
  ["万", 1e4],
  ["萬", 1e4],
  ["亿", 1e8],
  ["億", 1e8],
  ["千", 1e3],
  ["百", 100],
]);

/** The number that begins at a token: digits, words, ordinals ("3rd"), a number with its unit ("5km"), Chinese numerals before a measure word. */
export function numberAt(text: Text, i: number, to: number): Read | undefined {
  const word = text.words[i];
  if (word === undefined || isInName(text, i)) return undefined;
  if (/^\d/.test(word.lower)) {
    const digits = /^\d+(?:[.,:]\d+)*/.exec(word.lower)?.[0] ?? "";
    const rest = word.lower.slice(digits.length);
    if (rest !== "" && !/^(?:st|nd|rd|th|s)$/.test(rest) && unitOf(rest) === undefined && rest !== "k") return undefined;
    const value = digitsOf(digits);
    if (value === undefined) return undefined;
    if (rest === "k") return { value: value * 1000, end: i + 1, scale: 1000, scaled: true };
    return rest === "" ? magnified(text, value, i + 1, to) : { value, end: i + 1, scaled: false };
  }
  if (word.shape === shape.cjk) return chineseNumber(text, i, to);
  if (word.lower === "half") return { value: 0.5, end: i + 1, scaled: false };
  return wordsNumber(text, i, to);
}

function digitsOf(digits: string): number | undefined {
  const plain = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(digits) ? digits.replaceAll(",", "") : digits.replace(",", ".");
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

function magnified(text: Text, value: number, end: number, to: number): Read {
  let at = end;
  let scale = 1;
  for (; at < to; at++) {
    const next = magnitudes.get(text.words[at]?.lower ?? "");
    if (next === undefined) break;
    scale *= next;
  }
  return scale === 1 ? { value, end, scaled: false } : { value: value * scale, end: at, scale, scaled: true };
}

function wordsNumber(text: Text, i: number, to: number): Read | undefined {
  const wordAt = (at: number): string => (at < to ? (text.words[at]?.lower ?? "") : "");
  let total = 0;
  let part = 0;
  let seen = 0;
  let at = i;
  for (; at < to; at++) {
    const word = wordAt(at);
    const one = smallNumbers.get(word);
    const magnitude = word === "k" ? undefined : magnitudes.get(word);
    if (one !== undefined && (part === 0 || (part % 100 >= 20 && one < 10) || part % 100 === 0)) part += one;
    else if (magnitude !== undefined && (seen > 0 || word === "dozen")) {
      part = Math.max(1, part) * magnitude;
      if (magnitude >= 1000) {
        total += part;
        part = 0;
      }
    } else if (
      (word === "and" || word === "-") &&
      seen > 0 &&
      smallNumbers.has(wordAt(at + 1)) &&
      part % 10 === 0 &&
      (word === "-" || part >= 100)
    )
      continue;
    else break;
    seen++;
  }
  if (seen === 0) return undefined;
  // "one" by itself is a pronoun more often than a number.
  if (at === i + 1 && wordAt(i) === "one" && (text.words[at]?.stop ?? true)) return undefined;
  return { value: total + part, end: at, scaled: true };
}

const chineseDigits = "零一二三四五六七八九";
const measures =
  /^[年月日号號天周週个個名位人元块塊公里米厘克吨噸斤升小时時秒岁歲次件张張本层層楼樓家座部台輛辆间間只条條号度倍届屆册冊本场場项項%％多餘余]/u;

function chineseNumber(text: Text, i: number, to: number): Read | undefined {
  let at = i;
  let total = 0;
  let section = 0;
  let digit = -1;
  let plain = "";
  for (; at < to; at++) {
    const c = text.words[at]?.text ?? "";
    const value = c === "两" || c === "兩" ? 2 : c === "〇" ? 0 : chineseDigits.indexOf(c);
    if (value >= 0) {
      plain += String(value);
      digit = value;
    } else if ("十百千".includes(c) && c !== "") {
      section += (digit < 0 ? 1 : digit) * (c === "十" ? 10 : c === "百" ? 100 : 1000);
      digit = -1;
      plain += "x";
    } else if ("万萬亿億".includes(c) && c !== "" && at > i) {
      total = (total + section + Math.max(0, digit)) * (magnitudes.get(c) ?? 1);
      section = 0;
      digit = -1;
      plain += "x";
    } else break;
  }
  if (at === i || !/[\dx]/.test(plain)) return undefined;
  const next = text.words[at]?.text ?? "";
  const before = text.words[i - 1]?.text ?? "";
  if (!measures.test(next) && plain.length < 2) return undefined;
  if (before === "第" || (plain === "1" && "个個些".includes(next))) return undefined;
  const value = /^\d{2,}$/.test(plain) ? Number(plain) : total + section + Math.max(0, digit);
  return { value, end: at, scaled: true };
}

/** Digits that a hyphen or nothing ties to letters before them are part of a name. */
function isInName(text: Text, i: number): boolean {
  const tied = (at: number): boolean => text.end[at - 1] === text.begin[at];
  if (i === 0 || !tied(i)) return false;
  const before = text.words[i - 1];
  if (before === undefined) return false;
  if (/^\p{L}/u.test(before.text) && before.shape !== shape.cjk) return true;
  if (before.shape !== shape.hyphen || !tied(i - 1)) return false;
  const name = text.words[i - 2];
  return name !== undefined && /\p{L}/u.test(name.text) && name.shape !== shape.cjk && !smallNumbers.has(name.lower);
}

/** "5-10", "5 to 10", "between 5 and 10", "5至10". */
export function rangeAfter(text: Text, first: Read, to: number): Read | undefined {
  let at = first.end;
  if (text.words[at]?.text === "%" || text.words[at]?.lower === "percent") at++;
  const joint = text.words[at];
  if (joint === undefined || at + 1 >= to) return undefined;
  const between = text.words.slice(Math.max(0, first.end - 3), first.end).some((w) => w.lower === "between");
  const joins =
    joint.shape === shape.hyphen || joint.lower === "to" || "至到~～".includes(joint.text) || (joint.lower === "and" && between);
  if (!joins) return undefined;
  const word = text.words[at + 1];
  if (word === undefined || (!/^\d/.test(word.lower) && !smallNumbers.has(word.lower))) return undefined;
  const second = /^\d+(?:[.,]\d+)*/.exec(word.lower)?.[0];
  if (second === undefined) return wordsNumber(text, at + 1, to);
  const value = digitsOf(second);
  if (value === undefined || (first.value > value && joint.shape === shape.hyphen)) return undefined;
  return magnified(text, value, at + 2, to);
}
