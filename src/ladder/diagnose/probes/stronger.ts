import { finish } from "../../../program/answer.ts";
import type { Experiment, Program } from "../../../types.ts";
import { changed, type Probe } from "./probe.ts";

/** The same messages to another model that the experiment names: is it the model that cannot? */
const stronger: Probe = {
  name: "another model",
  about: "the same messages sent to the experiment's writer or judge model",
  imitates: "model",
  needs: (_, bench) => bench.stronger !== undefined,
  async run(kase, bench, lab) {
    const turn = await bench.gathered(kase);
    // Parameters are the task model's; another may not take them.
    return await finish(bench.able, changed(turn, { program: { model: bench.stronger ?? turn.program.model, params: {} } }), lab);
  },
};
export default stronger;

/** The writer, else the judge, where it is neither the task model nor what the program was tuned to; a judge would grade itself. */
export function strongerThan({ model }: Program, { task, writer, judge }: Experiment["models"]): string | undefined {
  return [writer, judge].find((other) => other !== task && other !== model);
}
