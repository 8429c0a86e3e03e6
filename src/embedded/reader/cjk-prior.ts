/**
 * Weights for text in CJK characters, set by hand: the trained weights come from English and know nothing of these characters.
 * Fine-tuning on rows in the language goes far beyond them.
 */
import { type AnswerType, answerTypes } from "./question.ts";
import { kindCount, markerKind, shape } from "../text/shapes.ts";
import { familyOfCjk, kinds } from "./span-kind.ts";
import { table } from "./spans.ts";

const particles = [..."的是在于於由与與和及为為了到至以被从從因而之等"];
const dates = [..."年月日"];
const counters = [..."名位個个人"];
const timed: ReadonlySet<AnswerType> = new Set(["when", "year", "date"]);
const counted: ReadonlySet<AnswerType> = new Set(["count", "money", "measure", "percent"]);

/** A copy of the weights with the tables of CJK characters filled in. */
export function withCjkPrior(weights: Float32Array): Float32Array {
  const out = Float32Array.from(weights);
  const add = (at: number, type: number, width: number, index: number, value: number): void => {
    const place = at + type * width + index;
    out[place] = (out[place] ?? 0) + value;
  };
  answerTypes.forEach((name, type) => {
    const kind = (at: number, index: number, value: number): void => add(at, type, kindCount, index, value);
    for (const particle of particles.map(markerKind)) {
      kind(table.at.startKind, particle, -2.5);
      kind(table.at.endKind, particle, -2.5);
      kind(table.at.inside, particle, -0.5);
      kind(table.at.beforeKind, particle, 1);
      kind(table.at.afterKind, particle, 0.8);
    }
    const plain = !timed.has(name) && !counted.has(name);
    for (const date of dates.map(markerKind)) {
      kind(table.at.startKind, date, -3);
      kind(table.at.endKind, date, timed.has(name) ? 2.5 : -1.5);
      kind(table.at.inside, date, timed.has(name) ? 0.3 : -0.7);
      kind(table.at.afterKind, date, timed.has(name) ? -1.5 : 0);
    }
    for (const counter of counters.map(markerKind)) {
      kind(table.at.startKind, counter, -0.7);
      if (counted.has(name)) kind(table.at.endKind, counter, 1.5);
    }
    kind(table.at.startKind, shape.cjk, counted.has(name) || timed.has(name) ? -1 : 1);
    kind(table.at.endKind, shape.cjk, plain ? 1 : 0.7);
    kind(table.at.inside, shape.cjk, plain ? 0.12 : -0.1);
    for (let extent = 0; extent < 4; extent++) {
      add(table.at.kind, type, kinds, familyOfCjk * 4 + extent, (plain ? 1 : -1) + (extent === 0 ? -2.5 : extent === 3 ? -1 : 0));
    }
    // What stands in 《》 or 「」 is a title or a term.
    if (plain) {
      kind(table.at.beforeKind, shape.quote, 0.7);
      kind(table.at.afterKind, shape.quote, 0.7);
    }
  });
  return out;
}
