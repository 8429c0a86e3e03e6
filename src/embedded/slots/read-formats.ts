/** Learns from examples how answers are written. */
import type { Fields, Format, Value } from "./format.ts";
import { affixesOf, within } from "./affixes.ts";
import { type JsonStyle, type Leaf, learnStyle, readJson } from "./json-style.ts";

/** A format, and what the examples hold when they are read by it; undefined for one that it does not explain. */
export interface Reading {
  readonly format: Format;
  readonly answers: readonly (Fields | undefined)[];
}

/** Every format that explains nearly all answers, the most structured first; the last one is plain text. `sources`: what each may be copied from. */
export function readFormats(answers: readonly string[], sources: readonly string[] = []): Reading[] {
  // JSON is never read as anything else, even where its lists are too deep for fields.
  if (answers.filter((answer) => readJson(answer) !== undefined).length * 2 >= answers.length)
    return [asJson(answers)].filter((reading) => reading !== undefined);
  return [asJson(answers), asPairs(answers), asList(answers), asPlain(answers, sources)].filter((reading) => reading !== undefined);
}

/** Nearly all: nine in ten. */
const nearly = 0.9;
const noStyle: JsonStyle = { comma: ",", colon: ":", pad: "", indent: "", ascii: false };
const plain = { style: noStyle, join: "", equals: "", keys: [""], parents: [] };

function asJson(answers: readonly string[]): Reading | undefined {
  const read = answers.map((answer) => {
    const [, prefix = "", body = "", suffix = ""] = /^([^{[]*)([{[][\s\S]*[}\]])([^}\]]*)$/.exec(answer) ?? [];
    const json = readJson(body);
    const parents = new Set<string>();
    const fields = json === undefined ? undefined : flattened(json, parents);
    return fields === undefined ? undefined : { prefix, body, suffix, fields, parents };
  });
  const around = mostFrequent(read.flatMap((r) => (r === undefined ? [] : [JSON.stringify([r.prefix, r.suffix])])));
  const fit = read.map((r) => (r !== undefined && JSON.stringify([r.prefix, r.suffix]) === around ? r : undefined));
  const known = fit.filter((r) => r !== undefined);
  const others = answers.filter((_, i) => fit[i] === undefined);
  const empty = others.length >= 2 ? mostFrequent(others) : undefined;
  const rest = others.filter((answer) => answer !== empty).length;
  if (known.length * 2 < answers.length || rest > answers.length * (1 - nearly)) return undefined;
  const parents = [...(known[0]?.parents ?? [])].filter((parent) => known.every((r) => r.parents.has(parent)));
  return {
    format: {
      ...plain,
      kind: "json",
      prefix: known[0]?.prefix ?? "",
      suffix: known[0]?.suffix ?? "",
      style: learnStyle(known.map((r) => r.body)),
      keys: orderOf(known.map((r) => [...r.fields.keys()])),
      parents,
      empty,
    },
    answers: fit.map((r, i) => r?.fields ?? (answers[i] === empty ? new Map<string, Value>() : undefined)),
  };
}

/** Objects within each other that are read. */
const deepest = 32;

/** Undefined where lists hold anything but plain values, or objects stand too deep within each other. */
function flattened(json: unknown, parents: Set<string>): Fields | undefined {
  const fields = new Map<string, Value>();
  const put = (key: string, value: unknown, depth: number): boolean => {
    if (depth > deepest) return false;
    if (isLeaf(value)) fields.set(key, value);
    else if (Array.isArray(value) && value.every(isLeaf)) fields.set(key, value);
    else if (Array.isArray(value)) return false;
    else {
      if (key !== "") parents.add(key);
      return Object.entries(value as Record<string, unknown>).every(([name, inner]) => {
        const step = name.replaceAll("~", "~0").replaceAll("/", "~1");
        return put(key === "" ? step : `${key}/${step}`, inner, depth + 1);
      });
    }
    return true;
  };
  return put("", json, 0) ? fields : undefined;
}

function isLeaf(value: unknown): value is Leaf {
  return value === null || typeof value !== "object";
}

const joins = ["\n", "; ", ";", " | ", "|", ", ", ","];
const equalSigns = [": ", "：", " = ", "=", ":", " - "];

/** More names than this are words of texts. */
const mostKeys = 40;

