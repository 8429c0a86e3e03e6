/** Trains an extractor on examples whose structure was found. */
import { type Classifier, fitting, type Progress } from "../labels/classifier.ts";
import { createRandom, shuffled } from "../text/hash.ts";
import type { Lexicon, Text } from "../text/text.ts";
import { lossOf, type Span, type Tagged, type Tagger, tagsOf } from "./crf.ts";
import { fitTagger } from "./crf-training.ts";
import { type Extractor, wholeText } from "./extractor.ts";
import { featuresOf } from "./features.ts";
import type { Format, Value } from "./format.ts";
import { readFormats } from "./read-formats.ts";
import { copiesOf, type Plan } from "./plan.ts";
import { lay, type Template } from "./sections.ts";
import type { Example, Row, Structured } from "./structure.ts";

export interface ExtractorOptions {
  readonly epochs?: number | undefined;
  /** Factor on the learning rate. */
  readonly rate: number;
  readonly seed: number;
}

/** Below this many rows, none are held out: they would choose at random, and are missed in training. */
const fewRows = 300;

/** Fewer held-out rows than this cannot choose between epochs. */
const enough = 20;

/**
 * Trains on examples whose structure was found; `given` examples choose the epoch instead of a held-out part. It reports each epoch;
 * undefined is a pause within one.
 */
export function* trainExtractor(
  { format, template, plans, rows }: Structured,
  given: readonly Example[],
  options: ExtractorOptions,
  lexicon: Lexicon,
): Generator<Progress | undefined, Extractor> {
  const order = shuffled(rows, createRandom(options.seed));
  const count = given.length > 0 || rows.length < fewRows ? 0 : Math.min(300, Math.floor(rows.length * 0.08));
  const train = order.slice(count);
  const held = given.length > 0 ? readGiven(given, format, template, lexicon) : order.slice(0, count);
  const kinds = plans.filter((plan) => plan.how === "copied").map((plan) => plan.key);
  const choosing = plans.filter((plan) => plan.how === "chosen");
  const passes = {
    tagger: kinds.length === 0 ? 0 : (options.epochs ?? epochsFor(train, kinds.length)),
    chooser: options.epochs ?? (rows.length < fewRows ? 25 : 10),
  };
  const total = passes.tagger + choosing.length * passes.chooser;
  const tagger = kinds.length === 0 ? undefined : yield* trainTagger(train, held, kinds, { ...options, epochs: passes.tagger }, total);
  const choosers = new Map<string, Classifier>();
  for (const [i, plan] of choosing.entries()) {
    const steps = fitting(valuesOf(train, plan, lexicon), valuesOf(held, plan, lexicon), plan.values.map(nameOf), {
      epochs: passes.chooser,
      rate: 0.5 * options.rate,
      seed: options.seed,
      bits: 15,
    });
    for (let next = steps.next(); ; next = steps.next()) {
      if (next.done === true) {
        choosers.set(plan.key, next.value);
        break;
      }
      const { step, trainLoss, validLoss } = next.value;
      yield { step: passes.tagger + i * passes.chooser + step, total, trainLoss, validLoss };
    }
  }
  return { format, template, plans, tagger, favour: rows.length < fewRows ? 2 : 0, choosers, asSaid: isAsSaid(rows, format) };
}

/** The epoch with the lowest loss on held-out rows, where there are enough of them, else the last. */
function* trainTagger(
  train: readonly Row[],
  held: readonly Row[],
  kinds: readonly string[],
  { epochs, rate, seed }: ExtractorOptions & { readonly epochs: number },
  total: number,
): Generator<Progress | undefined, Tagger | undefined> {
  const few = train.length < fewRows;
  const options = { epochs, rate: 0.1 * rate, seed, fewest: few ? 1 : 2, dropout: few ? 0.5 : 0.3 };
  const heldTags = held.map((row) => taggedOf(row, kinds));
  const examples = train.values().map((row) => taggedOf(row, kinds));
  let best: Tagger | undefined;
  let lowest = Infinity;
  let step = 0;
  for (const epoch of fitTagger(examples, kinds.length, options)) {
    if (epoch === undefined) {
      yield undefined;
      continue;
    }
    const validLoss = heldTags.length === 0 ? null : lossOf(epoch.tagger, heldTags);
    yield { step: ++step, total, trainLoss: epoch.loss, validLoss };
    if (validLoss !== null && held.length >= enough && validLoss >= lowest) continue;
    lowest = validLoss ?? Infinity;
    best = { ...epoch.tagger, weights: Float32Array.from(epoch.tagger.weights), moves: Float32Array.from(epoch.tagger.moves) };
  }
  return best;
}

/** What a chooser learns from: the message, and which of its values the answer has. */
function valuesOf(rows: readonly Row[], plan: Plan, lexicon: Lexicon): { readonly text: Text; readonly label: number }[] {
  const names = plan.values.map(nameOf);
  return rows.flatMap(({ laid, fields }) => {
    const label = names.indexOf(nameOf(fields.get(plan.key)));
    return label < 0 ? [] : [{ text: lexicon.read(wholeText(laid)), label }];
  });
}

/** Fewer passes over very many long messages, so that training ends within minutes. */
function epochsFor(rows: readonly Row[], kinds: number): number {
  const tokens = rows.reduce((sum, { laid }) => sum + laid.tokens.length, 0);
  const width = 1 + 2 * kinds;
  return Math.min(rows.length < fewRows ? 20 : 9, Math.max(3, Math.floor(1.5e10 / (tokens * width * (100 + 3 * width)))));
}

function readGiven(given: readonly Example[], format: Format, template: Template, lexicon: Lexicon): Row[] {
  const reading = readFormats(given.map((e) => e.answer)).find((r) => r.format.kind === format.kind);
  return given.flatMap((example, i) => {
    const fields = reading?.answers[i];
    if (fields === undefined) return [];
    const laid = lay(example, template, lexicon);
    return [{ laid, fields, copies: copiesOf(fields, laid, new Set()) }];
  });
}

function taggedOf({ laid, copies }: Row, kinds: readonly string[]): Tagged {
  const spans = kinds.flatMap((key, kind) => (copies.get(key) ?? []).map(({ from, to }): Span => ({ kind, from, to })));
  return { features: featuresOf(laid), tags: tagsOf(laid.tokens.length, spans) };
}

function nameOf(value: Value | undefined): string {
  return JSON.stringify(value) ?? "";
}

/** Whether more answers have their fields in the order of the message than in the fixed one. */
function isAsSaid(rows: readonly Row[], format: Format): boolean {
  let said = 0;
  let fixed = 0;
  for (const { fields, copies } of rows) {
    const keys = [...fields.keys()].filter((key) => copies.has(key));
    if (keys.length < 2) continue;
    const places = keys.map((key) => copies.get(key)?.[0]?.from ?? 0);
    if (places.every((place, i) => i === 0 || place > (places[i - 1] ?? 0))) said++;
    const order = keys.map((key) => format.keys.indexOf(key));
    if (order.every((place, i) => i === 0 || place > (order[i - 1] ?? 0))) fixed++;
  }
  return said > fixed;
}
