/** Answers one question: gather (steps before) -> render -> ask -> check (steps after). Pure but for the lab handed in. */
import { lookUp } from "../registry.ts";
import type { Passage, Program, Question, Stage, StepLab, Turn } from "../types.ts";
import { inputReader, passagesText, type Present, queryOf, render, withPassages } from "./render.ts";
import { plainInput } from "./text.ts";

/** A program whose steps were looked up and their options read, once for all its questions. */
export interface Ready {
  readonly program: Program;
  readonly steps: readonly { readonly stage: Stage; readonly options: Record<string, unknown> }[];
}

/** Looks up the program's steps; throws a UserError for an unknown stage, a ZodError for options that it does not know. */
export function ready(program: Program, stages: ReadonlyMap<string, Stage>): Ready {
  const steps = program.steps.map((step) => {
    const stage = lookUp(stages, "stage", step.use);
    return { stage, options: stage.options.parse(step.with) };
  });
  return { program, steps };
}

/** Runs the program's steps up to the messages; the task model is not asked. */
export async function gather({ program, steps }: Ready, question: Question, lab: StepLab): Promise<Turn> {
  let turn = opened(program, question, []);
  for (const { stage, options } of steps) {
    if (stage.before !== undefined) turn = await stage.before(turn, options, lab);
  }
  const present = presentOf(steps);
  return { ...turn, present, messages: render(turn.program, turn.question, turn.passages, present) };
}

/** The turn with passages given instead of what retrieval would find, shown as the program shows them; no step runs. */
export function gatherWith({ program, steps }: Ready, question: Question, passages: readonly Passage[]): Turn {
  const turn = opened(withPassages(program), question, passages);
  const present = presentOf(steps);
  return { ...turn, present, messages: render(turn.program, question, passages, present) };
}

/** How messages show passages: as the last of its steps that has a way of its own says. */
function presentOf(steps: Ready["steps"]): Present {
  const step = steps.findLast(({ stage }) => stage.present !== undefined);
  return (passages) => step?.stage.present?.(passages, step.options) ?? passagesText(passages);
}

/** Answers the question. */
export async function answer(able: Ready, question: Question, lab: StepLab): Promise<Turn> {
  return await finish(able, await gather(able, question, lab), lab);
}

/** Asks the task model with the turn's messages and runs the program's steps from there on. */
export async function finish(able: Ready, gathered: Turn, lab: StepLab): Promise<Turn> {
  let turn = await ask(gathered, lab);
  for (const { stage, options } of able.steps) {
    if (stage.after !== undefined) turn = await stage.after(turn, options, lab);
  }
  return turn;
}

/** Asks the task model with the turn's messages. */
async function ask(turn: Turn, lab: StepLab): Promise<Turn> {
  const reply = await lab.ask({ model: turn.program.model, messages: turn.messages, params: turn.program.params });
  return { ...turn, answer: reply.text, notes: reply.cut ? { ...turn.notes, cut: true } : turn.notes };
}

/** A case may be handed in as the question: what is expected of it goes no further than here, and no demonstration asks the same. */
function opened(written: Program, { id, fields }: Question, passages: readonly Passage[]): Turn {
  const question: Question = { id, fields };
  const inputOf = inputReader(written);
  const others = written.demos.filter((demo) => plainInput(inputOf(demo)) !== plainInput(inputOf(question)));
  const program = others.length === written.demos.length ? written : { ...written, demos: others };
  return { question, program, queries: [{ texts: [queryOf(program, question)] }], passages, messages: [], answer: "", notes: {} };
}