/** The reading by the separators that explain most answers with the fewest keys. */
function asPairs(answers: readonly string[]): Reading | undefined {
  if (answers.length < 2) return undefined;
  let best: Reading | undefined;
  let most = 0;
  for (const join of joins)
    for (const equals of equalSigns) {
      const read = answers.map((answer) => pairsOf(answer, join, equals));
      if (new Set(read.flatMap((fields) => [...(fields?.keys() ?? [])])).size > mostKeys) continue;
      const keys = orderOf(read.flatMap((fields) => (fields === undefined ? [] : [[...fields.keys()]])));
      const explained = read.filter((fields) => fields !== undefined).length;
      const pieces = read.reduce((sum, fields) => sum + (fields?.size ?? 0), 0);
      const uses = keys.map((key) => read.filter((fields) => fields?.has(key)).length);
      const repeated = uses.reduce((sum, count) => sum + (count >= 2 || answers.length < 4 ? count : 0), 0);
      const empty = mostFrequent(answers.filter((_, i) => read[i] === undefined));
      const rest = answers.filter((answer, i) => read[i] === undefined && answer !== empty).length;
      if (explained * 2 < answers.length || rest > answers.length * (1 - nearly) || repeated < pieces * 0.6) continue;
      const quality = explained * 10 + pieces * 5 - keys.length;
      if (best !== undefined && quality <= most) continue;
      most = quality;
      const fields = read.map((f, i) => f ?? (answers[i] === empty ? new Map<string, Value>() : undefined));
      best = { format: { ...plain, kind: "pairs", prefix: "", suffix: "", join, equals, keys, empty }, answers: fields };
    }
  return best;
}

function pairsOf(answer: string, join: string, equals: string): Fields | undefined {
  const fields = new Map<string, Value>();
  for (const piece of answer.split(join)) {
    const at = piece.indexOf(equals);
    const key = piece.slice(0, Math.max(0, at));
    if (!/^[\p{L}_][\p{L}\p{M}\d_ .-]{0,39}$/u.test(key) || key.split(" ").length > 4 || fields.has(key)) return undefined;
    fields.set(key, piece.slice(at + equals.length));
  }
  return fields;
}

/** A list of several values in at least a fifth of the answers. */
function asList(answers: readonly string[]): Reading | undefined {
  const around = affixesOf(answers);
  const inner = answers.map((answer) => within(answer, around) ?? answer);
  for (const join of joins) {
    const read = inner.map((text) => text.split(join));
    if (
      read.filter((values) => values.length >= 2 && values.every((v) => v.trim() === v && v !== "" && v.length <= 60)).length * 5 <
      answers.length
    )
      continue;
    return { format: { ...plain, kind: "list", ...around, join }, answers: read.map((values) => new Map([["", values]])) };
  }
  return undefined;
}

function asPlain(answers: readonly string[], sources: readonly string[]): Reading {
  const around = affixesOf(answers, sources);
  const read = answers.map((answer) => within(answer, around));
  return {
    format: { ...plain, kind: "plain", ...around },
    answers: read.map((value) => (value === undefined ? undefined : new Map([["", value]]))),
  };
}

/** Keys so far apart in an answer say nothing of the order. */
const furthest = 64;

/** Keys in an order that agrees with most pairs of them. */
function orderOf(rows: readonly (readonly string[])[]): string[] {
  const before = new Map<string, number>();
  const pair = (a: string, b: string): string => JSON.stringify([a, b]);
  for (const keys of rows)
    keys.forEach((a, i) => {
      for (const b of keys.slice(i + 1, i + 1 + furthest)) before.set(pair(a, b), (before.get(pair(a, b)) ?? 0) + 1);
    });
  const keys = [...new Set(rows.flat())];
  const wins = new Map<string, number>();
  for (const [both, count] of before) {
    const [a = "", b = ""] = JSON.parse(both) as string[];
    if (count > (before.get(pair(b, a)) ?? 0)) wins.set(a, (wins.get(a) ?? 0) + 1);
  }
  return keys.sort((a, b) => (wins.get(b) ?? 0) - (wins.get(a) ?? 0));
}

/** The first of the most frequent ones. */
function mostFrequent(items: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  let best: string | undefined;
  for (const [item, count] of counts) if (best === undefined || count > (counts.get(best) ?? 0)) best = item;
  return best;
}
