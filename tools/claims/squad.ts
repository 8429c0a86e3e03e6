/**
 * Labelled claims made from paragraphs with questions and answers (SQuAD's form), by rules: a sentence with a few words left out or a question
 * with its answer is supported; with its number, name, direction or negation changed it is contradicted; beside another paragraph it is not found.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { isCue } from "../../src/embedded/claims/negation.ts";
import { groupsOf } from "../../src/embedded/claims/opposites.ts";
import { quantitiesOf } from "../../src/embedded/claims/quantities.ts";
import { createRandom, shuffled } from "../../src/embedded/text/hash.ts";
import { shape } from "../../src/embedded/text/shapes.ts";
import type { Lexicon, Text } from "../../src/embedded/text/text.ts";
import { lines, type Example } from "./data.ts";

interface Paragraph {
  readonly title: string;
  readonly context: string;
  readonly qas: readonly { readonly question: string; readonly answers: readonly string[] }[];
}

/** Examples of so many paragraphs of a file, drawn by the seed; `group` is the article. */
export function readMade(file: string, paragraphs: number, lexicon: Lexicon, seed: number): readonly Example[] {
  const all = lines(gunzipSync(readFileSync(file)).toString("utf8")).map((line) => JSON.parse(line) as Paragraph);
  const byTitle = Map.groupBy(all, (p) => p.title);
  const random = createRandom(seed);
  return shuffled(all, random)
    .slice(0, paragraphs)
    .flatMap((p) =>
      examplesOf(
        p,
        (byTitle.get(p.title) ?? []).filter((other) => other !== p),
        lexicon,
        random,
      ),
    );
}

/** One paragraph's examples; `others` are paragraphs of the same article. */
function examplesOf(paragraph: Paragraph, others: readonly Paragraph[], lexicon: Lexicon, random: () => number): readonly Example[] {
  return [...sentenceExamples(paragraph, others, lexicon, random), ...questionExamples(paragraph, others, random)];
}

function pick<T>(items: readonly T[], random: () => number): T | undefined {
  return items[Math.floor(random() * items.length)];
}

function sentenceExamples(paragraph: Paragraph, others: readonly Paragraph[], lexicon: Lexicon, random: () => number): Example[] {
  const text = lexicon.read(paragraph.context);
  const ranges = Array.from({ length: text.sentences }, (_, s) => ({
    from: text.sentence.indexOf(s),
    to: text.sentence.lastIndexOf(s) + 1,
  }));
  const range = pick(
    ranges.filter(({ from, to }) => to - from >= 8 && to - from <= 34),
    random,
  );
  if (range === undefined) return [];
  const sentence = text.text.slice(text.begin[range.from], text.end[range.to - 1]);
  const own = lexicon.read(sentence);
  const whole = { passages: [paragraph.context], group: paragraph.title };
  const out: Example[] = [];
  const away = pick(others, random);
  const shorter = reworded(lexicon.read(shortened(own, random)), away === undefined ? undefined : lexicon.read(away.context), random);
  const add = (claim: string | undefined, label: Example["label"], passages: readonly string[] = whole.passages): void => {
    if (claim !== undefined) out.push({ ...whole, claim, label, passages });
  };
  add(shorter, "supported");
  const short = lexicon.read(shorter);
  const denied = denyingChanged(short);
  add(denied, "contradicted");
  add(otherNumber(short, random), "contradicted");
  add(otherName(short, text, random), "contradicted");
  add(otherDirection(short, random), "contradicted");
  add(namesSwapped(short), "contradicted");
  if (away !== undefined) {
    const beside = [away.context];
    add(shorter, "not_found", beside);
    if (random() < 0.5) add(denied, "not_found", beside);
    const foreign = lexicon.read(away.context);
    // What the one's sentence begins with, and how the other's ends.
    const begins = text.text.slice(text.begin[range.from], text.end[Math.min(range.to - 1, range.from + 2)]);
    const last = foreign.sentence.indexOf(foreign.sentences - 1);
    add(`${begins} ${foreign.text.slice(foreign.begin[Math.min(foreign.words.length - 1, last + 3)])}`, "not_found");
    const half = foreign.text.slice(0, foreign.end[Math.min(foreign.words.length - 1, Math.max(4, foreign.sentence.lastIndexOf(0)))] ?? 0);
    if (random() < 0.5) add(`${shorter.replace(/\s*[.!?]?\s*$/u, "")}, and ${half}`, "not_found");
  }
  return out;
}

