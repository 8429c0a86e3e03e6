/** Restaurant-8k (Coope et al. 2020, ACL): slots of booking messages as JSON; micro F1 over exact values on the whole test set of 3,731 messages. */
import type OpenAI from "openai";
import { type Row, readLines, tune, withEngine } from "./row.ts";

/** E.g. `{"text": "17:00", "requested": ["time"], "slots": {"time": "17:00"}}` */
interface Message {
  readonly text: string;
  /** Slots that the system had just asked for. */
  readonly requested: readonly string[];
  readonly slots: Readonly<Record<string, string>>;
}
type Turn = OpenAI.ChatCompletionMessageParam;
type Template = (message: Message) => string;

const asked: Template = ({ text, requested }) => `Requested: ${requested.join(", ")}\nMessage: ${text}`;
const alone: Template = ({ text }) => text;
const system: Turn = {
  role: "system",
  content:
    'Take the slots "people", "date", "time", "first_name" and "last_name" out of the message, as JSON; leave out what is not there.',
};

export default async function slots(): Promise<Row[]> {
  const place = ["data", "restaurant8k"];
  const train = await readLines<Message>(...place, "train.jsonl");
  const test = await readLines<Message>(...place, "test.jsonl");
  return withEngine(async (client) => {
    const rows: Row[] = [];
    for (const count of [100, 500, train.length])
      for (const [how, template] of [
        ["with the requested slots", asked],
        ["the message alone", alone],
      ] as const) {
        const before = process.cpuUsage();
        const lines = spread(train, count).map((message) => JSON.stringify({ messages: [system, ...turnsOf(message, template)] }));
        const model = await tune(client, lines);
        const { user, system: kernel } = process.cpuUsage(before);
        const { all, each } = await score(client, model, [system], template, test);
        const whole = count === train.length;
        rows.push({
          on: `Restaurant-8k as JSON, tuned on ${count} rows, ${how}`,
          value: `slot F1 ${all.toFixed(1)}${whole ? ` (${each})` : ""}; ${((user + kernel) / 1e6).toFixed(1)} s of processor time`,
          bar: whole ? "≥ 75" : "–",
          met: !whole || all >= 75,
        });
      }
    for (const count of [5, 20]) {
      const shown = spread(train, count).flatMap((message) => turnsOf(message, asked));
      const { all } = await score(client, "reader", [system, ...shown], asked, test);
      rows.push({ on: `the same, ${count} demonstrations in context`, value: `slot F1 ${all.toFixed(1)}`, bar: "–", met: true });
    }
    return rows;
  });
}

/** Every so many of them, from the first. */
function spread(messages: readonly Message[], count: number): Message[] {
  const step = Math.floor(messages.length / count);
  return messages.filter((_, i) => i % step === 0).slice(0, count);
}

function turnsOf(message: Message, template: Template): Turn[] {
  return [
    { role: "user", content: template(message) },
    { role: "assistant", content: JSON.stringify(message.slots) },
  ];
}

/** F1 in per cent over all slots, and of each; an answer that is no JSON object misses all of its slots. */
async function score(
  client: OpenAI,
  model: string,
  start: readonly Turn[],
  template: Template,
  test: readonly Message[],
): Promise<{ readonly all: number; readonly each: string }> {
  const counts = new Map<string, { right: number; said: number; wanted: number }>();
  for (const message of test) {
    const completion = await client.chat.completions.create({
      model,
      messages: [...start, { role: "user", content: template(message) }],
    });
    const found = slotsIn(completion.choices[0]?.message.content ?? "");
    for (const slot of new Set([...Object.keys(found), ...Object.keys(message.slots)])) {
      const count = counts.get(slot) ?? { right: 0, said: 0, wanted: 0 };
      counts.set(slot, count);
      if (slot in found) count.said++;
      if (slot in message.slots) count.wanted++;
      if (slot in found && found[slot] === message.slots[slot]) count.right++;
    }
  }
  const of = (some: readonly { right: number; said: number; wanted: number }[]): number => {
    const sum = (part: "right" | "said" | "wanted"): number => some.reduce((total, count) => total + count[part], 0);
    return (200 * sum("right")) / Math.max(1, sum("said") + sum("wanted"));
  };
  const each = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([slot, count]) => `${slot} ${of([count]).toFixed(1)}`);
  return { all: of([...counts.values()]), each: each.join(", ") };
}

function slotsIn(answer: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(answer);
    return typeof json === "object" && json !== null ? { ...json } : {};
  } catch {
    return {};
  }
}
