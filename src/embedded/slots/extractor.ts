/** Structured answers: fields copied from the message, chosen, or always the same, written as the examples write them. */
import { classify, type Classifier } from "../labels/classifier.ts";
import type { Lexicon } from "../text/text.ts";
import { type Span, tag, type Tagger } from "./crf.ts";
import { featuresOf } from "./features.ts";
import { type Format, type Leaf, type Value, write } from "./format.ts";
import type { Plan } from "./plan.ts";
import { type Asking, type Laid, lay, type Template } from "./sections.ts";
import { wordsOf, writeAs, writeBy } from "./values.ts";

export interface Extractor {
  readonly format: Format;
  readonly template: Template;
  /** Fields come in the order of their values in the message, not in a fixed one. */
  readonly asSaid: boolean;
  readonly plans: readonly Plan[];
  /** A kind for each copied plan, in the order of the plans. */
  readonly tagger: Tagger | undefined;
  /** Added to the score of every field's beginning: a tagger that saw few examples is too shy of what it did not see. */
  readonly favour: number;
  /** By key, for each chosen plan; a class for each of its values. */
  readonly choosers: ReadonlyMap<string, Classifier>;
}

/** Below this probability, a value of a field that may hold any other is not said. */
const sureOfValue = 0.5;

export interface Extracted {
  readonly text: string;
  /** Probability that every field is right, 0..1. */
  readonly confidence: number;
}

export function extract(extractor: Extractor, asking: Asking, lexicon: Lexicon): Extracted {
  const { format, template, plans, tagger, choosers } = extractor;
  const laid = lay(asking, template, lexicon);
  const kinds = plans.filter((plan) => plan.how === "copied");
  const { spans, confidence } = tagger === undefined ? { spans: [], confidence: 1 } : tagAll(extractor, tagger, laid, kinds);
  const fields = new Map<string, Value>();
  const places = new Map<string, number>();
  let sure = confidence;
  for (const plan of plans) {
    let value: Value | undefined = plan.values[0];
    if (plan.how === "copied") {
      const own = spans.filter(({ kind }) => kinds[kind] === plan);
      const first = own[0];
      if (first !== undefined) places.set(plan.key, first.from);
      const leaves = own.map((span) => leafOf(plan, wordsFor(plan, laid, span))).filter((leaf) => leaf !== undefined);
      value = plan.list ? (leaves.length === 0 ? plan.absent : leaves) : (leaves[0] ?? plan.absent);
    }
    const chooser = choosers.get(plan.key);
    if (chooser !== undefined) {
      const chances = classify(chooser, lexicon.read(wholeText(laid)));
      const best = chances.indexOf(Math.max(...chances));
      value = plan.open && (chances[best] ?? 0) < sureOfValue ? plan.absent : plan.values[best];
      sure *= chances[best] ?? 1;
    }
    if (value !== undefined) fields.set(plan.key, value);
  }
  if (places.size === 0 && kinds.length > 0 && format.empty !== undefined) return { text: format.empty, confidence: sure };
  const order = extractor.asSaid
    ? [...format.keys].sort(
        (a, b) => (places.get(a) ?? Infinity) - (places.get(b) ?? Infinity) || format.keys.indexOf(a) - format.keys.indexOf(b),
      )
    : format.keys;
  return { text: write(format, fields, order), confidence: sure };
}

/** Tags the message; a field that every example has a value for is looked for again, with more and more in its favour. */
function tagAll(
  { favour, format }: Extractor,
  tagger: Tagger,
  laid: Laid,
  kinds: readonly Plan[],
): { readonly spans: readonly Span[]; readonly confidence: number } {
  const features = featuresOf(laid);
  let found = tag(tagger, features, new Map(kinds.map((_, kind) => [kind, favour])));
  // JSON can leave a field open; one line of text without its value is no answer.
  if (format.kind === "json") return found;
  let confidence = found.confidence;
  for (let more = 2; more <= 16; more *= 2) {
    const missing = kinds.map((plan, kind) => plan.always && !found.spans.some((span) => span.kind === kind));
    if (!missing.includes(true)) break;
    found = tag(tagger, features, new Map(missing.map((is, kind) => [kind, favour + (is ? more : 0)])));
    confidence = Math.min(confidence, found.confidence);
  }
  return { spans: found.spans, confidence };
}

const furthest = 3;

/** The words of a span; where they are to be a number, a time or a date, with the words after it that belong to the same. */
function wordsFor({ ways }: Plan, laid: Laid, { from, to }: Span): string {
  const way = ways[0] ?? "verbatim";
  if (["number", "clock", "date"].includes(way))
    for (let end = Math.min(laid.tokens.length - 1, to + furthest); end > to; end--) {
      const words = wordsOf(laid, from, end);
      if (writeAs(way, words) !== undefined) return words;
    }
  return wordsOf(laid, from, to);
}

/** The words as a value of the field; undefined for words that are no number where a number is wanted. */
function leafOf(plan: Plan, words: string): Leaf | undefined {
  const written = writeBy(plan.ways, words);
  if (!plan.number) return written;
  const number = Number(written);
  return written.trim() === "" || Number.isNaN(number) ? undefined : number;
}

/** What a chooser reads: the message and the sections beside it. */
export function wholeText({ text, context }: Laid): string {
  return [...context, text].join("\n");
}
