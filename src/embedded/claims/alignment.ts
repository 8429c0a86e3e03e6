/** Lays a claim beside a sentence: which of its words stand there, which numbers agree, what is denied or reversed. */
import { hash32, mix } from "../text/hash.ts";
import { shape } from "../text/shapes.ts";
import type { Text, Word } from "../text/text.ts";
import { isCue, negationOf, type Denial } from "./negation.ts";
import { chineseWords, groupsOf, lineOf } from "./opposites.ts";
import { compareQuantities, quantitiesOf, type Quantity } from "./quantities.ts";

/** A piece of a claim's content: a word, or two neighbouring characters of a script without spaces. */
interface Unit {
  readonly key: number;
  readonly prefix: number;
  readonly at: number;
  readonly weight: number;
  readonly name: boolean;
  readonly groups: readonly number[];
  readonly lower: string;
  /** Of a pair of characters: either by itself. */
  readonly characters: readonly number[];
}

/** A part of a text with what comparing needs to know of it. */
export interface Part {
  readonly text: Text;
  readonly from: number;
  readonly to: number;
  readonly units: readonly Unit[];
  /** By their keys, and by those of a part of them, each in the order of the text. */
  readonly byKey: ReadonlyMap<number, readonly Unit[]>;
  readonly exact: ReadonlyMap<number, readonly Unit[]>;
  readonly byWord: ReadonlyMap<string, readonly Unit[]>;
  /** By the groups of words of like meaning, and by what may be their opposite: see `oppositeKeys`. */
  readonly byGroup: ReadonlyMap<number, readonly Unit[]>;
  readonly opposites: ReadonlyMap<number, readonly Unit[]>;
  readonly quantities: readonly Quantity[];
  readonly denied: readonly boolean[];
  readonly denials: readonly Denial[];
}

interface Pairing {
  readonly unit: Unit;
  /** The unit of the sentence that it is laid beside; undefined when the sentence has nothing like it. */
  readonly match?: Unit | undefined;
  /** 0..1: how alike the two are. */
  readonly strength: number;
  readonly opposed: boolean;
}

export interface Alignment {
  readonly pairings: readonly Pairing[];
  readonly quantities: readonly {
    readonly claimed: Quantity;
    readonly found?: Quantity | undefined;
    readonly result: "same" | "other" | "missing";
  }[];
}

/** Long form and abbreviation, as a text defines them: "the world health organization (WHO)". */
interface Abbreviation {
  readonly short: number;
  readonly long: readonly number[];
}

export function partOf(text: Text, from = 0, to = text.words.length): Part {
  const quantities = quantitiesOf(text, from, to);
  const counted = new Set(quantities.flatMap((q) => Array.from({ length: q.to - q.from }, (_, i) => q.from + i)));
  const units = [...wordUnits(text, from, to, counted), ...chineseUnits(text, from, to, counted)].sort((a, b) => a.at - b.at);
  const byKey = new Map<number, Unit[]>();
  const exact = new Map<number, Unit[]>();
  const byWord = new Map<string, Unit[]>();
  const byGroup = new Map<number, Unit[]>();
  const opposites = new Map<number, Unit[]>();
  for (const unit of units) {
    add(exact, unit.key, unit);
    add(byKey, unit.key, unit);
    if (unit.prefix !== 0) add(byKey, unit.prefix, unit);
    for (const character of unit.characters) add(byKey, character, unit);
    add(byWord, unit.lower, unit);
    for (const group of unit.groups) add(byGroup, group, unit);
    for (const line of new Set(unit.groups.map(lineOf))) for (const key of oppositeKeys(unit, line)) add(opposites, key, unit);
  }
  const { denied, denials } = negationOf(text, from, to);
  return { text, from, to, units, byKey, exact, byWord, byGroup, opposites, quantities, denied, denials };
}

function add<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}

/** The claim's units each beside the most alike unit of the sentence; its quantities beside comparable ones. */
export function align(claim: Part, sentence: Part, abbreviations: Abbreviations): Alignment {
  let near = 0;
  const pairings = claim.units.map((unit): Pairing => {
    const found = likest(unit, sentence, abbreviations, near);
    if (found === undefined) return { unit, strength: 0, opposed: false };
    near = found.match.at;
    return { unit, ...found };
  });
  const free = new Set(sentence.quantities);
  const quantities = claim.quantities.map((claimed) => {
    const found = free.values().find((q) => compareQuantities(claimed, q) === "same");
    if (found !== undefined) free.delete(found);
    return { claimed, found };
  });
  return {
    pairings,
    quantities: quantities.map(({ claimed, found }) => {
      if (found !== undefined) return { claimed, found, result: "same" };
      const other = free.values().find((q) => compareQuantities(claimed, q) === "other");
      return other === undefined ? { claimed, result: "missing" } : { claimed, found: other, result: "other" };
    }),
  };
}

