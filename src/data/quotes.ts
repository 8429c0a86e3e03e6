/** Held-out questions that stand word for word in a text: a document, a prompt, a training row. Pure. */
import { lengthOf, normalised, wordsOf } from "./text.ts";
import type { Case, Quote, Splits } from "../types.ts";

/** Shorter texts stand in others by chance. */
const LEAST_WORDS = 8;
/** Of a case with several fields, a longer one is no question but what the question is about. */
const MOST_WORDS = 64;
const EXAMPLES = 3;
/** Words in a row, the rarest among them, that texts are looked up by: the most of these that a text has. */
const KEYS = [8, 4, 2, 1];

/** Confirm and test questions in texts; `id` names a text. Of each text and question, one quote. */
export function quotesIn(texts: Iterable<{ readonly id: string; readonly text: string }>, splits: Splits): readonly Quote[] {
  const held = (["confirm", "test"] as const).flatMap((split) => splits[split].map((kase) => ({ kase, split })));
  const search = searchFor(held.map(({ kase }) => [askedIn(kase)]));
  return [...texts].flatMap(({ id, text }) =>
    search(text).flatMap((at): Quote[] => {
      const found = held[at];
      return found === undefined ? [] : [{ case: found.kase.id, split: found.split, in: id }];
    }),
  );
}

/** One warning for the documents and one for each prompt that holds a held-out question. */
export function quoteWarnings(inDocuments: readonly Quote[], inPrompts: readonly Quote[]): readonly string[] {
  const warning = (quotes: readonly Quote[], advice: string): readonly string[] => {
    if (quotes.length === 0) return [];
    const first = new Map(quotes.map((quote) => [`${quote.split} ${quote.case}`, quote] as const).toReversed());
    const examples = [...first.values()].toReversed().slice(0, EXAMPLES);
    const some = examples.map(({ case: id, split, in: text }) => `"${id}" (${split}) in ${text}`).join(", ");
    const many = first.size === 1 ? "1 confirm or test question stands" : `${first.size} confirm and test questions stand`;
    return [`${many} word for word in ${some}${first.size > EXAMPLES ? ", …" : ""}; ${advice}`];
  };
  return [
    ...warning(inDocuments, "that they are retrieved and answered is no proof").map((text) => `knowledge: ${text}`),
    ...warning(inPrompts, "put train cases in the prompt instead").map((text) => `program: ${text}`),
  ];
}

/**
 * A search for the texts whose every part stands in another, in whole words; case, punctuation and spacing do not count. Returns
 * their positions in ascending order. A text without words is never found.
 */
export function searchFor(texts: readonly (readonly string[])[]): (text: string) => readonly number[] {
  const parts = texts.map((all) => all.map((part) => wordsOf(normalised(part))).filter((words) => words.length > 0));
  const ids = new Map<string, number>();
  const times: number[] = [0];
  for (const word of parts.flat(2)) {
    const id = ids.get(word) ?? times.push(0) - 1;
    ids.set(word, id);
    times[id] = (times[id] ?? 0) + 1;
  }
  const byKey = new Map(KEYS.map((size) => [size, new Map<number, number[]>()]));
  for (const [at, all] of parts.entries()) {
    const longest = all.toSorted((a, b) => b.length - a.length)[0];
    if (longest === undefined) continue;
    const line = Uint32Array.from(longest, (word) => ids.get(word) ?? 0);
    const size = KEYS.find((size) => line.length >= size) ?? 1;
    const key = keyAt(line, Math.min(rarestIn(line, times), line.length - size), size);
    const known = byKey.get(size)?.get(key);
    if (known === undefined) byKey.get(size)?.set(key, [at]);
    else known.push(at);
  }
  const whole = parts.map((all) => all.map((words) => ` ${words.join(" ")} `));
  return (text) => {
    const words = wordsOf(normalised(text));
    const line = Uint32Array.from(words, (word) => ids.get(word) ?? 0);
    const candidates = new Set<number>();
    for (const [size, known] of byKey) {
      if (known.size === 0) continue;
      for (let start = 0; start + size <= line.length; start++) {
        if (line[start] === 0) continue;
        for (const at of known.get(keyAt(line, start, size)) ?? []) candidates.add(at);
      }
    }
    if (candidates.size === 0) return [];
    const spaced = ` ${words.join(" ")} `;
    return [...candidates].filter((at) => whole[at]?.every((part) => spaced.includes(part))).sort((a, b) => a - b);
  };
}

/** The field that asks: the shortest that is too long to stand elsewhere by chance; empty where there is none. */
export function askedIn(kase: Pick<Case, "fields"> | undefined): string {
  const fields = Object.values(kase?.fields ?? {}).map((text) => ({ text, length: lengthOf(wordsOf(normalised(text))) }));
  const asking = fields.filter(({ length }) => length >= LEAST_WORDS && (fields.length === 1 || length <= MOST_WORDS));
  return asking.sort((a, b) => a.length - b.length)[0]?.text ?? "";
}

/** Where the word stands that is in the fewest texts, so that texts made from one template are told apart. */
function rarestIn(line: Uint32Array, times: readonly number[]): number {
  return line.reduce((best, word, at) => ((times[word] ?? 0) < (times[line[best] ?? 0] ?? 0) ? at : best), 0);
}

function keyAt(line: Uint32Array, start: number, size: number): number {
  let key = 0;
  for (let at = start; at < start + size; at++) key = (Math.imul(key, 0x01000193) + (line[at] ?? 0)) | 0;
  return key;
}
