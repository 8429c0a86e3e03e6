/** What every candidate must keep before it is asked anything. Pure but for the notes. */
import { readText } from "../../lint/text.ts";
import { faultsOfTemplate, placeholdersOf } from "../../program/template.ts";
import type { Arm, Lab, Program } from "../../types.ts";

export interface Keeper {
  /** Why a candidate is not tried; undefined where it may be. */
  fault(candidate: Program): string | undefined;
  /** The candidates that may be tried; of each other one a note says why not. */
  sound(arms: readonly Arm[], lab: Pick<Lab, "refuse" | "note">): readonly Arm[];
}

/** Of a prompt of so many tokens a candidate may have four times as many and these. */
const TIMES = 4;
const MORE = 400;
const CHARACTERS_PER_TOKEN = 4;

/** Placeholders and sections, locked parts, fenced blocks and JSON of the prompt as it was stay; and no candidate grows without end. */
export function createKeeper(
  program: Program,
  options: { readonly locked: readonly string[]; readonly max_tokens?: number | undefined },
): Keeper {
  const fields = fieldsOf(program);
  const locked = [...options.locked.flatMap((name) => lockedIn(program, name)), ...schemasIn(program)];
  const most = options.max_tokens ?? TIMES * tokensOf(program) + MORE;
  const fault = (candidate: Program): string | undefined => {
    const broken = [candidate.system, candidate.user].flatMap(faultsOfTemplate)[0];
    if (broken !== undefined) return `its template is broken: ${broken.what}`;
    const own = fieldsOf(candidate);
    const lost = [...fields].find((name) => !own.has(name));
    if (lost !== undefined) return `it lost {{${lost}}}`;
    const strange = [...own].find((name) => !fields.has(name));
    if (strange !== undefined) return `it has {{${strange}}}, which the prompt as it was has not`;
    const text = plain(`${candidate.system}\n${candidate.user}`);
    const gone = locked.find((part) => !text.includes(plain(part)));
    if (gone !== undefined) return `it changed a part that must stay: "${clipped(gone)}"`;
    const tokens = tokensOf(candidate);
    return tokens > most ? `it has about ${tokens} tokens, more than ${most}` : undefined;
  };
  return {
    fault,
    sound: (arms, lab) =>
      arms.filter((arm) => {
        const why = fault(arm.program) ?? lab.refuse(arm.program);
        if (why !== undefined) lab.note(`${arm.name} is not tried: ${why}`);
        return why === undefined;
      }),
  };
}

/** Tokens of both templates, roughly: characters divided by 4. */
export function tokensOf({ system, user }: Pick<Program, "system" | "user">): number {
  return Math.ceil((system.length + user.length) / CHARACTERS_PER_TOKEN);
}

function fieldsOf({ system, user }: Program): ReadonlySet<string> {
  return new Set([system, user].flatMap(placeholdersOf).map(({ name }) => name));
}

/** The section of that heading with its heading, else the text itself where the prompt has it. */
function lockedIn({ system, user }: Program, name: string): readonly string[] {
  const sections = [system, user].flatMap((text) =>
    readText(text)
      .sections.filter((section) => section.name.toLowerCase() === name.toLowerCase())
      .map(({ start, end }) => text.slice(start, end)),
  );
  return sections.length > 0 ? sections : [system, user].some((text) => plain(text).includes(plain(name))) ? [name] : [];
}

/** Fenced blocks, and lines of JSON with quoted keys: the form that whoever reads the answers relies on. */
function schemasIn({ system, user }: Program): readonly string[] {
  const texts = [system, user];
  const fenced = texts.flatMap((text) => text.match(/^(```|~~~)[^\n]*\n[^]*?^\1/gm) ?? []);
  const json = texts.flatMap((text) => text.match(/\{[^{}\n]*"[^"\n]+"[ \t]*:[^\n]*\}/g) ?? []);
  return [...fenced, ...json.filter((line) => !fenced.some((block) => block.includes(line)))];
}

function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function clipped(text: string): string {
  const line = plain(text);
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
