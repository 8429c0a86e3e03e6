/** Fine-tuning: what the rows look like decides what is trained: a classifier, the reader, a memory, or several of them. */
import type { Mind } from "../mind.ts";
import { isSentence } from "../chat/answer.ts";
import { fitting, type Progress } from "../labels/classifier.ts";
import { createMemory, learnThreshold, type Pair } from "../memory/memory.ts";
import { isRefusal } from "../prompt/refusals.ts";
import type { Row } from "./rows.ts";
import { holdOut, type Hyperparameters, mostlySentences } from "./training.ts";
import { tuneReader } from "./tune-reader.ts";
import type { Tuned } from "./tuned.ts";

/** Trains step by step; `given` validation rows replace the part that is otherwise held out. */
export function* tune(rows: readonly Row[], given: readonly Row[], options: Hyperparameters, mind: Mind): Generator<Progress, Tuned> {
  const labelled = labelRows(rows);
  if (labelled) return { classifier: yield* tuneClassifier(rows, given, options, mind) };
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

/** The answers are labels: few different ones, each short and repeated, and mostly not copied out of passages. */
function labelRows(rows: readonly Row[]): boolean {
  const counts = new Map<string, number>();
  for (const { answer } of rows) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  const short = [...counts.keys()].every((answer) => answer.length <= 80 && !isSentence(answer));
  const copied = rows.filter((r) => r.asked.passages.some((p) => p.text.includes(r.answer))).length;
  return short && counts.size >= 2 && rows.length >= 4 * counts.size && copied * 2 < rows.length;
}

function* tuneClassifier(rows: readonly Row[], given: readonly Row[], { epochs, rate, seed }: Hyperparameters, mind: Mind) {
  const classes = [...new Set(rows.map((r) => r.answer))].sort();
  const { train, held } = given.length > 0 ? { train: rows, held: given } : holdOut(rows, seed, 0.05, 200);
  const examples = (some: readonly Row[]) =>
    some.filter((r) => classes.includes(r.answer)).map((r) => ({ text: mind.lexicon.read(inputOf(r)), label: classes.indexOf(r.answer) }));
  return yield* fitting(examples(train), examples(held), classes, { epochs: epochs ?? 10, rate: 0.5 * rate, seed, bits: 15 });
}

function inputOf({ asked }: Row): string {
  return asked.question === "" ? asked.passages.map((p) => p.text).join("\n") : asked.question;
}

/** The memory keeps every row; the held-out part only sets the threshold. */
function* tuneMemory(rows: readonly Row[], given: readonly Row[], { seed }: Hyperparameters, mind: Mind): Generator<Progress, Tuned> {
  const pairs = (some: readonly Row[]): Pair[] => some.map((r) => ({ question: r.asked.question, answer: r.answer }));
  const { train, held } = given.length > 0 ? { train: rows, held: given } : holdOut(rows, seed, 0.2, 400);
  const threshold = learnThreshold(createMemory(pairs(train), 0, mind.lexicon), pairs(held), mind.lexicon, agrees);
  const memory = createMemory(pairs(rows), threshold, mind.lexicon);
  const wrong = held.filter((r) => {
    const best = memory.recall(mind.lexicon.read(r.asked.question), 1)[0];
    return best === undefined || !agrees(best.answer, r.answer);
  }).length;
  yield { step: 1, total: 1, trainLoss: 0, validLoss: held.length === 0 ? null : wrong / held.length };
  const refusal = [...new Set(rows.map((r) => r.answer))].find(
    (answer) => isRefusal(answer) && rows.filter((r) => r.answer === answer).length >= 2,
  );
  return { memory, sentences: mostlySentences(rows), ...(refusal === undefined ? {} : { refusal }) };
}

/** Same words in any order, but for one in five. */
function agrees(a: string, b: string): boolean {
  const words = (text: string): Set<string> => new Set(text.toLowerCase().match(/[\p{L}\d]+/gu) ?? []);
  const x = words(a);
  const y = words(b);
  const common = [...x].filter((w) => y.has(w)).length;
  return common > 0 && (2 * common) / (x.size + y.size) >= 0.8;
}
