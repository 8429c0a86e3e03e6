/**
 * Reads SQuAD-shaped paragraphs with the engine's own tokenizer and writes what train.py learns from. Run from the repository root:
 *
 *     node tools/reader/prepare.ts TRAIN.jsonl.gz DEV.jsonl.gz OUT
 *
 * A line of either file: {"title", "context", "qas": [{"question", "answers": [..]}]}.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { createRandom } from "../../src/embedded/text/hash.ts";
import { createIdf } from "../../src/embedded/text/idf.ts";
import { factCount, mostQuestionTokens, networkInput, prefixRow, suffixRow } from "../../src/embedded/network/input.ts";
import { analyse, type Question } from "../../src/embedded/reader/question.ts";
import { createLexicon, type Text, type Word } from "../../src/embedded/text/text.ts";
import { idfTable } from "../../src/embedded/text/idf-table.ts";
import { unpack } from "../../src/embedded/text/bytes.ts";

interface Paragraph {
  readonly title: string;
  readonly context: string;
  readonly qas: readonly { readonly question: string; readonly answers: readonly string[] }[];
}

/** A typed array that grows. */
class Grow<T extends Uint8Array | Uint16Array | Uint32Array> {
  length = 0;
  private array: T;
  private readonly make: new (n: number) => T;
  constructor(make: new (n: number) => T) {
    this.make = make;
    this.array = new make(1 << 20);
  }
  push(value: number): void {
    if (this.length === this.array.length) {
      const larger = new this.make(this.length * 2);
      larger.set(this.array);
      this.array = larger;
    }
    this.array[this.length++] = value;
  }
  bytes(): Uint8Array {
    return new Uint8Array(this.array.buffer, 0, this.length * this.array.BYTES_PER_ELEMENT);
  }
}

/** Longest passage and span that are learnt from, in tokens. */
const longestPassage = { train: 320, dev: 480 };
const longestSpan = 16;

const [trainFile = "", devFile = "", out = ""] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const lexicon = createLexicon(createIdf(unpack(idfTable)));
const numbers = new Map<string, number>();
const known: Word[] = [];

const number = (word: Word): number => {
  const key = word.text;
  const before = numbers.get(key);
  if (before !== undefined) return before;
  numbers.set(key, known.length);
  known.push(word);
  return known.length - 1;
};

write("train", read(trainFile), longestPassage.train);
write("dev", read(devFile), longestPassage.dev);
writeFileSync(
  `${out}/words.json`,
  JSON.stringify(
    known.map((word) => [word.hash >>> 0, word.lower, prefixRow(word), suffixRow(word), word.shape, Math.round(word.idf * 255)]),
  ),
);
console.log(`${known.length} word forms`);

function read(file: string): Paragraph[] {
  return gunzipSync(readFileSync(file))
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Paragraph);
}

/** Examples: a question with its own paragraph, and (train) with two that do not hold the answer: a near one of its article, and a stranger. */
function write(name: "train" | "dev", paragraphs: readonly Paragraph[], longest: number): void {
  const random = createRandom(7);
  const texts = paragraphs.map((p) => lexicon.read(p.context));
  const words = new Grow(Uint32Array);
  const sentences = new Grow(Uint16Array);
  const asked = new Grow(Uint32Array);
  const facts = new Grow(Uint8Array);
  const rows: number[][] = [];
  const starts: [number, number][] = [];
  for (const text of texts) {
    const n = Math.min(text.words.length, longest);
    starts.push([words.length, n]);
    for (let i = 0; i < n; i++) {
      words.push(number(text.words[i] as Word));
      sentences.push(text.sentence[i] ?? 0);
    }
  }
  const siblings = Map.groupBy(paragraphs.keys(), (i) => paragraphs[i]?.title ?? "");
  let without = 0;
  let id = 0;
  paragraphs.forEach((paragraph, p) => {
    for (const qa of paragraph.qas) {
      const question = analyse(lexicon.read(qa.question));
      const at = asked.length;
      const count = Math.min(question.text.words.length, mostQuestionTokens);
      for (let j = 0; j < count; j++) asked.push(number(question.text.words[j] as Word));
      const add = (q: number, kind: number, gold: readonly number[]): void => {
        const text = texts[q] as Text;
        const [start, n] = starts[q] as [number, number];
        const from = facts.length / (factCount + 2);
        const input = networkInput(text, question);
        for (let i = 0; i < n; i++) {
          facts.push(input.grade[i] ?? 0);
          facts.push((input.place[i] ?? -1) < 0 ? 255 : (input.place[i] ?? 0));
          for (let k = 0; k < factCount; k++) facts.push(Math.round(255 * (input.facts[i * factCount + k] ?? 0)));
        }
        rows.push([start, n, at, count, from, question.asks < 0 || question.asks >= count ? 255 : question.asks, kind, id, ...gold]);
      };
      const gold = goldSpans(texts[p] as Text, qa.answers, Math.min(longest, (texts[p] as Text).words.length));
      if (gold.length === 0) without++;
      add(p, 0, gold);
      const holds = (q: number): boolean => qa.answers.some((a) => paragraphs[q]?.context.toLowerCase().includes(a.toLowerCase()));
      const others = (siblings.get(paragraph.title) ?? []).filter((q) => q !== p && !holds(q));
      const nearest = best(others, question, texts);
      if (nearest >= 0 && (name === "dev" || random() < 0.5)) add(nearest, 1, []);
      const stranger = Math.floor(random() * paragraphs.length);
      if (paragraphs[stranger]?.title !== paragraph.title && !holds(stranger) && (name === "dev" || random() < 0.5)) add(stranger, 2, []);
      id++;
    }
  });
  writeFileSync(`${out}/${name}.words.bin`, words.bytes());
  writeFileSync(`${out}/${name}.sentences.bin`, sentences.bytes());
  writeFileSync(`${out}/${name}.asked.bin`, asked.bytes());
  writeFileSync(`${out}/${name}.facts.bin`, facts.bytes());
  writeFileSync(`${out}/${name}.rows.json`, JSON.stringify(rows));
  console.log(`${name}: ${id} questions, ${without} without a span, ${rows.length} examples`);
}

/** The paragraph whose words cover most of the question. */
function best(among: readonly number[], question: Question, texts: readonly Text[]): number {
  let top = -1;
  let most = -1;
  for (const q of among) {
    const found = new Map<number, number>();
    for (const word of texts[q]?.words ?? []) {
      const term = word.stop ? undefined : question.byStem.get(word.stemHash);
      if (term !== undefined) found.set(term.at, term.idf);
    }
    let sum = 0;
    for (const idf of found.values()) sum += idf;
    if (sum > most) {
      most = sum;
      top = q;
    }
  }
  return top;
}

/** First token and length - 1 of every span whose text is an answer, one after the other. */
function goldSpans(text: Text, answers: readonly string[], n: number): number[] {
  const first = new Map([...text.begin].slice(0, n).map((at, i) => [at, i]));
  const last = new Map([...text.end].slice(0, n).map((at, i) => [at, i]));
  const spans: number[] = [];
  for (const answer of new Set(answers.map((a) => a.trim().replace(/[.,;:]+$/, "")))) {
    if (answer === "") continue;
    for (let at = text.text.indexOf(answer); at >= 0; at = text.text.indexOf(answer, at + 1)) {
      const i = first.get(at);
      const j = last.get(at + answer.length);
      if (i === undefined || j === undefined || j < i || j - i >= longestSpan || text.sentence[i] !== text.sentence[j]) continue;
      spans.push(i, j - i);
    }
  }
  return spans;
}
