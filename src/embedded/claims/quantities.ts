/** Numbers of a text as quantities that can be compared: value or range, and what is counted or measured. */
import { shape } from "../text/shapes.ts";
import type { Text, Word } from "../text/text.ts";
import { numberAt, rangeAfter } from "./numbers.ts";
import { unitOf } from "./units.ts";

export interface Quantity {
  /** The range of values, both ends included; the same number twice for a plain value. In the base unit of its dimension. */
  readonly low: number;
  readonly high: number;
  /** A range that is written with the greater number first. */
  readonly falls?: boolean | undefined;
  /** What may be compared: "%", "year", "month", "day", "time", "length", "mass", "volume", "money:euro", or "count:" and the stem's hash of what is counted. */
  readonly dimension: string;
  /** Its tokens, a unit of measure after it included. */
  readonly from: number;
  readonly to: number;
}

/** The quantities of tokens `from` to `to` of a text, in reading order; digits that belong to a name ("B12", "IL-10") are none. */
export function quantitiesOf(text: Text, from = 0, to = text.words.length): readonly Quantity[] {
  const out: Quantity[] = [];
  for (let i = from; i < to; i++) {
    const name = monthOf(text.words[i]);
    const weekday = text.words[i]?.shape === shape.day ? weekdays.indexOf((text.words[i]?.lower ?? "").slice(0, 3)) + 1 : 0;
    if (name > 0 || weekday > 0)
      out.push({ low: name || weekday, high: name || weekday, dimension: name > 0 ? "month" : "weekday", from: i, to: i + 1 });
    const clock = clockAt(text, i);
    if (clock !== undefined) out.push(clock);
    const read = name > 0 || weekday > 0 || clock !== undefined ? undefined : numberAt(text, i, to);
    if (read === undefined) continue;
    const range = rangeAfter(text, read, to);
    const last = range ?? read;
    const scale = last.scale ?? read.scale ?? 1;
    const low = Math.min(read.scaled ? read.value : read.value * scale, last.scaled ? last.value : last.value * scale);
    const high = Math.max(read.scaled ? read.value : read.value * scale, last.scaled ? last.value : last.value * scale);
    const { dimension, factor, end = last.end } = dimensionOf(text, i, last.end, low, range !== undefined);
    const falls = read.value * (read.scaled ? 1 : scale) > last.value * (last.scaled ? 1 : scale);
    out.push({ ...bounded(text, i, last.end, low * factor, high * factor, dimension), falls, dimension, from: i, to: Math.min(end, to) });
    i = Math.min(end, to) - 1;
  }
  return out;
}

/** How a claimed quantity stands to one in the evidence: "same" when the evidence bears it out, "other" when both measure the same thing differently. */
export function compareQuantities(claimed: Quantity, found: Quantity): "same" | "other" | "unrelated" {
  const comparable = claimed.dimension === found.dimension;
  if (!comparable && !sameNumber(claimed, found)) return "unrelated";
  if (agree(claimed, found) || (claimed.low === claimed.high && rounds(claimed.low, found))) return "same";
  return comparable ? "other" : "unrelated";
}

/** Ranges agree where they overlap; a bound ("within 2 days") takes in what lies inside it, and of other bounds only its equal. */
function agree(claimed: Quantity, found: Quantity): boolean {
  const slack = 1 + 1e-9;
  if (claimed.low > 0 && claimed.high < Infinity) return claimed.low <= found.high * slack && found.low <= claimed.high * slack;
  const bound = found.low === 0 || found.high === Infinity;
  if (bound)
    return (
      Math.abs(claimed.low - found.low) <= found.low * 1e-6 &&
      (claimed.high === found.high || Math.abs(claimed.high - found.high) <= found.high * 1e-6)
    );
  return claimed.low <= found.low * slack && found.high <= claimed.high * slack;
}

/** Plain equal numbers are the same where the counted things are named differently ("40 people", "forty passengers"), but not where units differ. */
function sameNumber(a: Quantity, b: Quantity): boolean {
  const counts = (q: Quantity) => q.dimension.startsWith("count:") || q.dimension === "year" || q.dimension === "day";
  return counts(a) && counts(b) && a.low === b.low && a.high === b.high;
}

function rounds(value: number, found: Quantity): boolean {
  return Number.isInteger(value) && value !== 0 && (Math.round(found.low) === value || Math.round(found.high) === value);
}

const weekdays = "mon tue wed thu fri sat sun".split(" ");
const monthNames = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

/** The month that a word names, 1..12, or 0. */
function monthOf(word: Word | undefined): number {
  return word?.shape === shape.month ? monthNames.indexOf(word.lower.slice(0, 3)) + 1 : 0;
}

/** "10:30", "3 pm", in hours. */
function clockAt(text: Text, i: number): Quantity | undefined {
  const match = /^(\d{1,2})(?::(\d{2}))?(am|pm)?$/.exec(text.words[i]?.lower ?? "");
  if (match === null) return undefined;
  const next = text.words[i + 1]?.lower ?? "";
  const half = match[3] ?? (next === "am" || next === "pm" ? next : undefined);
  if (match[2] === undefined && half === undefined) return undefined;
  const hour = Number(match[1]) + Number(match[2] ?? 0) / 60;
  const value = half === "pm" && hour < 12 ? hour + 12 : hour;
  return { low: value, high: value, dimension: "clock", from: i, to: half !== undefined && match[3] === undefined ? i + 2 : i + 1 };
}

interface Dimension {
  readonly dimension: string;
  readonly factor: number;
  /** The token after the unit, where there is one. */
  readonly end?: number | undefined;
}

