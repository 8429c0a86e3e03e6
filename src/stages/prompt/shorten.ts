/** Shortening: what can be left out of a prompt without being missed. */
import { readText } from "../../lint/text.ts";
import type { Span } from "../../lint/types.ts";
import { valuesOf } from "../../stats/values.ts";
import type { Arm, Case, Lab, Program } from "../../types.ts";
import { tokensOf, type Keeper } from "./keep.ts";
import type { Ledger } from "./ledger.ts";

/**
 * Leaves out one section or sentence at a time, longest first, and goes on without it where select is not worse for it than for the prompt
 * as it came, by more than the margin. What is left then meets the incumbent on confirm like any other candidate: kept when surely not worse
 * within the margin.
 */
export async function shortened(
  arm: Arm,
  { keeper, lab, ledger }: { readonly keeper: Keeper; readonly lab: Lab; readonly ledger: Ledger },
): Promise<Arm> {
  const cases = lab.select;
  const before = await measured(arm.program, cases, lab, ledger);
  if (before === undefined) {
    lab.note(`shorten: ${ledger.left()} calls do not pay for ${cases.length} select cases; nothing is left out`);
    return arm;
  }
  let [program, after] = [arm.program, before];
  const missed = new Set<string>();
  for (;;) {
    const next = unitsOf(program).find(({ text }) => !missed.has(text));
    if (next === undefined) break;
    missed.add(next.text);
    const without = { ...program, [next.part]: next.rest };
    if (keeper.fault(without) !== undefined) continue;
    const now = await measured(without, cases, lab, ledger);
    if (now === undefined) {
      lab.note(`shorten: ${ledger.left()} calls do not pay for more; what is left was not tried without`);
      break;
    }
    if (now.mean >= before.mean - lab.margin) [program, after] = [without, now];
  }
  if (program === arm.program) {
    lab.note("shorten: nothing can be left out");
    return arm;
  }
  // A server that counts no tokens leaves only the characters to go by.
  const saved = before.tokens === 0 ? tokensOf(arm.program) - tokensOf(program) : before.tokens - after.tokens;
  const share = 1 - tokensOf(program) / Math.max(1, tokensOf(arm.program));
  const tokens_saved = { per_answer: Math.round(saved * 10) / 10, per_1000_answers: Math.round(saved * 1000) };
  const percent = `${Math.round(100 * share)} % of the prompt`;
  lab.note(
    `shorten: ${percent} left out on select: ${tokens_saved.per_answer} tokens less an answer, ${tokens_saved.per_1000_answers} for 1,000 answers`,
  );
  await lab.write("shortened.json", `${JSON.stringify({ tokens_saved, share: Math.round(share * 100) / 100 }, null, 2)}\n`);
  return { name: `${arm.name}, shortened`, program };
}

/** Means of the primary scorer and of the tokens of a request; undefined where the calls do not pay for the cases, or nothing has a value. */
async function measured(
  program: Program,
  cases: readonly Case[],
  lab: Lab,
  ledger: Ledger,
): Promise<{ readonly mean: number; readonly tokens: number } | undefined> {
  const rows = await ledger.answer(program, cases);
  if (rows === undefined) return undefined;
  const values = [...valuesOf(rows, lab.primary).values()];
  const asked = rows.filter(({ error }) => error === undefined);
  if (values.length === 0 || asked.length === 0) return undefined;
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    tokens: asked.reduce((sum, { usage }) => sum + usage.in, 0) / asked.length,
  };
}

interface Unit {
  readonly part: "system" | "user";
  /** What would be left out, and the template without it. */
  readonly text: string;
  readonly rest: string;
}

/** Sections and sentences of both templates that hold no placeholder, longest first; never all that a template says. */
function unitsOf(program: Program): readonly Unit[] {
  return (["system", "user"] as const)
    .flatMap((part) => {
      const text = program[part];
      const { sections, sentences } = readText(text);
      const spans: readonly Span[] = [...sections.filter(({ level }) => level > 1), ...sentences];
      return spans.map(({ start, end }) => ({ part, text: text.slice(start, end), rest: tidied(text.slice(0, start) + text.slice(end)) }));
    })
    .filter(({ text, rest }) => text.trim() !== "" && rest !== "" && !text.includes("{{"))
    .toSorted((a, b) => b.text.length - a.text.length);
}

/** Without the blanks and the empty lines that a cut leaves behind. */
function tidied(text: string): string {
  return text
    .replace(/[ \t]+$/gm, "")
    .replace(/^(?:[-*+]|\d+[.)])$\n?/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
