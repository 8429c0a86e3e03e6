/** Held-out questions that stand word for word in a text: a document, a prompt, a training row. Pure. */
import { lengthOf, normalised, wordsOf } from "./text.ts";
import type { Case, Quote, SplitName, Splits } from "../types.ts";

/** Shorter texts stand in others by chance. */
const LEAST_WORDS = 8;
/** Of a shorter question down to this, more must be there: its answer, or others of its kind. */
const SHORT = { words: 3, characters: 8 };
/** Characters after a short question within which its answer is looked for. */
const NEAR = 200;
/** So many short questions in one text, each begun within as many characters after another, are a list of them. */
const SEVERAL = { questions: 3, within: 400 };
/** Of a case with several fields, a longer one is no question but what the question is about. */
const MOST_WORDS = 64;
const EXAMPLES = 3;
/** Words in a row, the rarest among them, that texts are looked up by: the most of these that a text has. */
const KEYS = [8, 4, 2, 1];

/** Which of a text's questions do not count, in words with a blank between them. */
export type Excuse = (text: string) => (question: string) => boolean;

/** Confirm and test questions in texts; `id` names a text. Of each text and question, one quote. */
export function quotesIn(texts: Iterable<Text>, splits: Splits): readonly Quote[] {
  return quoteFinder(splits)(texts);
}

/**
 * A search for questions of confirm and test, or of other splits, in texts. One of 8 words or more counts wherever it stands; one of 3 words or more (8
 * characters in a script without blanks) where an accepted answer follows within 200 characters, or where two others that are not
 * parts of each other stand near; a shorter one never.
 */
export function quoteFinder(
  splits: Splits,
  names: readonly SplitName[] = ["confirm", "test"],
): (texts: Iterable<Text>, excuse?: Excuse) => readonly Quote[] {
  const held = names.flatMap((split) =>
    splits[split].map((kase): Held => {
      const asked = askedIn(kase);
      return { kase, split, asked, line: lineOf(asked), long: isLong(asked) };
    }),
  );
  const search = searchFor(held.map(({ asked }) => [asked]));
  return (texts, excuse = () => () => false) =>
    [...texts].flatMap(({ id, text }) => {
      const found = search(text).flatMap((at) => held[at] ?? []);
      if (found.length === 0) return [];
      const excused = excuse(text);
      const counted = found.filter(({ line }) => !excused(line));
      const words = lineOf(text);
      const listed = new Set(
        listedIn(
          words,
          counted.map(({ line }) => line),
        ),
      );
      return counted
        .filter(({ kase, line, long }) => long || listed.has(line) || isAnsweredIn(words, line, kase))
        .map(({ kase, split }): Quote => ({ case: kase.id, split, in: id }));
    });
}

/** Excuses what a text holds as part of one of these cases: that is where it is quoted from. */
export function partOf(cases: readonly Case[]): Excuse {
  const search = searchFor(cases.map(({ fields }) => Object.values(fields)));
  const lines = cases.map((kase) => ` ${lineOf(textOf(kase))} `);
  return (text) => {
    const standing = search(text).map((at) => lines[at] ?? "");
    return (question) => standing.some((line) => line.includes(` ${question} `));
  };
}

interface Text {
  readonly id: string;
  readonly text: string;
}

interface Held {
  readonly kase: Case;
  readonly split: SplitName;
  readonly asked: string;
  readonly line: string;
  readonly long: boolean;
}

/** Whether an accepted answer stands soon after a question; all in words with a blank between them. */
function isAnsweredIn(text: string, question: string, kase: Case): boolean {
  const answers = acceptedOf(kase)
    .map(lineOf)
    .filter((answer) => answer !== "");
  return placesOf(question, text).some((at) => {
    const from = at + question.length;
    return answers.some((answer) => {
      // A character more than the answer may take, so that a longer word is not cut to it.
      const place = `${text.slice(from, from + NEAR + answer.length + 2)} `.indexOf(` ${answer} `);
      return place >= 0 && place <= NEAR;
    });
  });
}

/** Questions that stand in a text near others; one that stands only inside of another is none. */
function listedIn(text: string, questions: readonly string[]): readonly string[] {
  const places = [...new Set(questions)]
    .flatMap((question) => placesOf(question, text).map((from) => ({ question, from, to: from + question.length })))
    .sort((a, b) => a.from - b.from || b.to - a.to);
  const whole: typeof places = [];
  for (const place of places) if (place.to > (whole.at(-1)?.to ?? -1)) whole.push(place);
  return whole.flatMap(({ question, from }, at) => {
    const run: string[] = [question];
    let end = from;
    for (const next of whole.slice(at + 1)) {
      if (next.from - end > SEVERAL.within || new Set(run).size === SEVERAL.questions) break;
      run.push(next.question);
      end = next.from;
    }
    return new Set(run).size >= SEVERAL.questions ? run : [];
  });
}

/** Where a text stands in another, in whole words. */
function placesOf(needle: string, text: string): readonly number[] {
  const [spaced, wanted] = [` ${text} `, ` ${needle} `];
  const places: number[] = [];
  for (let at = spaced.indexOf(wanted); at >= 0; at = spaced.indexOf(wanted, at + 1)) places.push(at);
  return places;
}

/** The answers that are accepted for a case, as texts. */
export function acceptedOf(kase: Pick<Case, "expected"> | undefined): readonly string[] {
  const { expected } = kase ?? {};
  const accepted: readonly unknown[] = Array.isArray(expected) ? expected : [expected];
  return accepted.flatMap((one) => (one === undefined ? [] : [typeof one === "string" ? one : JSON.stringify(one)]));
}

/** All fields as one text, for texts whose fields cannot be told apart. */
export function textOf({ fields }: Pick<Case, "fields">): string {
  return Object.values(fields).join("\n");
}

/** A text's words, normalised, with a blank between them. */
export function lineOf(text: string): string {
  return wordsOf(normalised(text)).join(" ");
}

/** Whether a text is too long to stand in another by chance. */
export function isLong(text: string): boolean {
  return lengthOf(wordsOf(normalised(text))) >= LEAST_WORDS;
}

/** Whether a text is long enough to be looked for where its answer stands too. */
export function isTelling(text: string): boolean {
  return lengthOf(wordsOf(normalised(text)), SHORT.characters / SHORT.words) >= SHORT.words;
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
    // A loop, since `from` goes by the iterator, which takes three times as long.
    const line = new Uint32Array(words.length);
    for (let at = 0; at < words.length; at++) line[at] = ids.get(words[at] ?? "") ?? 0;
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

/** The field that asks: the shortest long one, else the longest short one; empty where all are too short or no question. */
function askedIn(kase: Pick<Case, "fields"> | undefined): string {
  const texts = Object.values(kase?.fields ?? {});
  const fields = texts.map((text) => ({ text, length: lengthOf(wordsOf(normalised(text))) })).toSorted((a, b) => a.length - b.length);
  const asking = fields.filter(({ text, length }) => isTelling(text) && (fields.length === 1 || length <= MOST_WORDS));
  return (asking.find(({ text }) => isLong(text)) ?? asking.at(-1))?.text ?? "";
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
