/** Programs with one planted fault each: a simulated model behind a real server, everything else is the real thing. */
import { join } from "node:path";
import { seeded } from "../../stats/random.ts";
import type { Case, Diagnosis, Document, Experiment, Message, Program, Scorer, Splits, Stage } from "../../types.ts";
import exact from "../../scorers/exact.ts";
import { endpoint, json, says, serve } from "../../wire/server.fixture.ts";
import { experimentOf, namedScorer, temporary, walk, type World } from "../world.fixture.ts";

/** What a simulated model is asked: all messages, the first and the last of them, the answers of the demonstrations, the model's name. */
export interface Asked {
  readonly text: string;
  readonly system: string;
  readonly question: string;
  readonly demos: readonly string[];
  readonly model: string;
}

/** An answer, or the HTTP status of a refusal. */
export type Simulated = (asked: Asked) => string | number;

const COLOURS = "red green blue white black silver golden purple orange brown".split(" ");
const THINGS = "kettle lamp drill heater radio pump fan scale clock router mixer toaster ladder camera speaker printer".split(" ");

/** A thing, its code and the document that tells it. */
export const things = COLOURS.flatMap((colour, i) =>
  THINGS.map((thing, j) => ({ name: `${colour} ${thing}`, id: `${colour}-${thing}`, code: `E-${(i * 16 + j) * 37 + 1000}` })),
);

export const handbook: readonly Document[] = things.map(({ name, id, code }) => ({
  id,
  title: `The ${name}`,
  text: `The ${name} stands in the hall. Its code is ${code}. It was bought long ago.`,
}));

/** Questions for the code of each thing. */
export const codes: readonly Case[] = things.map(({ name, id, code }) => ({
  id,
  fields: { question: `What is the code of the ${name}?` },
  expected: code,
  sources: [id],
}));

/** The code that the question is about, by the thing that it names. */
export function codeOf(text: string): string {
  return things.find(({ name }) => text.includes(name))?.code ?? "none";
}

const SAYINGS: Readonly<Record<string, readonly string[]>> = {
  refund_request: ["I want my money back for the", "please pay back what I gave for the", "refund me the price of the"],
  delivery_problem: ["the parcel never came with the", "still waiting for the courier to bring the", "tracking says lost parcel for the"],
  broken_item: ["it arrived in pieces, the", "does not switch on, smoke came out of the", "a crack runs through the new"],
  praise: ["thank you so much, wonderful is the", "I love how well works the", "best purchase ever was the"],
};
export const labels = Object.keys(SAYINGS);

/** Messages with one of four labels each. */
export const messages: readonly Case[] = things.map(({ name, id }, i) => {
  const label = labels[i % labels.length] ?? "";
  const sayings = SAYINGS[label] ?? [];
  return { id, fields: { text: `${sayings[Math.floor(i / 4) % sayings.length]} ${name}` }, expected: label };
});

/** The right label of a message. */
export function labelOf(text: string): string {
  return labels.find((label) => SAYINGS[label]?.some((saying) => text.includes(saying))) ?? "";
}

/** Numbers 0 <= x < 1 that depend on what is asked and how often it was asked before, and not on who came first. */
export function chance(seed: number | string): (asked: Asked) => number {
  const before = new Map<string, number>();
  return ({ text }) => {
    const times = before.get(text) ?? 0;
    before.set(text, times + 1);
    return seeded(`${seed} ${text} ${times}`)();
  };
}

/** The last line of a message: the question below its passages. */
export function lastLine({ question }: Asked): string {
  return question.split("\n").at(-1) ?? "";
}

/** Knows nothing by heart, and answers from the passages that it is shown. */
export const reads: Simulated = (asked) => {
  const code = codeOf(lastLine(asked));
  return asked.question.includes(`code is ${code}`) ? code : "I don't know";
};