/** By the abbreviation and by each of the words that it stands for, in the order of the text. */
export type Abbreviations = ReadonlyMap<number, readonly Abbreviation[]>;

/** Meanings that one abbreviation, or one word of its long form, may have. */
const mostMeanings = 8;

/** Abbreviations that a text explains in parentheses. */
export function abbreviationsOf(text: Text): Abbreviations {
  const found = new Map<number, Abbreviation[]>();
  const define = (abbreviation: Abbreviation): void => {
    for (const key of new Set([abbreviation.short, ...abbreviation.long]))
      if ((found.get(key)?.length ?? 0) < mostMeanings) add(found, key, abbreviation);
  };
  for (let i = 2; i + 1 < text.words.length; i++) {
    const short = text.words[i];
    if (short === undefined || text.words[i - 1]?.text !== "(" || text.words[i + 1]?.text !== ")") continue;
    const letters = short.text
      .replace(/s$/, "")
      .replace(/[^\p{L}]/gu, "")
      .toLowerCase();
    if (letters.length < 2 || letters.length > 7 || short.text === short.lower) continue;
    const before = text.words.slice(Math.max(0, i - 1 - 2 * letters.length), i - 1).filter((word) => !word.stop);
    const words = before.slice(-letters.length);
    const start = words.findIndex((word) => word.lower[0] === letters[0]);
    if (start >= 0 && words.length - start >= Math.ceil(letters.length / 2) && letters.length >= 2)
      define({ short: short.stemHash, long: words.slice(start).map((word) => word.stemHash) });
  }
  return found;
}

const prefixes = ["un", "in", "im", "ir", "il", "non", "dis"];

function likest(
  unit: Unit,
  sentence: Part,
  abbreviations: Abbreviations,
  near: number,
): { readonly match: Unit; readonly strength: number; readonly opposed: boolean } | undefined {
  const nearestOf = <K>(lists: ReadonlyMap<K, readonly Unit[]>, keys: readonly K[]): Unit | undefined =>
    keys.map((key) => nearest(lists.get(key) ?? [], near)).reduce((a, b) => nearer(a, b, near), undefined);
  const same = nearestOf(sentence.exact, [unit.key]);
  if (same !== undefined) return { match: same, strength: 1, opposed: false };
  const like = nearestOf(sentence.byGroup, unit.groups);
  if (like !== undefined) return { match: like, strength: 0.8, opposed: false };
  for (const { short, long } of abbreviations.get(unit.key) ?? []) {
    if (short === unit.key) {
      const words = [...new Set(long)].map((key) => sentence.exact.get(key) ?? []);
      const count = words.reduce((sum, list) => sum + list.length, 0);
      const first = words.reduce<Unit | undefined>((a, [b]) => (a === undefined || (b !== undefined && b.at < a.at) ? b : a), undefined);
      if (count * 2 >= long.length && first !== undefined) return { match: first, strength: 0.9, opposed: false };
    }
    const shown = long.includes(unit.key) ? nearestOf(sentence.byKey, [short]) : undefined;
    if (shown !== undefined) return { match: shown, strength: 0.9, opposed: false };
  }
  const opposite = nearestOf(
    sentence.opposites,
    [...new Set(unit.groups.map(lineOf))].flatMap((line) => opposingKeys(unit, line)),
  );
  const against = nearer(opposite, nearestOf(sentence.byWord, opposed(unit.lower)), near);
  if (against !== undefined) return { match: against, strength: 0.8, opposed: true };
  const [first, second] = unit.characters.map((character) => nearestOf(sentence.byKey, [character]));
  if (first !== undefined && second !== undefined) return { match: first, strength: 0.5, opposed: false };
  const alike = unit.prefix === 0 ? undefined : nearestOf(sentence.byKey, [unit.prefix]);
  return alike === undefined ? undefined : { match: alike, strength: 0.8, opposed: false };
}

/** Of units in the order of the text the one that is nearest to a place, the first of equals. */
function nearest(units: readonly Unit[], near: number): Unit | undefined {
  let low = 0;
  for (let high = units.length; low < high;) {
    const middle = (low + high) >> 1;
    if ((units[middle]?.at ?? 0) < near) low = middle + 1;
    else high = middle;
  }
  let before = low - 1;
  while (before > 0 && units[before - 1]?.at === units[before]?.at) before--;
  return nearer(units[before], units[low], near);
}

