import type { Ready } from "../../../program/answer.ts";
import { render, withPassages } from "../../../program/render.ts";
import type { Case, Demo, Facet, Passage, Program, StepLab, Turn } from "../../../types.ts";

/** An experiment on one failing case: the program answers it once more with one thing changed. */
export interface Probe {
  readonly name: string;
  /** What it changes, as reports say it. */
  readonly about: string;
  /** What it changes stands for what a stage may change, see `changes` of a stage. */
  readonly imitates: Facet | undefined;
  /** Whether there is anything to change for the case. */
  needs(kase: Case, bench: Bench): boolean;
  run(kase: Case, bench: Bench, lab: StepLab): Promise<Turn>;
}

/** What probes work with; confirm and test are not in it. */
export interface Bench {
  readonly able: Ready;
  /** Train cases as demonstrations. */
  readonly demos: readonly Demo[];
  /** An instruction that says how answers look, made from train; undefined where it has no answers. */
  readonly form: string | undefined;
  /** Another model than the program's that the experiment names; undefined where there is none. */
  readonly stronger: string | undefined;
  /** The passages that hold the answer, best first; none where they cannot be told. */
  gold(kase: Case): readonly Passage[];
  /** Whether its passages hold an accepted answer word for word. */
  isHeld(kase: Case): boolean;
  /** Whether there is knowledge to search. */
  readonly searches: boolean;
  /** The passages that plain retrieval finds for the question, best first. */
  found(kase: Case): Promise<readonly Passage[]>;
  /** The turn of the program up to its messages, gathered once for all probes of a case. */
  gathered(kase: Case): Promise<Turn>;
  /** The train cases most like it, most like first. */
  neighbours(kase: Case): Promise<readonly Demo[]>;
}

/** The turn with another program, question or passages in its messages; what its steps gathered stays. */
export function changed(
  turn: Turn,
  change: { readonly program?: Partial<Program>; readonly fields?: Turn["question"]["fields"]; readonly passages?: readonly Passage[] },
): Turn {
  const passages = change.passages ?? turn.passages;
  const question = { ...turn.question, fields: change.fields ?? turn.question.fields };
  const whole = { ...turn.program, ...change.program };
  const program = change.passages === undefined ? whole : withPassages(whole);
  return { ...turn, question, program, passages, messages: render(program, question, passages, turn.present) };
}
