import { z } from "zod";
import { defineScorer } from "../../plugin.ts";
import type { Case, ScoreLab } from "../../types.ts";
import { together, type Juror } from "./juror.ts";
import { checkQuorum, judged, judgesOf, juryOptions, seatsOf, type Opinion } from "./jury.ts";
import { block, GUARD, questionText, referenceFor, referencesOf } from "./material.ts";
import { oneOfLabels, reason, type Form } from "./reply.ts";

/**
 * Which of two answers a judge prefers: 1 where it is the program's, 0 where it is the other, 0.5 where neither. The other is the
 * case's expected answer (of several the one that was given, else the first), or with `against` that of a JSONL file with lines of `case` and `answer`, such as
 * the `answers.jsonl` of another run's rung; the last line of a case counts. Each is shown first once, two calls for each rating:
 * a preference that does not outlast the exchange is a tie (Zheng et al., arXiv 2306.05685, section 3.4). The same text is a tie
 * without a call.
 *
 *     { use: pairwise, as: vs-main, against: runs/main/0-baseline/answers.jsonl }
 *     A shown first, then B shown second is preferred -> 1    A, then A -> 0.5, "position bias"
 */
export default defineScorer({
  name: "pairwise",
  about: "whether a judge prefers the answer to another one, asked in both orders",
  axis: "behaviour",
  version: 1,
  options: z
    .strictObject({
      against: z.string().min(1).optional().describe("JSONL file of the other answers (case, answer); the expected answers by default"),
      criteria: z.string().min(1).default("Which answer is correct, answers the question in full, and is easier to use?"),
      ...juryOptions,
    })
    .superRefine(checkQuorum),
  prompts: {
    pair: {
      text: `Compare two answers to a question and say which is better. Neither the order in which they are shown nor their length counts for anything.

${GUARD}

What counts:
{{criteria}}

{{question}}

Answer A:
{{answer_a}}

Answer B:
{{answer_b}}

Say first where each is better, then give your verdict: A, B, or tie if neither is better.

{{form}}`,
      fields: ["criteria", "question", "answer_a", "answer_b", "form"],
    },
  },
  asks: (options) => 2 * seatsOf(options),
  models: judgesOf,
  files: ({ against }) => (against === undefined ? [] : [against]),
  check({ against }, { files }) {
    const answers = against === undefined ? new Map<string, string>() : answersIn(against, files);
    return "error" in answers ? [answers.error] : [];
  },

  async score(turn, kase, options, lab) {
    const other = otherAnswer(kase, turn.answer, options.against, lab.files);
    if (typeof other !== "string") return other;
    if (other.trim() === turn.answer.trim()) return { value: 0.5, why: "both answers are the same text" };
    const fields = { criteria: options.criteria, question: block("question", questionText(turn.question)) };
    return await judged(options, lab, async (juror) => {
      const [first, second] = await together([
        preferred(juror, fields, turn.answer, other, 0),
        preferred(juror, fields, other, turn.answer, 1),
      ]);
      return opinionOf(first, second);
    });
  },
});

const FORM = {
  name: "preference",
  key: "verdict",
  shape: z.object({ reason, verdict: oneOfLabels(["A", "B", "tie"]) }),
  example: '{"reason": "<where each is better>", "verdict": "<A, B or tie>"}',
} satisfies Form;

type Preference = z.output<(typeof FORM)["shape"]>;

async function preferred(
  juror: Juror,
  fields: Readonly<Record<string, string>>,
  a: string,
  b: string,
  sample: number,
): Promise<Preference> {
  return await juror.ask("pair", { ...fields, answer_a: block("answer_a", a), answer_b: block("answer_b", b) }, FORM, sample);
}

/** `first` was asked with the program's answer as A, `second` with it as B. */
function opinionOf(first: Preference, second: Preference): Opinion {
  const [one, two] = [first.verdict, second.verdict];
  if (one === "A" && two === "B") return { value: 1, why: `better in both orders: ${first.reason}` };
  if (one === "B" && two === "A") return { value: 0, why: `worse in both orders: ${first.reason}` };
  if (one === "tie" && two === "tie") return { value: 0.5, why: `a tie: ${first.reason}` };
  const bias = one === two ? `position bias, ${one} in both orders` : "the two orders disagree";
  return { value: 0.5, why: `${bias}, which counts as a tie: ${first.reason}; ${second.reason}` };
}

function otherAnswer(
  kase: Case,
  answer: string,
  against: string | undefined,
  files: ScoreLab["files"],
): string | { readonly error: string } {
  if (against === undefined) {
    const references = referencesOf(kase);
    return "error" in references ? references : referenceFor(references, answer);
  }
  const answers = answersIn(against, files);
  if ("error" in answers) return answers;
  return answers.get(kase.id) ?? { error: `${against}: there is no answer to case ${kase.id}; give one for each case` };
}

const line = z.object({ case: z.union([z.string(), z.number()]).transform(String), answer: z.string(), error: z.string().optional() });

/** A file is read once for as long as the scorer has it, since it is looked into for every case. */
const read = new WeakMap<ScoreLab["files"], Map<string, ReadonlyMap<string, string> | { readonly error: string }>>();

function answersIn(path: string, files: ScoreLab["files"]): ReadonlyMap<string, string> | { readonly error: string } {
  const known = read.get(files) ?? new Map<string, ReadonlyMap<string, string> | { readonly error: string }>();
  read.set(files, known);
  const answers = known.get(path) ?? parsed(path, files.get(path));
  known.set(path, answers);
  return answers;
}

/** The last answer to each case; rows of a run that failed hold none. */
function parsed(path: string, text: string | undefined): ReadonlyMap<string, string> | { readonly error: string } {
  if (text === undefined) return { error: `${path}: the file is not there` };
  const answers = new Map<string, string>();
  for (const [index, source] of text.split("\n").entries()) {
    if (source.trim() === "") continue;
    try {
      const row = line.parse(JSON.parse(source));
      if (row.error === undefined) answers.set(row.case, row.answer);
    } catch {
      return { error: `${path}:${index + 1}: is no line with case and answer; write {"case": "…", "answer": "…"}` };
    }
  }
  return answers;
}