function nearer(a: Unit | undefined, b: Unit | undefined, near: number): Unit | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const [byA, byB] = [Math.abs(a.at - near), Math.abs(b.at - near)];
  return byA < byB || (byA === byB && a.at <= b.at) ? a : b;
}

/**
 * What a unit is found by as the opposite of one of its line of groups. A single character that has an opposite means it only beside the
 * same character ("high" and "low" of the same thing).
 */
function oppositeKeys(unit: Unit, line: number): number[] {
  const any = mix(mix(9, line), 0);
  if (!isCharacter(unit)) return [any, mix(mix(9, line), 1)];
  return unit.prefix === 0 ? [any] : [any, mix(mix(10, line), unit.prefix)];
}

function opposingKeys(unit: Unit, line: number): number[] {
  if (!isCharacter(unit)) return [mix(mix(9, line), 0)];
  const longer = mix(mix(9, line), 1);
  return unit.prefix === 0 ? [longer] : [longer, mix(mix(10, line), unit.prefix)];
}

function isCharacter({ lower }: Unit): boolean {
  return lower.length === 1 && /\p{Script=Han}/u.test(lower);
}

/** "unsafe" of "safe" and "safe" of "unsafe". */
function opposed(word: string): string[] {
  const bases = prefixes.filter((prefix) => word.length >= prefix.length + 4 && word.startsWith(prefix)).map((p) => word.slice(p.length));
  return word.length < 4 ? bases : [...bases, ...prefixes.map((prefix) => prefix + word)];
}

function wordUnits(text: Text, from: number, to: number, counted: ReadonlySet<number>): Unit[] {
  const out: Unit[] = [];
  for (let at = from; at < to; at++) {
    const word = text.words[at];
    if (word === undefined || word.shape === shape.cjk || counted.has(at) || isCue(text, at)) continue;
    const groups = groupsOf(word.lower, word.stemHash);
    if (word.stop && (groups.length === 0 || !/^\p{L}/u.test(word.text) || unsaid.has(word.lower))) continue;
    out.push({
      key: word.stemHash,
      prefix: word.prefixHash,
      at,
      weight: word.stop ? 0.25 : 0.15 + word.idf,
      name: isName(text, at, word),
      groups,
      lower: word.lower,
      characters: [],
    });
  }
  return out;
}

/** Function words that stand in a group of words with an opposite, and mean it too rarely. */
const unsaid = new Set(["may", "must", "need", "than", "up", "out", "other", "most"]);

/** A capital that does not merely begin the sentence. */
function isName(text: Text, at: number, word: Word): boolean {
  const s = word.shape;
  if (s === shape.mixedCase || s === shape.allCapitals) return true;
  if (s !== shape.capital && s !== shape.initial) return false;
  const first = at === 0 || text.sentence[at - 1] !== text.sentence[at];
  const next = text.words[at + 1]?.shape;
  return !first || next === shape.capital || next === shape.possessive || word.idf > 0.8;
}

function chineseUnits(text: Text, from: number, to: number, counted: ReadonlySet<number>): Unit[] {
  const out: Unit[] = [];
  const whole = new Set<number>();
  const isCharacter = (i: number): boolean =>
    i >= from && i < to && text.words[i]?.shape === shape.cjk && !counted.has(i) && !whole.has(i) && !isCue(text, i);
  const plain = { name: false, groups: [], prefix: 0 };
  for (let at = from; at < to; at++) {
    if (!isCharacter(at)) continue;
    const found = chineseWords.find(([word]) => text.text.startsWith(word, text.begin[at]));
    if (found === undefined) continue;
    const [word, groups] = found;
    const before = text.words[at - 1];
    // A single character with an opposite is known by the one before it.
    const prefix = word.length === 1 && before?.shape === shape.cjk ? mix(8, before.stemHash) : 0;
    out.push({
      key: mix(7, hash32(word)),
      prefix,
      at,
      weight: word.length === 1 ? 0.2 : 0.6,
      name: false,
      groups,
      lower: word,
      characters: [],
    });
    if (word.length > 1) for (let i = at; i < at + word.length; i++) whole.add(i);
  }
  for (let at = from; at < to; at++) {
    if (!isCharacter(at)) continue;
    const [a, b] = [text.words[at], text.words[at + 1]];
    if (a === undefined) continue;
    if (b !== undefined && isCharacter(at + 1))
      out.push({
        ...plain,
        key: mix(a.stemHash, b.stemHash),
        at,
        weight: (a.idf + b.idf) / 2,
        lower: a.text + b.text,
        characters: [a.stemHash, b.stemHash],
      });
    else if (!isCharacter(at - 1)) out.push({ ...plain, key: a.stemHash, at, weight: a.idf / 2, lower: a.text, characters: [] });
  }
  return out;
}
