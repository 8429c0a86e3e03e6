/** The climb as it is seen while it goes: the ladder with its rungs, pure text from what has happened so far. */
import type { ChalkInstance } from "chalk";
import type { Progress } from "../ladder/events.ts";
import type { Rung } from "../types.ts";
import { forTerminal } from "./escape.ts";
import { usd } from "./figures.ts";
import { clip, pad } from "./layout.ts";
import stringWidth from "string-width";

export interface Climb {
  readonly primary: string;
  readonly rungs: readonly { readonly name: string; readonly rung?: Rung | undefined }[];
  readonly current: Extract<Progress, { type: "progress" }> | undefined;
  readonly seconds: number;
  /** Answers so far. */
  readonly answers: number;
  readonly usd: number | null;
}

const MARKS = { kept: "✓", rejected: "✗", skipped: "–", failed: "!" } as const;
const SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

/** A line for every rung and one for what is under way, none wider than `width`. */
export function liveView(climb: Climb, { width, chalk }: { readonly width: number; readonly chalk: ChalkInstance }): string {
  const nameWidth = Math.max(...climb.rungs.map(({ name }) => stringWidth(name)));
  const lines = climb.rungs.map(({ name, rung }) => {
    const label = pad(name, nameWidth);
    if (climb.current?.rung === name)
      return clip(`${spinner(climb.seconds)} ${label}  ${progressText(climb.current, climb.primary)}`, width);
    if (rung === undefined) return chalk.dim(clip(`· ${label}`, width));
    const text = clip(`${MARKS[rung.status]} ${label}  ${resultText(rung, climb.primary)}`, width);
    return rung.status === "kept" ? chalk.green(text) : chalk.dim(text);
  });
  const rate = climb.seconds > 0 ? ` · ${Math.round(climb.answers / climb.seconds)}/s` : "";
  const cost = climb.usd === null ? "cost unknown" : usd(climb.usd);
  return [
    ...lines,
    chalk.dim(clip(`  ${clock(climb.seconds)} · ${climb.answers.toLocaleString("en")} answers${rate} · ${cost}`, width)),
  ].join("\n");
}

/** "search  [████····] 48/96  f1 0.412  balanced 8" */
export function progressText(progress: Extract<Progress, { type: "progress" }>, primary: string): string {
  const { phase, done, total, mean, detail } = progress;
  const bar = total === 0 ? "" : `[${"█".repeat(Math.round((done / total) * 12)).padEnd(12, "·")}] ${done}/${total}`;
  const score = mean === null ? "" : `${primary} ${mean.toFixed(3)}`;
  return [phase, bar, score, forTerminal(detail)].filter((part) => part !== "").join("  ");
}

/** "kept     f1 0.512 on confirm · better: +0.120 [+0.031, +0.209] on 80 confirm cases" */
export function resultText(rung: Rung, primary: string): string {
  const split = rung.scores.test === undefined ? "confirm" : "test";
  const mean = rung.scores[split]?.[primary]?.mean;
  const score = mean === undefined || mean === null ? "" : `${primary} ${mean.toFixed(3)} on ${split} · `;
  return `${rung.status.padEnd(8)} ${score}${forTerminal(rung.reason)}`;
}

function spinner(seconds: number): string {
  return SPINNER[Math.floor(seconds * 10) % SPINNER.length] ?? "·";
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}
