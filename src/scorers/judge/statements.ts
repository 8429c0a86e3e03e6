/** Breaks a text into statements and has each judged by a context: what most of the RAGAS metrics are made of. */
import { z } from "zod";
import type { Question } from "../../types.ts";
import type { Juror } from "./juror.ts";
import { block, GUARD, questionText, statementsBlock } from "./material.ts";
import { bit, numeric, reason, type Form } from "./reply.ts";

/** Template: a text -> the statements it makes. */
export const statements = {
  text: `Break the answer to a question into the statements that it makes.

${GUARD}

{{question}}

{{answer}}

Each statement says one thing and can be understood by itself: names stand in place of pronouns, and what a short answer leaves to its
question is written out. It says no more than the answer does. Together the statements say everything that the answer states as a fact.
A greeting, a question, or saying that one does not know states no fact, so the list may be empty.

{{form}}`,
  fields: ["question", "answer", "form"],
};

/** Template: a context and statements -> whether the context supports each. */
export const support = {
  text: `Judge for each of the numbered statements whether it can be inferred from the context. Go by the context alone, not by what you know.

${GUARD}

The context:
{{context}}

The statements:
{{statements}}

For each statement give its number, then your reason, then the verdict: 1 if the context says it or it follows directly from the context,
else 0. Every number has exactly one verdict.

{{form}}`,
  fields: ["context", "statements", "form"],
};

/** Why there is nothing to judge where an answer makes no statement. */
export const NOTHING_STATED = { skipped: "the answer states nothing that could be checked, as a refusal does" };

/** The statements that an answer makes; none where it states nothing, or is empty. */
export async function statementsOf(juror: Juror, question: Question, answer: string): Promise<readonly string[]> {
  if (answer.trim() === "") return [];
  const reply = await juror.ask(
    "statements",
    { question: block("question", questionText(question)), answer: block("answer", answer) },
    LIST,
  );
  return reply.statements.map((text) => text.trim()).filter((text) => text !== "");
}

/** Whether the context, as a block, supports each statement; nothing is asked where there is none. */
export async function supportedBy(juror: Juror, context: string, texts: readonly string[]): Promise<readonly boolean[]> {
  if (texts.length === 0) return [];
  const form = {
    name: "verdicts",
    key: "verdicts",
    shape: z.object({ verdicts: verdictsOn(texts.length) }),
    example: '{"verdicts": [{"index": <number>, "reason": "<why>", "verdict": <0 or 1>}, …]}',
  } satisfies Form;
  return inOrder((await juror.ask("support", { context, statements: statementsBlock(texts) }, form)).verdicts);
}

/** Verdicts on so many numbered things: a judge that leaves one out, adds one or gives one twice has not judged them. */
export function verdictsOn(count: number) {
  const wanted = `exactly one verdict is wanted for each number from 1 to ${count}`;
  return z
    .array(z.object({ index: z.preprocess(numeric, z.number()), reason, verdict: bit }))
    .refine(
      (all) => all.length === count && Array.from({ length: count }, (_, i) => i + 1).every((n) => all.some(({ index }) => index === n)),
      wanted,
    );
}

/** The verdicts in the order of what they judge. */
export function inOrder(verdicts: readonly { readonly index: number; readonly verdict: number }[]): readonly boolean[] {
  return verdicts.toSorted((a, b) => a.index - b.index).map(({ verdict }) => verdict === 1);
}

/** The share of texts with a verdict of 1, and the first that has none. */
export function shareOf(texts: readonly string[], verdicts: readonly boolean[], found: string) {
  const good = verdicts.filter(Boolean).length;
  const missed = texts.find((_, index) => verdicts[index] !== true);
  const why = `${good} of ${texts.length} ${found}`;
  return { value: good / texts.length, why: missed === undefined ? why : `${why}; not: ${missed}` };
}

const LIST = {
  name: "statements",
  key: "statements",
  shape: z.object({ statements: z.array(z.string()) }),
  example: '{"statements": ["<the first statement>", "<the second statement>", …]}',
} satisfies Form;

/** F_beta of counts, 0..1 (van Rijsbergen): beta above 1 weighs what is missing more; undefined where all counts are 0. */
export function fBeta(tp: number, fp: number, fn: number, beta: number): number | undefined {
  const weight = beta ** 2;
  const whole = (1 + weight) * tp + weight * fn + fp;
  return whole === 0 ? undefined : ((1 + weight) * tp) / whole;
}
