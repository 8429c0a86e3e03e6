/** SQuAD 1.1 dev (Rajpurkar et al. 2016, arXiv 1606.05250): answers from the question's own paragraph, from retrieved ones, and where none holds it. */
import type OpenAI from "openai";
import { exactMatch, tokenF1 } from "./grading.ts";
import { type Row, readLines, withEngine } from "./row.ts";

/** E.g. `{"title": "Oxygen", "context": "Oxygen is …", "qas": [{"question": "What is …?", "answers": ["oxygen"]}]}` */
interface Paragraph {
  readonly title: string;
  readonly context: string;
  readonly qas: readonly { readonly question: string; readonly answers: readonly string[] }[];
}
interface Asked {
  readonly question: string;
  readonly answers: readonly string[];
  readonly place: number;
}

const refusal = "not in the text";
const plain = "Answer the question with a short span, word for word from the passages.";
const careful = `${plain} If they do not hold the answer, say "${refusal}".`;
/** Every so many questions are asked where each takes several passages. */
const every = 5;
const retrieved = 5;

export default async function squad(): Promise<Row[]> {
  const paragraphs = await readLines<Paragraph>("reader", "dev.jsonl.gz");
  const asked = paragraphs.flatMap(({ qas }, place) => qas.map((qa): Asked => ({ ...qa, place })));
  const some = asked.filter((_, i) => i % every === 0);
  const context = (place: number): string => paragraphs[place]?.context ?? "";
  return withEngine(async (client) => {
    const ask = (system: string, question: string, passages: readonly string[]): Promise<string> =>
      answer(client, system, question, passages);
    const gold: Graded[] = [];
    const before = process.cpuUsage();
    for (const a of asked) gold.push(grade(await ask(plain, a.question, [context(a.place)]), a.answers));
    const { user, system } = process.cpuUsage(before);
    const speed = asked.length / ((user + system) / 1e6);

    const allowed: Graded[] = [];
    let refused = 0;
    let strangers = 0;
    for (const [i, a] of some.entries()) {
      allowed.push(grade(await ask(careful, a.question, [context(a.place)]), a.answers));
      // A paragraph of another article, far enough away in the list of articles.
      const other = (a.place + 300 + 97 * i) % paragraphs.length;
      if (paragraphs[other]?.title === paragraphs[a.place]?.title) continue;
      strangers++;
      if ((await ask(careful, a.question, [context(other)])) === refusal) refused++;
    }
    const free = some.map((a) => gold[asked.indexOf(a)]).filter((g) => g !== undefined);
    const lost = mean(free, "f1") - mean(allowed, "f1");

    const top = await nearest(client, some, paragraphs);
    const open: Graded[] = [];
    for (const [i, a] of some.entries()) open.push(grade(await ask(plain, a.question, (top[i] ?? []).map(context)), a.answers));
    const found = some.filter((a, i) => top[i]?.includes(a.place) === true).length / some.length;

    const f1 = mean(gold, "f1");
    const exact = mean(gold, "exact");
    const end = mean(open, "f1");
    const refusals = (100 * refused) / strangers;
    return [
      { on: `SQuAD 1.1 dev, gold paragraph, ${asked.length} questions: F1`, value: f1.toFixed(1), bar: "≥ 73", met: f1 >= 73 },
      { on: "the same: exact match", value: exact.toFixed(1), bar: "≥ 63", met: exact >= 63 },
      {
        on: `the same, ${retrieved} paragraphs retrieved by embedded/lexical, ${some.length} questions: F1`,
        value: end.toFixed(1),
        bar: "≥ 63",
        met: end >= 63,
      },
      { on: "the same: the paragraph is among them", value: `${(100 * found).toFixed(1)} %`, bar: "–", met: true },
      { on: "a paragraph of another article, refusals", value: `${refusals.toFixed(1)} %`, bar: "≥ 80 %", met: refusals >= 80 },
      { on: "F1 lost on the right paragraph by allowing refusals", value: lost.toFixed(1), bar: "≤ 3", met: lost <= 3 },
      { on: "answers a second of CPU, gold paragraph", value: speed.toFixed(0), bar: "≥ 150", met: speed >= 150 },
    ];
  });
}

async function answer(client: OpenAI, system: string, question: string, passages: readonly string[]): Promise<string> {
  const numbered = passages.map((text, i) => `[${i + 1}] ${text}`).join("\n\n");
  const reply = await client.chat.completions.create({
    model: "reader",
    messages: [
      { role: "system", content: system },
      { role: "user", content: `Passages:\n${numbered}\n\nQuestion: ${question}` },
    ],
  });
  return reply.choices[0]?.message.content ?? "";
}

/** Places of the paragraphs whose embeddings are nearest to each question's, nearest first. */
async function nearest(client: OpenAI, asked: readonly Asked[], paragraphs: readonly Paragraph[]): Promise<number[][]> {
  const texts = await embed(
    client,
    paragraphs.map((p) => p.context),
  );
  const questions = await embed(
    client,
    asked.map((a) => a.question),
  );
  return questions.map((q) => {
    const scores = texts.map((t) => t.reduce((sum, value, k) => sum + value * (q[k] ?? 0), 0));
    return scores
      .map((_, place) => place)
      .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
      .slice(0, retrieved);
  });
}

async function embed(client: OpenAI, texts: readonly string[]): Promise<number[][]> {
  const out: number[][] = [];
  for (let at = 0; at < texts.length; at += 256) {
    const reply = await client.embeddings.create({ model: "lexical", input: texts.slice(at, at + 256), encoding_format: "float" });
    out.push(...reply.data.map((d) => d.embedding));
  }
  return out;
}

interface Graded {
  readonly f1: number;
  readonly exact: number;
}

function grade(given: string, answers: readonly string[]): Graded {
  return { f1: tokenF1(given, answers), exact: exactMatch(given, answers) };
}

function mean(graded: readonly Graded[], what: keyof Graded): number {
  return (100 * graded.reduce((sum, g) => sum + g[what], 0)) / graded.length;
}
