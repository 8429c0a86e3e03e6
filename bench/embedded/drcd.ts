/**
 * DRCD dev (Shao et al. 2018, arXiv 1806.00920; CC BY-SA 3.0) with the gold paragraph given: F1 and exact match of CMRC 2018 on the
 * questions about every other paragraph, before and after fine-tuning on those about the paragraphs between.
 */
import type OpenAI from "openai";
import { labFor, turnOf } from "../../src/scorers/lab.fixture.ts";
import cmrcF1 from "../../src/scorers/cmrc-f1.ts";
import { type Row, readLines, tune, withEngine } from "./row.ts";

interface Paragraph {
  readonly id: string;
  readonly text: string;
}

/** E.g. `{"id": "1147-5-2", "context_id": "1147-5", "question": "印歐語系因為哪一門語言而被發現？", "answers": ["梵語"]}` */
interface Question {
  readonly id: string;
  readonly context_id: string;
  readonly question: string;
  readonly answers: readonly string[];
}

const place = ["data", "drcd_zh_dev"];
const system = "根據文章回答問題，答案要簡短。";
const refusing = `${system}如果文章中沒有答案，請回答「文章沒有提到」。`;
const refusal = "文章沒有提到";

export default async function drcd(): Promise<Row[]> {
  const [paragraphs, questions] = await Promise.all([
    readLines<Paragraph>(...place, "dev.contexts.jsonl"),
    readLines<Question>(...place, "dev.qa.jsonl"),
  ]);
  const text = new Map(paragraphs.map((p) => [p.id, p.text]));
  const number = new Map(paragraphs.map((p, i) => [p.id, i]));
  const isTest = (q: Question): boolean => (number.get(q.context_id) ?? 0) % 2 === 1;
  const train = questions.filter((q) => !isTest(q));
  const test = questions.filter(isTest);
  const own = (q: Question): string => ask(text.get(q.context_id) ?? "", q.question);
  // A paragraph of another article, far away in the file.
  const other = (q: Question): string =>
    ask(paragraphs[((number.get(q.context_id) ?? 0) + paragraphs.length / 2) % paragraphs.length]?.text ?? "", q.question);
  return withEngine(async (client) => {
    const measure = async (on: string, model: string, prompt: string, bar?: number): Promise<Row> => {
      const answers: string[] = [];
      for (const q of test) answers.push(await answer(client, model, prompt, own(q)));
      const [f1, em] = [await mean(test, answers, "f1"), await mean(test, answers, "em")];
      const value = `F1 ${f1.toFixed(1)}, EM ${em.toFixed(1)}`;
      return { on, value, bar: bar === undefined ? "–" : `F1 ≥ ${bar}`, met: f1 >= (bar ?? 0) };
    };
    const abstains = async (on: string, model: string): Promise<Row> => {
      let count = 0;
      for (const q of test) if ((await answer(client, model, refusing, other(q))) === refusal) count++;
      return { on, value: `${((100 * count) / test.length).toFixed(1)} %`, bar: "–", met: true };
    };
    const rows = [await measure(`DRCD dev, ${test.length} questions, untuned`, "reader", system)];
    rows.push(await measure("the same, told what to say where there is no answer", "reader", refusing));
    rows.push(await abstains("abstains on a paragraph of another article, untuned", "reader"));
    const before = process.cpuUsage().user;
    const tuned = await tune(
      client,
      train.map((q) => row(system, own(q), q.answers[0] ?? "")),
    );
    const seconds = (process.cpuUsage().user - before) / 1e6;
    rows.push(await measure(`the same, tuned on ${train.length} rows (${seconds.toFixed(0)} s)`, tuned, system, 50));
    const mixed = train.map((q, i) => (i % 3 === 0 ? row(refusing, other(q), refusal) : row(refusing, own(q), q.answers[0] ?? "")));
    const careful = await tune(client, mixed);
    rows.push(await measure("the same, a third of the rows without an answer", careful, refusing));
    rows.push(await abstains("abstains on a paragraph of another article, so tuned", careful));
    return rows;
  });
}

function ask(paragraph: string, question: string): string {
  return `文章：\n${paragraph}\n\n問題：${question}`;
}

function row(prompt: string, user: string, assistant: string): string {
  const messages = [
    { role: "system", content: prompt },
    { role: "user", content: user },
    { role: "assistant", content: assistant },
  ];
  return JSON.stringify({ messages });
}

async function answer(client: OpenAI, model: string, prompt: string, user: string): Promise<string> {
  const messages = [
    { role: "system" as const, content: prompt },
    { role: "user" as const, content: user },
  ];
  return (await client.chat.completions.create({ model, messages })).choices[0]?.message.content ?? "";
}

/** Mean of a metric of CMRC 2018, 0..100. */
async function mean(questions: readonly Question[], answers: readonly string[], metric: "f1" | "em"): Promise<number> {
  let sum = 0;
  for (const [i, { id, question, answers: expected }] of questions.entries()) {
    const kase = { id, fields: { question }, expected: [...expected] };
    const score = await cmrcF1.score(turnOf(kase, answers[i] ?? ""), kase, { metric }, labFor(cmrcF1));
    sum += "value" in score ? score.value : 0;
  }
  return (100 * sum) / questions.length;
}
