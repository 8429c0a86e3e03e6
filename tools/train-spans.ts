/**
 * Trains the weights of the embedded reader and writes src/embedded/reader/weights.ts. Run from the repository root:
 *
 *     node tools/train-spans.ts TRAIN.jsonl.gz DEV.jsonl.gz [questions] [epochs]
 *
 * A line of either file: {"title", "context", "qas": [{"question", "answers": [..]}]}. The weights in the repository were made from
 * SQuAD 1.1 train (CC BY-SA 4.0) with seed 7; dev is for the numbers that are printed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { createRandom, shuffled } from "../src/embedded/text/hash.ts";
import { createIdf } from "../src/embedded/text/idf.ts";
import { analyse } from "../src/embedded/reader/question.ts";
import { bestSpan, goldSpans } from "../src/embedded/reader/reader.ts";
import { confidenceOf, evidenceFeatures, fitLogistic } from "../src/embedded/reader/confidence.ts";
import { learn, scoreSpans, weightCount } from "../src/embedded/reader/spans.ts";
import { createLexicon } from "../src/embedded/text/text.ts";
import { pack } from "../src/embedded/reader/weights-format.ts";

interface Paragraph {
  readonly title: string;
  readonly context: string;
  readonly qas: readonly { readonly question: string; readonly answers: readonly string[] }[];
}

const [trainFile = "", devFile = "", questions = "40000", epochs = "2"] = process.argv.slice(2);
const train = read(trainFile);
const dev = read(devFile);
const random = createRandom(7);

const idfTable = makeIdf(train);
const lexicon = createLexicon(createIdf(idfTable));
const byTitle = Map.groupBy(train, (p) => p.title);
const rows = shuffled(
  train.flatMap((paragraph) => paragraph.qas.map((qa) => ({ paragraph, ...qa }))),
  random,
).slice(0, Number(questions));

const weights = new Float32Array(weightCount);
const squares = new Float32Array(weightCount).fill(1e-2);
const total = rows.length * Number(epochs);
const started = performance.now();
let done = 0;
let lossSum = 0;
let learnt = 0;
let skipped = 0;
for (let epoch = 0; epoch < Number(epochs); epoch++) {
  for (const { paragraph, question, answers } of shuffled(rows, random)) {
    const passages = withDistractors(paragraph, train);
    const scores = scoreSpans(
      passages.map((text) => lexicon.read(text)),
      analyse(lexicon.read(question)),
      weights,
    );
    const gold = goldSpans(scores, answers).filter((x) =>
      within(
        scores.evidence,
        scores.first[x] ?? 0,
        passages.findIndex((t) => t.includes(paragraph.context)),
      ),
    );
    const loss = learn(scores, gold, weights, squares, 0.1 * (1 - (0.8 * done) / total));
    if (loss === null) skipped++;
    else {
      lossSum += loss;
      learnt++;
    }
    if (++done % 5000 === 0) {
      console.log(
        `${done}/${total} loss ${(lossSum / learnt).toFixed(3)} no gold ${skipped} ${((performance.now() - started) / 1000).toFixed(0)} s`,
      );
      lossSum = 0;
      learnt = 0;
    }
  }
}

const scale = quantile(weights.map(Math.abs), 0.9995) / 127;
const quantised = Int8Array.from(weights, (w) => Math.max(-127, Math.min(127, Math.round(w / scale))));
const used = Float32Array.from(quantised, (q) => q * scale);

const evidence: { x: readonly number[]; y: boolean }[] = [];
for (const { paragraph, question } of rows.slice(0, 6000)) {
  const q = analyse(lexicon.read(question));
  const other = rows[Math.floor(random() * rows.length)]?.paragraph ?? paragraph;
  const sibling = byTitle.get(paragraph.title) ?? [paragraph];
  const near = sibling[Math.floor(random() * sibling.length)] ?? paragraph;
  for (const [where, y] of [
    [paragraph, true],
    [random() < 0.5 ? other : near, false],
  ] as const) {
    if (!y && where === paragraph) continue;
    const scores = scoreSpans([lexicon.read(where.context)], q, used);
    evidence.push({ x: evidenceFeatures(scores, bestSpan(scores)), y });
  }
}
const confidence = fitLogistic(evidence);
console.log("confidence", confidence.map((c) => c.toFixed(3)).join(" "));

writeFileSync(
  "src/embedded/reader/weights.ts",
  `/** Made by tools/train-spans.ts from SQuAD 1.1 train (CC BY-SA 4.0), seed 7; do not edit. */
