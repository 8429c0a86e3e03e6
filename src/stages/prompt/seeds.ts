/** Candidates for the first race: named variants, mechanical operators, and what the writer makes of the prompt and of train cases. */
import { operators } from "../../lint/operators/index.ts";
import type { Facts } from "../../lint/types.ts";
import { PASSAGES, withPassages } from "../../program/render.ts";
import { placeholdersOf } from "../../program/template.ts";
import type { Arm, Lab, Program } from "../../types.ts";
import type { Ledger } from "./ledger.ts";
import { inductionRequest, instructed, rewriteRequest, textIn } from "./writer.ts";

/** Samples of each kind that the writer is asked for. */
const SAMPLES = 2;

/** A variant was written without retrieval in mind; where the incumbent shows passages, so does it. */
function varied(program: Program, variant: Partial<Pick<Program, "system" | "user">>): Program {
  const changed = { ...program, ...variant };
  return showsPassages(program) ? withPassages(changed) : changed;
}

/** The named variants, all or of these names. */
export function variantsOf(program: Program, names: readonly string[] | undefined, { variants }: Pick<Lab, "variants">): readonly Arm[] {
  return (names ?? Object.keys(variants)).map((name) => ({ name, program: varied(program, variants[name] ?? {}) }));
}

export function showsPassages({ system, user }: Program): boolean {
  return placeholdersOf(`${system}\n${user}`).some(({ name }) => name === PASSAGES);
}

/** The operators that change the prompt, each alone; of these names where some are given. */
export function operated(program: Program, facts: Facts, names?: readonly string[]): readonly Arm[] {
  return operators
    .filter(({ name }) => names?.includes(name) ?? true)
    .flatMap(({ name, apply }) => {
      const changed = apply({ system: program.system, user: program.user }, facts);
      return changed === undefined ? [] : [{ name, program: { ...program, ...changed } }];
    });
}

/** Instructions that the writer induced from train cases, and rewrites of the prompt that know the data. */
export async function written(program: Program, facts: Facts, lab: Lab, ledger: Ledger): Promise<readonly Arm[]> {
  const kinds = [
    ...(lab.train.length === 0 ? [] : [{ name: "induced", request: () => inductionRequest(program, lab) }]),
    { name: "rewritten", request: () => rewriteRequest(program, facts, lab) },
  ];
  const arms: Arm[] = [];
  for (const { name, request } of kinds) {
    for (let repeat = 0; repeat < SAMPLES; repeat++) {
      const text = textIn((await ledger.write({ messages: await request(), repeat })) ?? "");
      if (text !== "") arms.push({ name: repeat === 0 ? name : `${name} ${repeat + 1}`, program: instructed(program, text) });
    }
  }
  return arms;
}
