/** Fine-tuning: what the rows look like decides what is trained: a classifier, the reader, a memory, or several of them. */
import type { Mind } from "../mind.ts";
import { fitting } from "../labels/classifier.ts";
import { fewExamples, fold } from "../labels/labelling.ts";
import { isPlain } from "../slots/format.ts";
import { findFrame } from "../slots/frame.ts";
import { askingOf, sourceOf } from "../slots/in-context.ts";
import { asksTheSame } from "../slots/same-question.ts";
import { type Example, findStructure, type Structured } from "../slots/structure.ts";
import { trainExtractor } from "../slots/training.ts";
import { areLabels } from "./label-rows.ts";
import { likest, partition } from "./parts.ts";
import type { Row } from "./rows.ts";
import { holdOut, type Hyperparameters, type Tick } from "./training.ts";
import { tuneMemory } from "./tune-memory.ts";
import { tuneReader } from "./tune-reader.ts";
import { isYesNoRows, tuneYesNo } from "./tune-yes-no.ts";
import type { Part, Tuned } from "./tuned.ts";

/** Trains step by step, one kind of rows after the other; `given` validation rows replace the part that is otherwise held out. */
export function* tune(rows: readonly Row[], given: readonly Row[], options: Hyperparameters, mind: Mind): Generator<Tick, Tuned> {
  const groups = partition(rows, (some) => areLabels(some) || isYesNoRows(some));
  const parts: Part[] = [];
  let done = 0;
  for (const group of groups) {
    const valid = given.filter(({ asked }) => likest(groups, asked) === group);
    const steps = tunePart(group.rows, valid, options, mind);
    let last = done;
    for (let next = steps.next(); ; next = steps.next()) {
      if (next.done === true) {
        parts.push({ ...next.value, serves: group.serves });
        break;
      }
      const tick = next.value;
      if (typeof tick !== "object") {
        yield tick;
        continue;
      }
      last = done + tick.step;
      yield { ...tick, step: last, total: done + tick.total };
    }
    done = last;
  }
  return { parts };
}

/** What is learnt from rows of one kind. */
type Learnt = Omit<Part, "serves">;

function* tunePart(rows: readonly Row[], given: readonly Row[], options: Hyperparameters, mind: Mind): Generator<Tick, Learnt> {
  const structure = structureOf(rows, mind);
  if (structure !== undefined) return { extractor: yield* trainExtractor(structure, given.map(exampleOf), options, mind.lexicon) };
  const framed = findFrame(
    rows.map((row) => row.answer),
    rows.map(({ asked }) => sourceOf(asked.passages) ?? asked.message),
  );
  if (framed === undefined) return yield* tunePlain(rows, given, options, mind);
  const within = (some: readonly Row[], inner: readonly (string | undefined)[]): Row[] =>
    some.flatMap((row, i) => (inner[i] === undefined ? [] : [{ ...row, answer: inner[i] }]));
  // The same frame stands around the answers of both; read together, a few validation rows need none of their own.
  const both = given.length === 0 ? framed : findFrame([...rows, ...given].map((row) => row.answer));
  const held = both === undefined ? [] : both.inner.slice(rows.length);
  return { ...(yield* tunePlain(within(rows, framed.inner), within(given, held), options, mind)), frame: framed.frame };
}

/** Structured answers that can be taken from the messages; plain answers that are labels, and reading, are no such thing. */
function structureOf(rows: readonly Row[], mind: Mind): Structured | undefined {
  if (!asksTheSame(rows.map((row) => row.asked))) return undefined;
  const found = findStructure(rows.map(exampleOf), mind.lexicon);
  return found !== undefined && isPlain(found.format) && areLabels(rows) ? undefined : found;
}

function exampleOf({ asked, answer }: Row): Example {
  return { ...askingOf(asked), answer };
}

/** Answers without a frame of their own. */
function* tunePlain(rows: readonly Row[], given: readonly Row[], options: Hyperparameters, mind: Mind): Generator<Tick, Learnt> {
  if (isYesNoRows(rows)) return { yesNo: yield* tuneYesNo(rows, given, mind) };
  if (areLabels(rows)) return yield* tuneClassifier(rows, given, options, mind);
  const reading = rows.filter((r) => r.asked.passages.length > 0);
  const closed = rows.filter((r) => r.asked.passages.length === 0);
  const reader =
    reading.length === 0
      ? {}
      : yield* tuneReader(
          reading,
          given.filter((r) => r.asked.passages.length > 0),
          options,
          mind,
        );
  const memory =
    closed.length === 0
      ? {}
      : yield* tuneMemory(
          closed,
          given.filter((r) => r.asked.passages.length === 0),
          options,
          mind,
        );
  return { ...memory, ...reader };
}

/** Measured on Banking77's 130 rows a label; a calm rate, since the held-out loss says when to stop. */
const manyExamples = { epochs: 10, rate: 0.25 };

/** Enough held-out rows to tell which texts are none of the labels'. */
const heldForFit = 60;

function* tuneClassifier(
  rows: readonly Row[],
  given: readonly Row[],
  { epochs, rate, seed }: Hyperparameters,
  mind: Mind,
): Generator<Tick, Learnt> {
  const classes = spellings(rows);
  const indexOf = new Map(classes.map((name, i) => [fold(name), i] as const));
  const { train, held } =
    given.length > 0 ? { train: rows, held: given } : holdOut(rows, seed, Math.min(0.2, Math.max(0.05, heldForFit / rows.length)), 300);
  const examples = (some: readonly Row[]) =>
    some.flatMap((r) => {
      const label = indexOf.get(fold(r.answer));
      return label === undefined ? [] : [{ text: mind.lexicon.read(inputOf(r)), label }];
    });
  // With very many labels, fewer rows of weights keep the model within memory.
  const bits = classes.length > 256 ? 15 : 18;
  const setting = rows.length < 20 * classes.length ? fewExamples : manyExamples;
  const options = { ...setting, epochs: epochs ?? setting.epochs, rate: setting.rate * rate, seed, bits };
  return { classifier: yield* fitting(examples(train), examples(held), classes, options, given.length > 0) };
}

/** One name a label, sorted: of spellings that differ in case or quotes alone, the most frequent, and the first of those. */
function spellings(rows: readonly Row[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { answer } of rows) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  const best = new Map<string, string>();
  for (const [answer, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (count > (counts.get(best.get(fold(answer)) ?? "") ?? 0)) best.set(fold(answer), answer);
  return [...best.values()];
}

function inputOf({ asked }: Row): string {
  return asked.question === "" ? asked.passages.map((p) => p.text).join("\n") : asked.question;
}
