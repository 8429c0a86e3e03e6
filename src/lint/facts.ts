/** What train cases tell about the answers that are wanted. Pure. */
import { wantedAnswer } from "../program/demos.ts";
import type { Case } from "../types.ts";
import type { Answers, Facts } from "./types.ts";

/** So many times as often as there are different ones, on average, answers are labels. */
const REPEATED = 2;
const MOST_LABEL_WORDS = 8;
/** Nine of ten answers are no longer than so many words: phrases. */
const PHRASE_WORDS = 8;
const SHARE = 0.9;

/** Names of the fields and the kind of the answers; `answers` is undefined where no case has one. */
export function factsOf(cases: readonly Case[]): Facts {
  const fields = [...new Set(cases.flatMap(({ fields }) => Object.keys(fields)))];
  return { fields, answers: answersOf(cases) };
}

function answersOf(cases: readonly Case[]): Answers | undefined {
  const answers = cases.flatMap((kase) => wantedAnswer(kase) ?? []);
  if (answers.length === 0) return undefined;
  const objects = answers.map(keysOf);
  if (objects.every((keys) => keys !== undefined))
    return { kind: "json", keys: objects[0]?.filter((key) => objects.every((keys) => keys.includes(key))) };
  const labels = [...new Set(answers)];
  const brief = labels.every((label) => words(label) <= MOST_LABEL_WORDS && !label.includes("\n"));
  if (labels.length > 1 && brief && answers.length >= labels.length * REPEATED) return { kind: "label", labels: labels.toSorted() };
  const short = answers.filter((answer) => words(answer) <= PHRASE_WORDS).length;
  return { kind: short >= answers.length * SHARE ? "phrase" : "text" };
}

function keysOf(answer: string): readonly string[] | undefined {
  if (!answer.trim().startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(answer);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : undefined;
  } catch {
    return undefined;
  }
}

/** Words; of a script without blanks, two characters count as one. */
function words(text: string): number {
  const unspaced = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu)?.length ?? 0;
  return text.split(/\s+/).filter((word) => word !== "").length + unspaced / 2;
}

/** Families of models that reason before they answer, by the names that their makers give them; undefined where a name does not tell. */
const REASONING =
  /(?:^|[/:._-])(?:o[1345](?:-(?:mini|pro|preview))?|gpt-[5-9][\w.]*|deepseek-(?:r\d|reasoner)|qwq|magistral|grok-\d+-mini|[\w.-]*(?:thinking|reasoning|reasoner))(?:$|[-:._/])/i;
const PLAIN = /(?:^|[/:._-])(?:gpt-(?:3\.5|4o?|4\.1)|llama|mistral|gemma|phi)(?:$|[-:._/\d])/i;

/** The embedded engine is no language model: what helps one to reason is nothing to it. */
export function kindOfModel(model: string): Facts["model"] {
  return REASONING.test(model) ? "reasoning" : PLAIN.test(model) ? "plain" : undefined;
}
