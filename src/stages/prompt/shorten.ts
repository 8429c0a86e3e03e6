/** Shortening: what can be left out of a prompt without being missed. */
import { readText } from "../../lint/text.ts";
import type { Span } from "../../lint/types.ts";
import { valuesOf } from "../../stats/values.ts";
import type { Arm, Case, Lab, Program } from "../../types.ts";
import { tokensOf, type Keeper } from "./keep.ts";
import type { Ledger } from "./ledger.ts";

/**
 * Leaves out one section or sentence at a time, longest first, and goes on without it where select is not worse for it by more than the
 * margin. What is left then meets the incumbent on confirm like any other candidate: kept when surely not worse within the margin.
 */
export async function shortened(
  arm: Arm,
  { keeper, lab, ledger }: { readonly keeper: Keeper; readonly lab: Lab; readonly ledger: Ledger },
): Promise<Arm> {
  const cases = lab.select;
  const before = await meanOf(arm.program, cases, lab, ledger);
  if (before === undefined) {
    lab.note(`shorten: ${ledger.left()} calls do not pay for ${cases.length} select cases; nothing is left out`);
    return arm;
  }
  let program = arm.program;
  const missed = new Set<string>();
  for (;;) {
    const next = unitsOf(program).find(({ text }) => !missed.has(text));
    if (next === undefined) break;
    missed.add(next.text);
    const without = { ...program, [next.part]: next.rest };
    if (keeper.fault(without) !== undefined) continue;
    const mean = await meanOf(without, cases, lab, ledger);
    if (mean === undefined) break;
    if (mean >= before - lab.margin) program = without;
  }
  const saved = tokensOf(arm.program) - tokensOf(program);
  const share = Math.round((100 * saved) / Math.max(1, tokensOf(arm.program)));
  lab.note(`shorten: about ${saved} tokens less an answer (${share} % of the prompt), ${saved * 1000} for 1,000 answers`);
  await lab.write(
    "shortened.json",
    `${JSON.stringify({ tokens_saved: { per_answer: saved, per_1000_answers: saved * 1000 }, share: share / 100 }, null, 2)}\n`,
  );
  return saved === 0 ? arm : { name: `${arm.name}, shortened`, program };
}

/** Mean of the primary scorer over the cases; undefined where the calls do not pay for them, or nothing has a value. */
async function meanOf(program: Program, cases: readonly Case[], lab: Lab, ledger: Ledger): Promise<number | undefined> {
  const rows = await ledger.answer(program, cases);
  if (rows === undefined) return undefined;
  const values = [...valuesOf(rows, lab.primary).values()];
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
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
