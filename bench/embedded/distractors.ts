/** Tuning on rows as RAFT has them (Zhang et al. 2024, arXiv 2403.10131): the right paragraph among distractors, and rows without it that refuse. */
import type OpenAI from "openai";
import { createRandom } from "../../src/embedded/text/hash.ts";
import { tokenF1 } from "./grading.ts";
import { type Row, readLines, tune, withEngine } from "./row.ts";

/** E.g. `{"title": "Oxygen", "context": "Oxygen is …", "qas": [{"question": "What is …?", "answers": ["oxygen"]}]}` */
interface Paragraph {
  readonly title: string;
  readonly context: string;
  readonly qas: readonly { readonly question: string; readonly answers: readonly string[] }[];
}
interface Case {
  readonly messages: OpenAI.ChatCompletionMessageParam[];
  readonly answers: readonly string[];
  readonly answerable: boolean;
}

const refusal = "The documents do not say.";
const rows = 600;

export default async function distractors(): Promise<Row[]> {
  const [train, test] = [
    cases(await readLines<Paragraph>("reader", "train.jsonl.gz"), rows, 3),
    cases(await readLines<Paragraph>("reader", "dev.jsonl.gz"), rows, 5),
  ];
  return withEngine(async (client) => {
    const lines = train.map(({ messages, answers, answerable }) =>
      JSON.stringify({ messages: [...messages, { role: "assistant", content: answerable ? answers[0] : refusal }] }),
    );
    const before = await measure(client, "reader", test);
    const cpu = process.cpuUsage();
    const tuned = await tune(client, lines, 1);
    const { user, system } = process.cpuUsage(cpu);
    const after = await measure(client, tuned, test);
    const on = `SQuAD dev, the right paragraph with 3 of its article, or 4 others, ${rows} questions`;
    return [
      { on: `${on}: F1 with the right one, untuned → tuned on ${rows} rows`, value: `${before.f1} → ${after.f1}`, bar: "–", met: true },
      { on: "the same: refusals without the right one", value: `${before.refused} % → ${after.refused} %`, bar: "–", met: true },
      { on: "the same, processor time of the job", value: `${((user + system) / 1e6).toFixed(0)} s`, bar: "–", met: true },
    ];
  });
}

/** Two of three cases hold the right paragraph, at any place; the prompt says nothing of refusing, so that only rows can teach it. */
function cases(paragraphs: readonly Paragraph[], count: number, seed: number): Case[] {
  const random = createRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const out: Case[] = [];
  while (out.length < count) {
    const paragraph = pick(paragraphs);
    if (paragraph.qas.length === 0) continue;
    const { question, answers } = pick(paragraph.qas);
    const siblings = paragraphs.filter((p) => p.title === paragraph.title && !answers.some((a) => p.context.includes(a)));
    if (siblings.length < 4) continue;
    const answerable = random() < 2 / 3;
    const shown = Array.from({ length: answerable ? 3 : 4 }, () => pick(siblings).context);
    if (answerable) shown.splice(Math.floor(random() * 4), 0, paragraph.context);
    const passages = shown.map((text, i) => `[${i + 1}] ${text}`).join("\n\n");
    out.push({
      messages: [
        { role: "system", content: "Answer from the documents, in a few words." },
        { role: "user", content: `Documents:\n${passages}\n\nQuestion: ${question}` },
      ],
      answers,
      answerable,
    });
  }
  return out;
}

async function measure(client: OpenAI, model: string, test: readonly Case[]): Promise<{ readonly f1: string; readonly refused: string }> {
  let f1 = 0;
  let refused = 0;
  for (const { messages, answers, answerable } of test) {
    const reply = await client.chat.completions.create({ model, messages });
    const given = reply.choices[0]?.message.content ?? "";
    if (answerable) f1 += tokenF1(given, answers);
    else if (given === refusal) refused++;
  }
  const answerables = test.filter((c) => c.answerable).length;
  return { f1: ((100 * f1) / answerables).toFixed(1), refused: ((100 * refused) / (test.length - answerables)).toFixed(1) };
}