/** Leaves out a few words, never one that denies, reverses or counts. */
function shortened(text: Text, random: () => number): string {
  const counted = new Set(quantitiesOf(text).flatMap((q) => Array.from({ length: q.to - q.from }, (_, i) => q.from + i)));
  const rate = random() * 0.35;
  let out = "";
  let at = 0;
  text.words.forEach((word, i) => {
    const keep =
      counted.has(i) ||
      isCue(text, i) ||
      /^['’]$|^t$/u.test(word.text) ||
      (groupsOf(word.lower, word.stemHash).length > 0 && !word.stop) ||
      random() >= rate;
    out += keep ? text.text.slice(at, text.end[i]) : "";
    at = text.end[i] ?? at;
  });
  return out.trim();
}

/** Puts words of another text in the place of a few, as a paraphrase has words of its own. */
function reworded(text: Text, source: Text | undefined, random: () => number): string {
  const isPlain = (of: Text, i: number): boolean =>
    of.words[i]?.shape === shape.lower &&
    of.words[i]?.stop === false &&
    groupsOf(of.words[i]?.lower ?? "", of.words[i]?.stemHash ?? 0).length === 0;
  const words = source?.words.filter((_, i) => isPlain(source, i)) ?? [];
  const rate = Math.max(0, random() * 0.8 - 0.3);
  let out = "";
  let at = 0;
  text.words.forEach((_, i) => {
    const other = isPlain(text, i) && random() < rate ? pick(words, random) : undefined;
    out += text.text.slice(at, text.begin[i]) + (other?.text ?? text.text.slice(text.begin[i], text.end[i]));
    at = text.end[i] ?? at;
  });
  return out;
}

const auxiliary = /\b(is|are|was|were|has|have|had|can|could|will|would|may|must|should)\b(?!\s*(?:not|n['’]t))/u;

/** Takes a denial out, or puts one in. */
function denyingChanged(text: Text): string | undefined {
  const cue = text.words.findIndex((word, i) => word.lower === "not" && isCue(text, i));
  if (cue >= 0) return text.text.slice(0, text.begin[cue]) + text.text.slice(text.end[cue]).trimStart();
  if (text.words.some((_, i) => isCue(text, i))) return undefined;
  return auxiliary.test(text.text) ? text.text.replace(auxiliary, "$1 not") : undefined;
}

function otherNumber(text: Text, random: () => number): string | undefined {
  const found = pick(
    quantitiesOf(text).filter((q) => /^\d+$/.test(text.text.slice(text.begin[q.from], text.end[q.to - 1]))),
    random,
  );
  if (found === undefined) return undefined;
  const value = Number(text.text.slice(text.begin[found.from], text.end[found.to - 1]));
  const other =
    value >= 1000 && value <= 2100 ? value + 1 + Math.floor(random() * 30) : Math.max(1, Math.round(value * (1.3 + 2 * random()))) + 1;
  return text.text.slice(0, text.begin[found.from]) + String(other) + text.text.slice(text.end[found.to - 1]);
}

/** Puts another name of the paragraph in the place of one. */
function otherName(text: Text, paragraph: Text, random: () => number): string | undefined {
  const mine = pick(namesOf(text), random);
  const known = new Set(text.words.map((w) => w.lower));
  const other = pick(
    namesOf(paragraph).filter(({ from, to }) => !paragraph.words.slice(from, to).some((w) => known.has(w.lower))),
    random,
  );
  if (mine === undefined || other === undefined) return undefined;
  const name = paragraph.text.slice(paragraph.begin[other.from], paragraph.end[other.to - 1]);
  return text.text.slice(0, text.begin[mine.from]) + name + text.text.slice(text.end[mine.to - 1]);
}

/** Runs of words with a capital that do not begin a sentence. */
function namesOf(text: Text): { readonly from: number; readonly to: number }[] {
  const isName = (i: number): boolean => i > 0 && text.words[i]?.shape === shape.capital && text.sentence[i] === text.sentence[i - 1];
  return text.words.flatMap((_, from) => {
    if (!isName(from) || isName(from - 1)) return [];
    let to = from + 1;
    while (isName(to)) to++;
    return [{ from, to }];
  });
}

/** Exchanges two names that a few words, and neither "and" nor a comma, stand between. */
function namesSwapped(text: Text): string | undefined {
  const names = namesOf(text);
  for (const [n, a] of names.entries()) {
    const b = names[n + 1];
    if (b === undefined || b.from - a.to < 1 || b.from - a.to > 7) continue;
    if (text.words.slice(a.to, b.from).some((word) => /^(?:and|or|,|;|\(|of|'s|’s)$/u.test(word.lower))) continue;
    const [first, second] = [a, b].map(({ from, to }) => text.text.slice(text.begin[from], text.end[to - 1]));
    return `${text.text.slice(0, text.begin[a.from])}${second}${text.text.slice(text.end[a.to - 1], text.begin[b.from])}${first}${text.text.slice(text.end[b.to - 1])}`;
  }
  return undefined;
}

const pairs: readonly (readonly [string, string])[] = [
  ["increase", "decrease"],
  ["increased", "decreased"],
  ["higher", "lower"],
  ["before", "after"],
  ["largest", "smallest"],
  ["first", "last"],
  ["north", "south"],
  ["northern", "southern"],
  ["east", "west"],
  ["eastern", "western"],
  ["won", "lost"],
  ["more", "less"],
  ["always", "never"],
  ["early", "late"],
  ["opened", "closed"],
  ["began", "ended"],
  ["old", "new"],
  ["public", "private"],
  ["major", "minor"],
  ["large", "small"],
  ["high", "low"],
  ["long", "short"],
  ["allowed", "forbidden"],
  ["positive", "negative"],
];

function otherDirection(text: Text, random: () => number): string | undefined {
  const hit = pick(
    text.words.flatMap((word, i) => pairs.flatMap(([a, b]) => (word.text === a ? [{ i, to: b }] : word.text === b ? [{ i, to: a }] : []))),
    random,
  );
  return hit === undefined ? undefined : text.text.slice(0, text.begin[hit.i]) + hit.to + text.text.slice(text.end[hit.i]);
}

/** A question followed by an answer: its own, one of another question of the paragraph, or its own beside another paragraph. */
function questionExamples(paragraph: Paragraph, others: readonly Paragraph[], random: () => number): Example[] {
  const qa = pick(
    paragraph.qas.filter((q) => q.answers[0] !== undefined && q.question.trim().endsWith("?")),
    random,
  );
  if (qa === undefined) return [];
  const right = qa.answers[0] ?? "";
  const whole = { passages: [paragraph.context], group: paragraph.title };
  const asked = qa.question.trim();
  const wrongs = paragraph.qas
    .map((q) => q.answers[0] ?? "")
    .filter((a) => a !== "" && !qa.answers.some((r) => shares(r, a)) && kind(a) === kind(right));
  const out: Example[] = [{ ...whole, claim: `${asked} ${right}`, label: "supported" }];
  const wrong = pick(wrongs, random);
  if (wrong !== undefined) out.push({ ...whole, claim: `${asked} ${wrong}`, label: "contradicted" });
  const foreign = pick(others, random)?.qas.map((q) => q.answers[0] ?? "") ?? [];
  const invented = /\d/.test(right)
    ? right.replace(/\d+/, (digits) => String(Number(digits) + 1 + Math.floor(random() * (Number(digits) + 3))))
    : pick(
        foreign.filter((a) => kind(a) === "name" && kind(right) === "name" && !paragraph.context.includes(a)),
        random,
      );
  if (invented !== undefined && !paragraph.context.includes(invented))
    out.push({ ...whole, claim: `${asked} ${invented}`, label: "contradicted" });
  const away = pick(
    others.filter((p) => !p.context.toLowerCase().includes(right.toLowerCase()) || random() < 0.5),
    random,
  );
  if (away !== undefined) out.push({ ...whole, claim: `${asked} ${right}`, label: "not_found", passages: [away.context] });
  return out;
}

function shares(a: string, b: string): boolean {
  const words = new Set(a.toLowerCase().split(/\W+/));
  return b
    .toLowerCase()
    .split(/\W+/)
    .some((word) => word.length > 2 && words.has(word));
}

function kind(answer: string): string {
  return /\d/.test(answer) ? "number" : /^\p{Lu}/u.test(answer) ? "name" : "word";
}
