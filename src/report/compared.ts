/** How a comparison of two runs is worded in every report. */
import type { Change, CompareResult, Comparison, MetricComparison } from "../types.ts";
import { count, coverage, delta, duration, score, usd } from "./figures.ts";

/** `today`, `1 day old`, `12.5 days old` */
export function age({ days }: CompareResult["baseline"]): string {
  if (days < 1) return "less than a day old";
  return `${days} ${days === 1 ? "day" : "days"} old`;
}

/** `about 340 more cases would show a difference of +0.021`; undefined where it is shown already, or is none. */
export function moreCases(comparison: Comparison): string | undefined {
  const { more_cases } = comparison;
  if (more_cases === null) return undefined;
  const [size] = delta(comparison).split(" ");
  return `about ${count(more_cases)} more ${more_cases === 1 ? "case" : "cases"} would show a difference of ${size}`;
}

/** `worse: tone, format`: metrics that are worse though they do not decide; undefined where none is. */
export function worseBesides({ metrics, primary }: Pick<CompareResult, "metrics" | "primary">): string | undefined {
  const names = Object.entries(metrics).flatMap(([name, { verdict }]) => (name !== primary && verdict === "worse" ? [name] : []));
  return names.length === 0 ? undefined : `worse: ${names.join(", ")}`;
}

/** The value of one side, and where cases of it have none, how many have: `0.712` and `n 118, 2 errors`. */
export function side(metric: MetricComparison, name: "a" | "b"): { readonly mean: string; readonly cases: string } {
  const found = metric.coverage[name];
  const whole = found.errors + found.skipped === 0;
  return { mean: score(metric[name]), cases: whole ? "" : coverage({ mean: null, low: null, high: null, ...found }) };
}

/** `$0.0042 → $0.0050 (+$0.0008)` */
export function costs(change: Change): string {
  return changed(change, usd);
}

/** `12 ms → 14 ms (+2.0 ms)` */
export function durations(change: Change): string {
  return changed(change, duration);
}

function changed({ a, b, delta }: Change, text: (value: number | null) => string): string {
  const more = delta === null || delta === 0 ? "" : ` (${delta < 0 ? "-" : "+"}${text(Math.abs(delta))})`;
  return `${text(a)} → ${text(b)}${more}`;
}
