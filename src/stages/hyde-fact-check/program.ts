/** Programs with the rung's step: pure. */
import type { Program } from "../../types.ts";
import rag from "../rag/index.ts";
import { type Check, type Hyde, stepOf } from "./settings.ts";

/** The rung's name, and that of its step in programs. */
export const NAME = "hyde-fact-check";

/** The program, which retrieves, with the step for these two in the place of any that it had; it stands before retrieval, whose queries it changes. */
export function withStep(program: Program, hyde: Hyde | undefined, check: Check | undefined): Program {
  const others = withoutStep(program).steps;
  if (hyde === undefined && check === undefined) return { ...program, steps: others };
  const at = others.findIndex((other) => other.use === rag.name);
  return {
    ...program,
    steps: [...others.slice(0, Math.max(0, at)), { use: NAME, with: stepOf(hyde, check) }, ...others.slice(Math.max(0, at))],
  };
}

export function withoutStep(program: Program): Program {
  return { ...program, steps: program.steps.filter(({ use }) => use !== NAME) };
}