export const idfTable = "${pack(idfTable)}";
export const spanScale = ${scale};
export const spanWeights = "${pack(new Uint8Array(quantised.buffer))}";
export const confidenceWeights: readonly number[] = [${confidence.map((c) => c.toFixed(4)).join(", ")}];
`,
);

report(dev);

/** Scores on the gold paragraph, and what refusing at several thresholds gains and costs. */
function report(paragraphs: readonly Paragraph[]): void {
  const rows: { readonly f1: number; readonly em: number; readonly here: number; readonly stranger: number; readonly sibling: number }[] =
    [];
  const siblings = Map.groupBy(paragraphs, (p) => p.title);
  const sure = (text: string, q: ReturnType<typeof analyse>): { readonly text: string; readonly p: number } => {
    const scores = scoreSpans([lexicon.read(text)], q, used);
    const span = bestSpan(scores);
    return { text: span.text, p: confidenceOf(evidenceFeatures(scores, span), confidence) };
  };
  const begin = performance.now();
  for (const paragraph of paragraphs) {
    const near = siblings.get(paragraph.title) ?? [];
    for (const { question, answers } of paragraph.qas) {
      const q = analyse(lexicon.read(question));
      const found = sure(paragraph.context, q);
      const stranger = paragraphs[Math.floor(random() * paragraphs.length)] ?? paragraph;
      const sibling = near[Math.floor(random() * near.length)] ?? paragraph;
      rows.push({
        f1: Math.max(...answers.map((a) => tokenF1(found.text, a))),
        em: answers.some((a) => normal(a) === normal(found.text)) ? 1 : 0,
        here: found.p,
        stranger: stranger.title === paragraph.title ? 0 : sure(stranger.context, q).p,
        sibling: sibling === paragraph ? 0 : sure(sibling.context, q).p,
      });
    }
  }
  const mean = (value: (row: (typeof rows)[number]) => number): string =>
    ((100 * rows.reduce((sum, row) => sum + value(row), 0)) / rows.length).toFixed(1);
  console.log(
    `dev, gold paragraph: F1 ${mean((r) => r.f1)} EM ${mean((r) => r.em)} n ${rows.length}, ${((performance.now() - begin) / rows.length / 3).toFixed(2)} ms a reading`,
  );
  for (const t of [0.2, 0.3, 0.4, 0.5, 0.6]) {
    console.log(
      `refuses below ${t}: F1 ${mean((r) => (r.here >= t ? r.f1 : 0))}, refuses ${mean((r) => (r.stranger < t ? 1 : 0))} % with a paragraph of another article, ${mean((r) => (r.sibling < t ? 1 : 0))} % with another paragraph of the same`,
    );
  }
}

/** The paragraph alone, or among others: siblings of its article or strangers, in a random order, some under their titles. */
function withDistractors(paragraph: Paragraph, all: readonly Paragraph[]): string[] {
  const titled = (p: Paragraph): string => (random() < 0.3 ? `${p.title.replaceAll("_", " ")}\n${p.context}` : p.context);
  const out = [titled(paragraph)];
  if (random() < 0.4) {
    const siblings = byTitle.get(paragraph.title) ?? [];
    for (let k = 0; k < 2; k++) {
      const pool = random() < 0.7 ? siblings : all;
      const other = pool[Math.floor(random() * pool.length)];
      if (other !== undefined && other !== paragraph) out.push(titled(other));
    }
  }
  return shuffled(out, random);
}

function within(
  evidence: { readonly passageStart: readonly number[]; readonly words: readonly unknown[] },
  token: number,
  passage: number,
): boolean {
  return token >= (evidence.passageStart[passage] ?? 0) && token < (evidence.passageStart[passage + 1] ?? evidence.words.length);
}

function makeIdf(paragraphs: readonly Paragraph[]): Uint8Array {
  const plain = createLexicon(() => 1);
  const counts = new Map<number, number>();
  for (const { context } of paragraphs) {
    for (const key of new Set(plain.read(context).words.map((w) => w.stemHash >>> 8))) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const n = paragraphs.length;
  const top = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 4096);
  const rarest = Math.log((n + 1) / 1.5);
  const table = new Uint8Array(top.length * 4);
  top.forEach(([key, count], i) => {
    const idf = Math.min(255, Math.round((255 * Math.log((n + 1) / (count + 0.5))) / rarest));
    table.set([idf, key & 255, (key >> 8) & 255, (key >> 16) & 255], i * 4);
  });
  return table;
}

function read(file: string): Paragraph[] {
  return gunzipSync(readFileSync(file))
    .toString("utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Paragraph);
}

function quantile(values: Float32Array, q: number): number {
  return Float32Array.from(values).sort()[Math.floor((values.length - 1) * q)] ?? 0;
}

function normal(text: string): string {
  return text
    .toLowerCase()
    .replace(/[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/g, "")
    .replace(/\b(a|an|the)\b/g, " ")
    .split(/\s+/)
    .filter((w) => w !== "")
    .join(" ");
}

function tokenF1(prediction: string, gold: string): number {
  const a = normal(prediction).split(" ");
  const rest = normal(gold).split(" ");
  const size = rest.length;
  let common = 0;
  for (const word of a) {
    const at = rest.indexOf(word);
    if (at < 0) continue;
    rest.splice(at, 1);
    common++;
  }
  return common === 0 ? 0 : (2 * common) / (a.length + size);
}