/** A program that retrieves so many passages. */
export function retrieving(top_k: number): Program {
  const user = "{{#passages}}Passages:\n{{passages}}\n\n{{/passages}}{{question}}";
  return { ...asking("question"), user, steps: [{ use: "rag", with: { top_k, size: 60, overlap: 0 } }] };
}

/** A program that asks one field. */
export function asking(field: string): Program {
  return { model: "local/sim", params: {}, system: "Answer.", user: `{{${field}}}`, demos: [], steps: [] };
}

/** Every fourth case to each split in turn. */
function splitsOf(cases: readonly Case[]): Splits {
  const part = (rest: number) => cases.filter((_, i) => (i + Math.floor(i / 4)) % 4 === rest);
  return { train: part(0), select: part(1), confirm: part(2), test: part(3) };
}

/** A share of the cases gets the expected answer of another one, at random. */
export function flipped(cases: readonly Case[], share: number, seed: number): readonly Case[] {
  const random = seeded(`flips ${seed}`);
  return cases.map((kase) => {
    if (random() >= share) return kase;
    const others = cases.filter(({ expected }) => expected !== kase.expected);
    return { ...kase, expected: others[Math.floor(random() * others.length)]?.expected };
  });
}

/** Walks with the simulated model in place of the task model, and every other role that `models` names. */
export async function walked(
  model: Simulated,
  more: Partial<Experiment> & {
    readonly cases?: readonly Case[];
    readonly scorer?: Scorer;
    readonly rungs?: readonly { readonly stage: Stage; readonly options?: object }[];
  } = {},
  folder?: string,
): Promise<World & { readonly diagnosis: Diagnosis; readonly experiment: Experiment; readonly heard: readonly Asked[] }> {
  const { cases = codes, scorer = exact, rungs = [], ...rest } = more;
  const heard: Asked[] = [];
  const { url } = await serve((response, seen) => {
    const { messages: sent, model: name } = JSON.parse(seen.body) as { readonly messages: readonly Message[]; readonly model: string };
    const asked: Asked = {
      text: sent.map(({ content }) => content).join("\n"),
      system: sent.find(({ role }) => role === "system")?.content ?? "",
      question: sent.at(-1)?.content ?? "",
      demos: sent.flatMap(({ role, content }) => (role === "assistant" ? [content] : [])),
      model: name,
    };
    heard.push(asked);
    const content = model(asked);
    (typeof content === "number" ? json(content, { error: { message: "refused" } }) : says(content, "stop", usageOf(asked, content)))(
      response,
      seen,
    );
  });
  const base = experimentOf(rungs);
  const own = folder === undefined ? temporary() : undefined;
  try {
    const experiment: Experiment = {
      ...base,
      endpoints: { ...base.endpoints, local: endpoint(url, { concurrency: 8 }) },
      models: { task: "local/sim", writer: "local/sim", judge: "local/sim", embed: "embedded/lexical" },
      documents: [],
      splits: splitsOf(cases),
      program: asking(Object.keys(cases[0]?.fields ?? {})[0] ?? ""),
      scorers: [namedScorer("score", scorer)],
      primary: "score",
      ...rest,
    };
    const world = await walk(folder ?? own?.folder ?? "", experiment, folder === undefined ? {} : { cache: join(folder, "cache") });
    const found = world.events.find((event) => event.type === "diagnosis");
    if (found === undefined) throw new Error("the walk gave no diagnosis");
    return { ...world, diagnosis: found.diagnosis, experiment, heard };
  } finally {
    own?.remove();
  }
}

/** Words as tokens. */
function usageOf({ text }: Asked, answer: string): { readonly prompt_tokens: number; readonly completion_tokens: number } {
  return { prompt_tokens: text.split(/\s+/).length, completion_tokens: answer.split(/\s+/).length };
}

/** Cases by bucket. */
export function countsOf({ buckets }: Diagnosis): Readonly<Record<string, number>> {
  return Object.fromEntries(buckets.map(({ bucket, cases }) => [bucket, cases.length]));
}
