/** Closed-book rows become a memory; held-out rows set the similarity below which it keeps silent. */
import type { Mind } from "../mind.ts";
import { learnThreshold, memorising, type Pair } from "../memory/memory.ts";
import { isRefusal } from "../prompt/refusals.ts";
import { createRandom, shuffled } from "../text/hash.ts";
import type { Row } from "./rows.ts";
import { holdOut, type Hyperparameters, mostlySentences, type Tick } from "./training.ts";
import type { Part } from "./tuned.ts";

/** The memory keeps every row; the held-out part only sets the threshold. The loss is the share of held-out questions that it answers wrongly. */
export function* tuneMemory(
  rows: readonly Row[],
  given: readonly Row[],
  { seed }: Hyperparameters,
  mind: Mind,
): Generator<Tick, Omit<Part, "serves">> {
  const refusal = refusalOf(rows);
  const { train, held } = given.length > 0 ? { train: rows, held: given } : holdOut(rows, seed, 0.2, 400);
  const learnt = pairsOf(train);
  const known = yield* memorising(learnt, 0, mind.lexicon);
  const tries: { readonly certainty: number; readonly right: boolean }[] = [];
  const wanted = pairsOf(held);
  // Where no row has another wording of the same question, the rows themselves do, changed as their askers would.
  const own = shuffled(learnt, createRandom(seed)).slice(0, Math.max(20, wanted.length));
  const changed = own.map(({ question, answer }, i) => ({ question: changeAs(i, question), answer }));
  for (const { question, answer } of [...wanted, ...changed]) {
    yield;
    const best = known.remember(mind.lexicon.read(question));
    if (best !== undefined) tries.push({ certainty: best.certainty, right: agrees(best.answer, answer) });
  }
  const threshold = learnThreshold(tries);
  const wrong = tries.filter(({ certainty, right }) => certainty >= threshold && !right).length;
  yield { step: 1, total: 1, trainLoss: 0, validLoss: tries.length === 0 ? null : wrong / tries.length };
  const memory = yield* memorising(pairsOf(rows), threshold, mind.lexicon);
  return { memory, sentences: mostlySentences(rows), ...(refusal === undefined ? {} : { refusal }) };
}

/** The same question in another dress: without capitals and mark, with a please, with words around it, with a slip, with a word less. */
function changeAs(kind: number, question: string): string {
  const letters = [...question];
  const words = question.split(" ");
  const middle = Math.floor(letters.length / 2);
  const without = (items: readonly string[], at: number): string[] => items.filter((_, i) => i !== at);
  switch (kind % 5) {
    case 0:
      return question.toLowerCase().replace(/[?？]\s*$/u, "");
    case 1:
      return `${question} please`;
    case 2:
      return `Please tell me: ${question}`;
    case 3:
      return without(letters, middle).join("");
    default:
      return words.length < 5 ? question.toLowerCase() : without(words, Math.floor(words.length / 2)).join(" ");
  }
}

/** Every question with each of its answers once, in the order of the rows. */
function pairsOf(rows: readonly Row[]): Pair[] {
  const seen = new Set<string>();
  return rows.flatMap(({ asked: { question }, answer }) => {
    const key = `${question}\n${answer}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ question, answer }];
  });
}

/** The phrase with words of not knowing that most rows answer with, where two or more do. */
function refusalOf(rows: readonly Row[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { answer } of rows) if (isRefusal(answer)) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  const [phrase, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), ["", 0]);
  return count >= 2 ? phrase : undefined;
}

/** Same words in any order, but for one in five; in scripts without spaces each character is a word. */
function agrees(a: string, b: string): boolean {
  const words = (text: string): Set<string> =>
    new Set(text.toLowerCase().match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\d]+/gu) ?? []);
  const x = words(a);
  const y = words(b);
  const common = [...x].filter((w) => y.has(w)).length;
  return a === b || (common > 0 && (2 * common) / (x.size + y.size) >= 0.8);
}
