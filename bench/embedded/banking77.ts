/** Banking77 (Casanueva et al. 2020, arXiv 2003.04807): 77 intents; the whole test set of 3,080 messages. */
import type OpenAI from "openai";
import { type Row, readLines, tune, withEngine } from "./row.ts";

/** E.g. `{"id": "test-0", "text": "How do I locate my card?", "label": "card_arrival"}` */
interface Message {
  readonly text: string;
  readonly label: string;
}
type Turn = OpenAI.ChatCompletionMessageParam;

const place = ["data", "banking77"];
const tuned = "Classify the customer's message. Answer with the intent only.";

export default async function banking77(): Promise<Row[]> {
  const [train, ten, test] = await Promise.all(
    ["train.jsonl", "train_10.jsonl", "test.jsonl"].map((file) => readLines<Message>(...place, file)),
  );
  if (train === undefined || ten === undefined || test === undefined) return [];
  const labels = [...new Set(train.map((m) => m.label))].sort();
  const listed = `Classify the customer's message. Answer with one of: ${labels.join(", ")}.`;
  return withEngine(async (client) => {
    const rows: Row[] = [];
    for (const shots of [0, 1, 3, 5]) {
      const right = await accuracy(client, "reader", [system(listed), ...asTurns(firstOf(train, shots))], test);
      const how = shots === 0 ? "labels' names alone" : `${shots} a label as turns`;
      rows.push({ on: `Banking77, ${how}`, value: percent(right), bar: "–", met: true });
    }
    const examples = ten.map((m) => `Message: ${m.text}\nLabel: ${m.label}`).join("\n\n");
    const inOne = `${listed}\n\nExamples:\n\n${examples}`;
    for (const [how, start] of [
      ["as turns", [system(listed), ...asTurns(ten)]],
      ["in one message", [system(inOne)]],
    ] as const) {
      const right = await accuracy(client, "reader", start, test);
      rows.push({ on: `Banking77, 10 a label in context, ${how}`, value: percent(right), bar: "≥ 76 %", met: right >= 0.76 });
    }
    const before = process.cpuUsage();
    const model = await tune(
      client,
      train.map((m) => JSON.stringify({ messages: [system(tuned), ...asTurns([m])] })),
    );
    const { user, system: kernel } = process.cpuUsage(before);
    const seconds = (user + kernel) / 1e6;
    const right = await accuracy(client, model, [system(tuned)], test);
    rows.push(
      { on: `Banking77, tuned on ${train.length} rows`, value: percent(right), bar: "≥ 91.5 %", met: right >= 0.915 },
      { on: "the same, processor time of the job", value: `${seconds.toFixed(1)} s`, bar: "≤ 30 s", met: seconds <= 30 },
    );
    return [...rows, ...(await abstention(client, train, test, model))];
  });
}

function system(content: string): Turn {
  return { role: "system", content };
}

function asTurns(messages: readonly Message[]): Turn[] {
  return messages.flatMap(({ text, label }): Turn[] => [
    { role: "user", content: text },
    { role: "assistant", content: label },
  ]);
}

/** Half of the labels listed: how many messages of theirs are lost to the refusal, and how many questions about other things are refused. */
async function abstention(client: OpenAI, train: readonly Message[], test: readonly Message[], model: string): Promise<Row[]> {
  const labels = [...new Set(train.map((m) => m.label))].sort().filter((_, i) => i % 2 === 0);
  const order = `Classify the message. Answer with one of: ${labels.join(", ")}. If none of them fits, answer "none".`;
  const known = test.filter((m) => labels.includes(m.label)).filter((_, i) => i % 4 === 0);
  const near = test.filter((m) => !labels.includes(m.label)).filter((_, i) => i % 4 === 0);
  const paragraphs = await readLines<{ qas: { question: string }[] }>("reader", "dev.jsonl.gz");
  const far = paragraphs.flatMap((p) => p.qas.map((q) => q.question)).filter((_, i) => i % 25 === 0);
  const rows: Row[] = [];
  for (const [how, by, shots] of [
    ["by name", "reader", 0],
    ["5 a label", "reader", 5],
    ["tuned", model, 0],
  ] as const) {
    const shown = asTurns(
      firstOf(
        train.filter((m) => labels.includes(m.label)),
        shots,
      ),
    );
    const refused = async (texts: readonly string[]): Promise<number> => {
      const asked = texts.map((text) => ({ text, label: "none" }));
      return accuracy(client, by, [system(order), ...shown], asked);
    };
    const share = await refused(far);
    rows.push({
      on: `“none” for questions about other things, half of Banking77's labels, ${how}`,
      value: `${percent(share)}; of other labels' messages ${percent(await refused(near.map((m) => m.text)))}, of theirs ${percent(await refused(known.map((m) => m.text)))}`,
      bar: "≥ 80 %",
      met: share >= 0.8,
    });
  }
  return rows;
}

/** The first `count` messages of each label. */
function firstOf(messages: readonly Message[], count: number): Message[] {
  const taken = new Map<string, number>();
  return messages.filter(({ label }) => {
    taken.set(label, (taken.get(label) ?? 0) + 1);
    return (taken.get(label) ?? 0) <= count;
  });
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** 0..1. */
async function accuracy(client: OpenAI, model: string, start: readonly Turn[], test: readonly Message[]): Promise<number> {
  let right = 0;
  for (const { text, label } of test) {
    const completion = await client.chat.completions.create({ model, messages: [...start, { role: "user", content: text }] });
    if (completion.choices[0]?.message.content === label) right++;
  }
  return right / test.length;
}
