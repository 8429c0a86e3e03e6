/** Answers one question: gather (steps before) -> render -> ask -> check (steps after). Pure but for the lab handed in. */
import { lookUp } from "../registry.ts";
import type { Passage, Program, Question, Stage, StepLab, Turn } from "../types.ts";
import { queryOf, render, withPassages } from "./render.ts";

type Stages = ReadonlyMap<string, Stage>;

/** Runs the program's steps up to the messages; the task model is not asked. */
export async function gather(program: Program, question: Question, stages: Stages, lab: StepLab): Promise<Turn> {
  let turn = opened(program, question, []);
  for (const { stage, options } of stepsOf(program, stages)) {
    if (stage.before !== undefined) turn = await stage.before(turn, options, lab);
  }
  return { ...turn, messages: render(turn.program, turn.question, turn.passages) };
}

/** The turn with passages given instead of what retrieval would find; no step runs. */
export function gatherWith(program: Program, question: Question, passages: readonly Passage[]): Turn {
  const turn = opened(withPassages(program), question, passages);
  return { ...turn, messages: render(turn.program, question, passages) };
}

/** Answers the question. */
export async function answer(program: Program, question: Question, stages: Stages, lab: StepLab): Promise<Turn> {
  let turn = await ask(await gather(program, question, stages, lab), lab);
  for (const { stage, options } of stepsOf(turn.program, stages)) {
    if (stage.after !== undefined) turn = await stage.after(turn, options, lab);
  }
  return turn;
}

/** Asks the task model with the turn's messages. */
export async function ask(turn: Turn, lab: StepLab): Promise<Turn> {
  const reply = await lab.ask({ model: turn.program.model, messages: turn.messages, params: turn.program.params });
  return { ...turn, answer: reply.text, notes: reply.cut ? { ...turn.notes, cut: true } : turn.notes };
}

/** A case may be handed in as the question: what is expected of it goes no further than here. */
function opened(program: Program, { id, fields }: Question, passages: readonly Passage[]): Turn {
  const question: Question = { id, fields };
  return { question, program, queries: [queryOf(program, question)], passages, messages: [], answer: "", notes: {} };
}

function stepsOf(program: Program, stages: Stages): readonly { readonly stage: Stage; readonly options: Record<string, unknown> }[] {
  return program.steps.map((step) => {
    const stage = lookUp(stages, "stage", step.use);
    return { stage, options: stage.options.parse(step.with) };
  });
}