/** What may stand between a number and its unit. */
const qualifiers = new Set(["working", "business", "calendar", "full", "whole", "consecutive", "further", "more", "additional"]);

function dimensionOf(text: Text, from: number, end: number, value: number, isRange: boolean): Dimension {
  const at = (i: number): Word | undefined => text.words[i];
  const attached = /^\d+(?:[.,]\d+)*(\p{L}+)$/u.exec(at(end - 1)?.lower ?? "")?.[1];
  const own = attached === undefined ? undefined : unitOf(attached);
  if (own !== undefined) return own;
  const money = unitOf(at(from - 1)?.text ?? "");
  if (money?.dimension.startsWith("money") === true && at(from - 1)?.shape === shape.currency) return money;
  const skip = at(end)?.shape === shape.hyphen || qualifiers.has(at(end)?.lower ?? "") ? 1 : 0;
  const next = at(end + skip);
  const pair = (next?.text ?? "") + (at(end + skip + 1)?.text ?? "");
  if (next?.shape === shape.cjk) {
    if (next.text === "年" && value >= 1000 && value <= 2100) return { dimension: "year", factor: 1, end: end + 1 };
    if (next.text === "月") return { dimension: "month", factor: 1, end: end + 1 };
    if ("日号號".includes(next.text)) return { dimension: "day", factor: 1, end: end + 1 };
    const known = unitOf(pair);
    if (known !== undefined) return { ...known, end: end + skip + 2 };
    const short = unitOf(next.text);
    if (short !== undefined) return { ...short, end: end + skip + 1 };
    if (next.text === "年") return { dimension: "time", factor: 31557600 };
    return { dimension: `count:${next.text}`, factor: 1 };
  }
  if (monthOf(at(from - 1)) > 0 && value <= 31) return { dimension: "day", factor: 1 };
  const ordinal = /^\d+(?:st|nd|rd|th)$/.test(at(end - 1)?.lower ?? "");
  if (monthOf(next) > 0 || (next?.lower === "of" && monthOf(at(end + 1)) > 0)) return { dimension: "day", factor: 1 };
  const unit = next === undefined ? undefined : (unitOf(next.lower) ?? unitOf(next.text));
  if (unit !== undefined && !(unit.dimension === "time" && next !== undefined && next.lower.length === 1))
    return { ...unit, end: end + skip + 1 };
  if (value === 0.5 && at(from)?.lower === "half") return { dimension: "%", factor: 100 };
  if (!isRange && Number.isInteger(value) && value >= 1000 && value <= 2100 && at(from)?.shape === shape.year && isYear(text, from, end))
    return { dimension: "year", factor: 1 };
  const noun = text.words.slice(end, end + 4).find((word) => !word.stop && word.shape !== shape.hyphen);
  const gap = text.words.slice(end, end + 3).findIndex((word) => word.stop && word.shape !== shape.hyphen);
  const near = gap === 0 ? undefined : noun;
  return { dimension: `count:${ordinal ? "o" : ""}${near === undefined ? "" : String(near.stemHash)}`, factor: 1 };
}

/** Four digits are a year unless something that is counted follows. */
function isYear(text: Text, from: number, end: number): boolean {
  const next = text.words[end];
  const before = text.words[from - 1];
  if (
    before !== undefined &&
    (/^(?:in|since|until|by|from|of|year|before|after|during|to|and|between|early|late|mid)$/.test(before.lower) || monthOf(before) > 0)
  )
    return true;
  return next === undefined || next.stop || next.shape === shape.lower;
}

const atLeast = /(?:at least|no (?:less|fewer) than|minimum of|or more|not less than|至少|不少于|不少於|最少|以上)$/iu;
const above = /(?:more than|over|above|greater than|exceed(?:s|ed|ing)?|longer than|higher than|超过|超過|多于|多於|高于|高於)$/iu;
const atMost =
  /(?:at most|no more than|up to|maximum of|not more than|within|no later than|or less|or fewer|最多|不超过|不超過|以内|以內)$/iu;
const below = /(?:less than|fewer than|under|below|shorter than|lower than|少于|少於|低于|低於|不到|不足)$/iu;
const about = /(?:about|around|approximately|roughly|nearly|almost|some|circa|ca\.|~|大约|大約|约|約|将近|將近)$/iu;

function bounded(
  text: Text,
  from: number,
  end: number,
  low: number,
  high: number,
  dimension: string,
): { readonly low: number; readonly high: number } {
  const a = text.begin[from] ?? 0;
  let before = text.text.slice(Math.max(0, a - 24), a).trimEnd();
  before = before.replace(/\s*[$€£¥]$/u, "").replace(/\s+(?:the|a|an)$/iu, "");
  const b = text.end[end - 1] ?? 0;
  const after = text.text.slice(b, b + 30);
  if (atLeast.test(before) || /^[\s\p{L}%％]{0,14}(?:\bor more\b|以上)/iu.test(after)) return { low, high: Infinity };
  if (atMost.test(before) || /^[\s\p{L}%％]{0,14}(?:\bor (?:less|fewer)\b|以内|以內|以下)/iu.test(after)) return { low: 0, high };
  if (above.test(before)) return { low: high * (1 + 1e-6) + 1e-9, high: Infinity };
  if (below.test(before)) return { low: 0, high: low * (1 - 1e-6) - 1e-9 };
  if (dimension === "year" && /\bafter$/iu.test(before)) return { low: high + 1, high: Infinity };
  if (dimension === "year" && /\b(?:before|prior to)$/iu.test(before)) return { low: 0, high: low - 1 };
  if (about.test(before) || /^[多餘余]/u.test(after)) return { low: low * 0.9, high: high * 1.1 };
  return { low, high };
}
