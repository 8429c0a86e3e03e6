/** Shows a run while it goes: the live ladder on a terminal, plain lines elsewhere, nothing when quiet. All on stderr. */
import { Chalk } from "chalk";
import { createLogUpdate } from "log-update";
import { BASELINE } from "../ladder/climb.ts";
import type { Event, Progress } from "../ladder/events.ts";
import { type Climb, liveView, progressText, resultText } from "../report/live.ts";
import { forTerminal } from "../report/escape.ts";
import type { Experiment, Rung } from "../types.ts";
import { type CommonFlags, hasColor, widthOf } from "./output.ts";

export interface View {
  readonly progress: (progress: Progress) => void;
  readonly event: (event: Event | { readonly type: "run"; readonly folder: string; readonly resumed: boolean }) => void;
  readonly warn: (text: string) => void;
  readonly close: () => void;
}

/** Milliseconds between two drawings. */
const REDRAW = 80;
/** Chunks from which on indexing takes so long that its tenths are told where there is no terminal. */
const LONG = 2000;

type Flags = Pick<CommonFlags, "quiet" | "verbose" | "color">;

export function createView(flags: Flags, experiment: Pick<Experiment, "primary" | "ladder">): View {
  if (flags.quiet === true) return { progress() {}, event() {}, warn() {}, close() {} };
  const { stderr } = process;
  return stderr.isTTY && process.env["TERM"] !== "dumb" && process.env["CI"] === undefined
    ? liveOn(stderr, flags, experiment)
    : plainOn(stderr, flags, experiment);
}

function plainOn(stream: NodeJS.WriteStream, flags: Flags, experiment: Pick<Experiment, "primary" | "ladder">): View {
  const line = (text: string) => stream.write(`${forTerminal(text)}\n`);
  let last = "";
  let tenth = 0;
  return {
    progress(progress) {
      if (progress.type === "note") return void (flags.verbose === true && line(`${progress.rung}: ${progress.text}`));
      const key = flags.verbose === true ? `${progress.rung} ${progress.phase} ${progress.detail}` : `${progress.rung} ${progress.phase}`;
      const finished = progress.done === progress.total && flags.verbose === true;
      if (key !== last && !finished)
        line(`${progress.rung}: ${progress.phase}${flags.verbose === true && progress.detail !== "" ? ` ${progress.detail}` : ""}`);
      else if (finished || (progress.phase === "indexing" && progress.total >= LONG && tenthOf(progress) > tenth))
        line(`${progress.rung}: ${progressText(progress, experiment.primary)}`);
      tenth = tenthOf(progress);
      last = key;
    },
    event(event) {
      if (event.type === "run") line(`${event.resumed ? "going on with" : "run"} ${event.folder}`);
      if (event.type === "rung") line(`${event.rung.name}: ${resultText(event.rung, experiment.primary)}`);
      if (event.type === "diagnosis") line(`${event.rung}: ${event.diagnosis.next}`);
    },
    warn: (text) => line(`warning: ${text}`),
    close() {},
  };
}

function tenthOf({ done, total }: Pick<Extract<Progress, { type: "progress" }>, "done" | "total">): number {
  return total === 0 ? 0 : Math.floor((10 * done) / total);
}

function liveOn(stream: NodeJS.WriteStream, flags: Flags, experiment: Pick<Experiment, "primary" | "ladder">): View {
  const chalk = new Chalk({ level: hasColor(stream, flags) ? 1 : 0 });
  const update = createLogUpdate(stream);
  const results = new Map<string, Rung>();
  const started = Date.now();
  let current: Climb["current"];
  let answered = 0;
  let drawn = 0;
  const names = [BASELINE, ...experiment.ladder.map(({ name }) => name)];
  const draw = () => {
    drawn = Date.now();
    const rungs = names.map((name) => ({ name, rung: results.get(name) }));
    const spent = [...results.values()].map(({ usd }) => usd);
    const usd = spent.reduce<number | null>((total, one) => (total === null || one === null ? null : total + one), 0);
    update(
      liveView(
        { primary: experiment.primary, rungs, current, seconds: (drawn - started) / 1000, answers: answered, usd },
        { width: widthOf(stream), chalk },
      ),
    );
  };
  const above = (text: string) => {
    update.clear();
    stream.write(`${text}\n`);
    draw();
  };
  const ticking = setInterval(draw, REDRAW);
  ticking.unref();
  return {
    progress(progress) {
      if (progress.type === "note") return above(chalk.dim(forTerminal(`${progress.rung}: ${progress.text}`)));
      current = progress;
      if (progress.phase !== "indexing") answered++;
      if (Date.now() - drawn >= REDRAW) draw();
    },
    event(event) {
      if (event.type === "run") above(chalk.dim(`${event.resumed ? "going on with" : "run"} ${event.folder}`));
      if (event.type === "rung") {
        results.set(event.rung.name, event.rung);
        current = undefined;
      }
      if (event.type === "summary") current = undefined;
      draw();
    },
    warn: (text) => above(chalk.yellow(forTerminal(`warning: ${text}`))),
    close() {
      clearInterval(ticking);
      draw();
      update.done();
    },
  };
}
