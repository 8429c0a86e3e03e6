/** What the embedded engine makes of the prompts, where it is the task model. */
import { explain, type Explanation } from "../embedded/prompt/explain.ts";
import { splitModel } from "../program/model.ts";
import { PASSAGES, render } from "../program/render.ts";
import { placeholdersOf } from "../program/template.ts";
import type { Experiment, Passage, Program } from "../types.ts";
import { type Check, check } from "./check.ts";

/** What the embedded engine makes of one prompt of the experiment. */
export interface Understanding extends Explanation {
  /** "program", or the name of a variant. */
  readonly prompt: string;
  readonly model: string;
}

/** The program and its variants as they stand for a case that is not held out; empty where another model is asked. */
export function understandings(experiment: Experiment): readonly Understanding[] {
  const { program, variants, splits } = experiment;
  const kase = splits.train[0] ?? splits.select[0];
  if (kase === undefined || splitModel(program.model).endpoint !== "embedded") return [];
  const programs: readonly (readonly [string, Program])[] = [
    ["program", program],
    ...Object.entries(variants).map(([name, variant]) => [name, { ...program, ...variant }] as const),
  ];
  return programs.map(([prompt, one]) => ({ prompt, model: program.model, ...explain(render(one, kase, passagesFor(one, experiment))) }));
}

/** Each sentence that is passed over stands on a line of its own; it is worth a look where the engine knows how to write it instead. */
export function promptCheck({ prompt, honoured, ignored }: Understanding): Check {
  const texts = [...new Set(honoured.map(({ text }) => quoted(text)))];
  const lines = [
    texts.length === 0 ? "honours no instruction" : `honours ${texts.join(", ")}`,
    ...ignored.map(({ text }) => `ignores ${quoted(text)}`),
  ];
  const hints = ignored.flatMap(({ text, hint }) => (hint === undefined ? [] : [`${quoted(text)}: ${hint}`]));
  return check(`prompt ${prompt}`, hints.length > 0 ? "warn" : "ok", lines.join("\n"), hints.length === 0 ? undefined : hints.join("\n"));
}

/** Two documents, where the templates have a place for passages. */
function passagesFor({ system, user }: Program, { documents }: Experiment): readonly Passage[] {
  if (![system, user].some((template) => placeholdersOf(template).some(({ name }) => name === PASSAGES))) return [];
  return documents.slice(0, 2).map(({ id, title, text }) => ({ id, source: id, title, text: text.slice(0, 800), score: 0 }));
}

function quoted(text: string): string {
  return `"${text.length > 90 ? `${text.slice(0, 89)}…` : text}"`;
}
