/** What the writer model is asked, and how its reply is read. */
import type { Facts } from "../../lint/types.ts";
import { shuffled, wantedAnswer } from "../../program/demos.ts";
import { placeholdersOf } from "../../program/template.ts";
import { valueIn } from "../../stats/values.ts";
import type { Answered, Case, Lab, Message, Program } from "../../types.ts";

/** Examples that a request shows, and characters of a field or an answer in it. */
const EXAMPLES = 6;
const LONGEST = 1500;
/** Words that a user template says beside its fields for it to be the instruction. */
const LEAST_WORDS = 5;

/** A train case as a program answered it, each repeat a row. */
export interface Looked {
  readonly kase: Case;
  readonly rows: readonly Answered[];
}

/** Which template holds the instruction: the system prompt, unless only the user prompt says anything. */
function partOf({ system, user }: Program): "system" | "user" {
  const said = user.replace(/\{\{[^{}]*\}\}/g, " ").split(/\s+/);
  return system.trim() === "" && said.filter((word) => word !== "").length >= LEAST_WORDS ? "user" : "system";
}

/** The program with another instruction. */
export function instructed(program: Program, text: string): Program {
  return { ...program, [partOf(program)]: text };
}

/** The text that a reply puts forward: its last fenced block, else all of it. */
export function textIn(reply: string): string {
  const blocks = [...reply.matchAll(/^(```+|~~~+)[^\n]*\n([^]*?)\n?^\1[ \t]*$/gm)];
  return (blocks.at(-1)?.[2] ?? reply).trim();
}

/** Asks for the instruction that would lead to the wanted answers (APE, arXiv 2211.01910, section 3.1). */
export async function inductionRequest(program: Program, lab: Lab): Promise<readonly Message[]> {
  const examples = await shown(shuffled(lab.train, () => lab.random()).slice(0, EXAMPLES), program, lab);
  return asked(
    program,
    "Below are inputs of a task and the answers that were wanted. Work out what the task is and what every answer has in common: what is taken from the input, how long it is, in which form. Write the instruction that leads to such answers for inputs that are not shown.",
    examples,
  );
}

/** Asks for a rewrite of the prompt by somebody who has seen the data. */
export async function rewriteRequest(program: Program, facts: Facts, lab: Lab): Promise<readonly Message[]> {
  const examples = await shown(shuffled(lab.train, () => lab.random()).slice(0, EXAMPLES), program, lab);
  const { kind, labels, keys } = facts.answers ?? {};
  const form = [
    ...(kind === undefined
      ? []
      : [`Wanted answers are ${{ label: "one of a few labels", json: "JSON objects", phrase: "short phrases", text: "texts" }[kind]}.`]),
    ...(labels === undefined ? [] : [`The labels: ${labels.join(", ")}.`]),
    ...(keys === undefined || keys.length === 0 ? [] : [`Keys of the objects: ${keys.join(", ")}.`]),
  ];
  return asked(
    program,
    `Improve this instruction for a language model:\n\n${fenced(program[partOf(program)])}\n\n${form.join(" ")}\nSay plainly what to do, in which form to answer, and what to do where the input does not hold the answer. Leave out what does not change an answer.`,
    examples,
  );
}

/**
 * Asks for a better instruction in the light of answers and what scorers said of them (GEPA, arXiv 2507.19457, section 3). Of a case whose
 * repeats came out differently the best and the worst are shown beside each other: what the one did and the other did not is the rule
 * (SIMBA, in DSPy).
 */
export function reflectionRequest(program: Program, looked: readonly Looked[], primary: string): readonly Message[] {
  const examples = looked.flatMap(({ kase, rows }) => {
    const ranked = rows.toSorted((a, b) => (valueIn(b, primary) ?? -1) - (valueIn(a, primary) ?? -1));
    const [best, worst] = [ranked[0], ranked.at(-1)];
    const differ = best !== undefined && worst !== undefined && valueIn(best, primary) !== valueIn(worst, primary);
    return best === undefined ? [] : [reviewed(kase, differ ? [best, worst] : [best])];
  });
  return asked(
    program,
    `A language model works by this instruction:\n\n${fenced(program[partOf(program)])}\n\nBelow are inputs, what it answered, and what was wrong or right. Find what the failures have in common and what rule would have prevented them; keep what already works. Where an input was answered twice, find what the better answer did. Write the whole instruction anew with what the task needs to be known, as general rules: inputs that are not shown must profit too.`,
    examples.join("\n\n"),
  );
}

function asked(program: Program, task: string, examples: string): readonly Message[] {
  const own = placeholdersOf(program[partOf(program)]).map(({ name }) => `{{${name}}}`);
  const keep =
    own.length === 0
      ? "It holds no placeholder; the input is shown to the model after it."
      : `It must hold these placeholders as they are: ${[...new Set(own)].join(", ")}.`;
  const rules = `${keep} Do not copy the examples into it. Reply with the instruction alone, in a fenced block.`;
  return [{ role: "user", content: [task.trim(), examples, rules].filter((part) => part !== "").join("\n\n") }];
}

async function shown(cases: readonly Case[], program: Program, lab: Lab): Promise<string> {
  const bare = { ...program, system: "", demos: [] };
  const blocks = cases.map(async (kase, at) => {
    const { messages } = await lab.show(bare, kase);
    const input = messages.filter(({ role }) => role === "user").map(({ content }) => content);
    return `Example ${at + 1}\nInput:\n${clipped(input.join("\n"))}\nWanted answer:\n${clipped(wantedAnswer(kase) ?? "(not known)")}`;
  });
  return (await Promise.all(blocks)).join("\n\n");
}

function reviewed(kase: Case, rows: readonly Answered[]): string {
  const fields = Object.entries(kase.fields).map(([name, text]) => `${name}: ${clipped(text)}`);
  const wanted = wantedAnswer(kase);
  const judged = rows.flatMap((row, at) => {
    const said = Object.entries(row.scores).map(([name, score]) => {
      if ("value" in score) return `${name}: ${score.value.toFixed(2)}${score.why === undefined ? "" : ` (${clipped(score.why)})`}`;
      return `${name}: no value (${"error" in score ? score.error : score.skipped})`;
    });
    return [
      ...(row.passages.length === 0 ? [] : [`passages shown: ${row.passages.map(({ id }) => id).join(", ")}`]),
      `Answer given${at === 0 ? "" : " another time"}: ${clipped(row.error === undefined ? row.answer : `none (${row.error})`)}`,
      ...said,
    ];
  });
  return ["Example", ...fields, ...(wanted === undefined ? [] : [`Wanted answer: ${clipped(wanted)}`]), ...judged].join("\n");
}

function fenced(text: string): string {
  return `\`\`\`\`\n${text.trim() === "" ? "(empty)" : text}\n\`\`\`\``;
}

function clipped(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
