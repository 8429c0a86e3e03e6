/** Judges for tests: a real server that replies as it is told, asked through the real wire. */
import { onTestFinished } from "vitest";
import type { Case, Endpoint, Graded, Passage, Score, Scorer, ScoreLab } from "../../types.ts";
import { modelsAt, says, serve, vectors, type Behaviour, type Seen } from "../../wire/server.fixture.ts";
import { labFor, turnOf } from "../lab.fixture.ts";

/** What a request asked for. */
export interface Asked {
  readonly model: string;
  readonly prompt: string;
  /** Which request this is, from 1. */
  readonly n: number;
}

/** Text, or what the server does instead of an answer. */
export type Judge = (asked: Asked) => string | Behaviour;

/** A lab whose judge is this one, under `local/judge` and any other id, and what was asked of it. */
export async function court(
  scorer: Pick<Scorer, "name" | "prompts">,
  judge: Judge,
  more: {
    /** What is not as usual at the endpoint. */
    readonly local?: Partial<Endpoint>;
    readonly cacheFolder?: string;
    readonly files?: Readonly<Record<string, string>>;
    readonly prompts?: Readonly<Record<string, string>>;
  } = {},
): Promise<{ readonly lab: ScoreLab; readonly seen: readonly Seen[] }> {
  let n = 0;
  const { url, seen } = await serve((response, request) => {
    if (request.path.endsWith("/embeddings")) return vectors(response, request);
    const asked = askedIn(request, ++n);
    const reply = judge(asked);
    (typeof reply === "string" ? says(reply) : reply)(response, request);
  });
  const models = modelsAt(url, { cacheFolder: more.cacheFolder }, more.local);
  onTestFinished(() => models.close());
  const known = labFor(scorer, { files: more.files ?? {} });
  const lab: ScoreLab = {
    ...known,
    prompts: { ...known.prompts, ...more.prompts },
    ask: (ask) => models.chat({ ...ask, model: ask.model === "judge" ? "local/judge" : ask.model }),
    embed: async (texts) => (await models.embed("local/embed", texts)).vectors,
  };
  return { lab, seen };
}

export function askedIn(request: Seen, n = 0): Asked {
  const body = JSON.parse(request.body) as { model: string; messages: { content: string }[] };
  return { model: body.model, prompt: body.messages.map(({ content }) => content).join("\n"), n };
}

/** Scores as a run does, with options as an experiment writes them. */
export async function scored(
  scorer: Scorer,
  lab: ScoreLab,
  options: Readonly<Record<string, unknown>>,
  answer: string,
  more: Partial<Graded> & { readonly expected?: Case["expected"] } = {},
): Promise<Score> {
  const { expected = WARRANTY, ...turn } = more;
  const kase: Case = { id: "w-1", fields: { question: "How long is the warranty?" }, expected };
  return await scorer.score(
    turnOf(kase, answer, { passages: [PASSAGE], retrieved: true, ...turn }),
    kase,
    scorer.options.parse(options),
    lab,
  );
}

export const WARRANTY = "The warranty runs for two years. Batteries are covered for one year.";
export const PASSAGE: Passage = { id: "w#0", source: "w", title: "Warranty", text: WARRANTY, score: 0.9 };

/** The form that is asked for last. */
function formIn(prompt: string): string {
  return prompt.slice(prompt.lastIndexOf("in this form:\n") + "in this form:\n".length).split("\n")[0] ?? "";
}

/** The numbered lines of each block of statements. */
function listsIn(prompt: string): readonly (readonly string[])[] {
  return [...prompt.matchAll(/<statements>\n([^]*?)\n<\/statements>/gu)].map((block) => (block[1] ?? "").split("\n"));
}

/** Whether a statement, or what is judged as a whole, is found to be right. */
export type Finding = (text: string, prompt: string) => boolean;

/** A judge who replies in the form that is asked for, and finds everything right, or everything wrong, or as the function says. */
export function honest(right: boolean | Finding): (asked: Asked) => string {
  const finding = typeof right === "boolean" ? () => right : right;
  return ({ prompt }) => JSON.stringify(replyTo(prompt, finding));
}

function replyTo(prompt: string, finding: Finding): unknown {
  const form = formIn(prompt);
  const reason = "for a reason";
  const bit = (text: string): number => Number(finding(text, prompt));
  const lists = listsIn(prompt).map((lines) => lines.map((line, index) => ({ index: index + 1, reason, verdict: bit(line) })));
  if (form.startsWith('{"statements"')) return { statements: blockIn(prompt, "answer").split(/(?<=\.)\s+/u) };
  if (form.startsWith('{"verdicts"')) return { verdicts: lists[0] };
  if (form.startsWith('{"answer"')) return { answer: lists[0], right: lists[1] };
  const right = finding("", prompt);
  if (form.includes('"question"')) return { reason, question: "How long is the warranty?", noncommittal: Number(!right) };
  if (form.includes('"rating"')) return { reason, rating: right ? 4 : 0 };
  const [, low, high] = /from (-?\d+) to (\d+)/u.exec(form) ?? [];
  if (low !== undefined) return { reason, grade: Number(right ? high : low) };
  if (form.includes("yes or no")) return { reason, verdict: right ? "yes" : "no" };
  if (form.includes("C, D")) return { reason, verdict: right ? "C" : "D" };
  if (form.includes("tie")) return { reason, verdict: (blockIn(prompt, "answer_a") === WARRANTY) === right ? "A" : "B" };
  return { reason, verdict: Number(right) };
}

/** What stands in the last block of that kind. */
export function blockIn(prompt: string, kind: string): string {
  return prompt.slice(prompt.lastIndexOf(`<${kind}>\n`) + kind.length + 3, prompt.lastIndexOf(`\n</${kind}>`));
}
