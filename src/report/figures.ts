/** How numbers are written in every report. */
import type { Comparison, Mean, Repeats, Rung, Spend, SplitName, Summary, Totals, Versus } from "../types.ts";

export const NOTHING = "–";

/** Three decimals; a dash where there is no value. */
export function score(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value) ? NOTHING : unsigned(value);
}

/** `0.712 [0.640, 0.784]` */
export function meanWithInterval(mean: Mean | undefined): string {
  if (mean === undefined || mean.mean === null) return NOTHING;
  return `${unsigned(mean.mean)} ${interval(mean.low ?? NaN, mean.high ?? NaN)}`;
}

/** `n 88, 2 errors, 1 skipped`; where cases were answered several times also `44 of 270 answers failed`. */
export function coverage(mean: Mean | undefined): string {
  if (mean === undefined) return "";
  const errors = mean.errors === 1 ? "1 error" : `${mean.errors} errors`;
  const cases = mean.n === 0 && mean.skipped > 0 ? [] : [`n ${mean.n}`];
  const { failed_answers: failed = 0, answers = 0 } = mean;
  return [
    ...cases,
    ...(mean.errors > 0 ? [errors] : []),
    ...(mean.skipped > 0 ? [`${mean.skipped} skipped`] : []),
    ...(failed > 0 ? [`${failed} of ${answers} answers failed`] : []),
  ].join(", ");
}

/** Characters of an error that a line shows. */
const MOST_OF_ERROR = 300;

/** What could not be graded on test and why, a line for each scorer of a rung: `rag, tone: 33 of 36 test cases have no value, first: …` */
export function unvaluedLines(rungs: readonly Rung[]): readonly string[] {
  return rungs.flatMap((rung) =>
    Object.entries(rung.scores.test ?? {}).flatMap(([name, { n, errors, answers, failed_answers: failed = 0, error }]) => {
      if (error === undefined) return [];
      const few = answers === undefined || failed === 0 ? `${errors} of ${n + errors} test cases` : `${failed} of ${answers} test answers`;
      const why = error.length > MOST_OF_ERROR ? `${error.slice(0, MOST_OF_ERROR)}…` : error;
      return [`${rung.name}, ${name}: ${few} have no value, first: ${why}`];
    }),
  );
}

/** `+0.120 [0.031, 0.209]` */
export function delta(comparison: Comparison | undefined): string {
  if (comparison === undefined || comparison.n === 0) return NOTHING;
  const text = unsigned(comparison.delta);
  return `${text.startsWith("-") ? "" : "+"}${text} ${interval(comparison.low, comparison.high)}`;
}

/** The comparison of one scorer; undefined where there is none. */
export function comparisonOf(versus: Versus | undefined, scorer: string): Comparison | undefined {
  const comparison: Comparison | SplitName | undefined = versus?.[scorer];
  return typeof comparison === "object" ? comparison : undefined;
}

/** `$0`, `$0.0042`, `$12.30`; "unknown" for null, since an unknown price is not 0. */
export function usd(value: number | null): string {
  if (value === null) return "unknown";
  if (value === 0) return "$0";
  return value >= 0.1 ? `$${value.toFixed(2)}` : `$${Number(value.toPrecision(2))}`;
}

/** `3.2 ms`, `12 ms`, `1.25 s`, `2 min 5 s` */
export function duration(milliseconds: number | null): string {
  if (milliseconds === null) return NOTHING;
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  return `${Math.floor(Math.round(seconds) / 60)} min ${Math.round(seconds) % 60} s`;
}

/** `1,240` */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** `812`, `45.2k`, `1.3M` */
export function tokenCount(value: number): string {
  if (value < 1000) return String(value);
  return value < 999_500 ? `${(value / 1e3).toFixed(value < 99_950 ? 1 : 0)}k` : `${(value / 1e6).toFixed(1)}M`;
}

/** `0.013`, `<0.001` */
export function pValue(p: number): string {
  return p < 0.001 ? "<0.001" : p.toFixed(3);
}

/** `1,240 calls (310 cached), 812k + 23.1k tokens, $0.42, 38.0 s; judges: 120 calls, 30.1k + 2.2k tokens, $0.03` */
export function spending(spent: Totals): string {
  const judging = spent.judging.calls === 0 ? "" : `; judges: ${spendText(spent.judging)}`;
  return `${spendText(spent)}, ${duration(spent.seconds * 1000)}${judging}`;
}

function spendText({ calls, cached_calls, tokens, usd: paid }: Spend): string {
  const called = `${count(calls)} calls${cached_calls > 0 ? ` (${count(cached_calls)} cached)` : ""}`;
  return [called, `${tokenCount(tokens.in)} + ${tokenCount(tokens.out)} tokens`, paid === null ? "cost unknown" : usd(paid)].join(", ");
}

function repeatsText({ k, pass_at_k, pass_hat_k, between, within }: Repeats): string {
  const passes = `of ${k} answers to a case one at least passes in ${score(pass_at_k)} of the cases, all pass in ${score(pass_hat_k)}`;
  return `${passes}; variance ${score(between)} between cases, ${score(within)} within`;
}

/** What repeats and judges show beside the means, a line for each rung and scorer that has something to say. */
export function steadiness(rungs: readonly Rung[]): readonly string[] {
  return rungs.flatMap((rung) =>
    Object.entries(rung.scores.test ?? {}).flatMap(([name, { repeats, agreement }]) => [
      ...(repeats === undefined ? [] : [`${rung.name}, ${name}: ${repeatsText(repeats)}`]),
      ...(agreement === undefined ? [] : [`${rung.name}, ${name}: agreement of the ratings (Krippendorff's alpha) ${score(agreement)}`]),
    ]),
  );
}

function interval(low: number, high: number): string {
  return `[${unsigned(low)}, ${unsigned(high)}]`;
}

/** Never "-0.000". */
function unsigned(value: number): string {
  const text = value.toFixed(3);
  return /^-0\.0+$/u.test(text) ? text.slice(1) : text;
}

/** Whether judges say what people say, a line for each scorer. */
export function agreementLines({ agreement = [] }: Pick<Summary, "agreement">): readonly string[] {
  return agreement.map(
    ({ human, scorer, n, kappa, alpha }) =>
      `${scorer} against ${human} on ${count(n)} labelled cases: Cohen's kappa ${score(kappa)}, Krippendorff's alpha ${score(alpha)}`,
  );
}

/** Titles of the table of costs, and its cells for a rung but for the first, its name. */
export const COST_TITLES = ["rung", "calls", "cached", "tokens in", "tokens out", "cost", "p50", "p95", "took"];
export function costCells(rung: Rung): readonly string[] {
  return [
    count(rung.calls),
    count(rung.cached_calls),
    tokenCount(rung.tokens.in),
    tokenCount(rung.tokens.out),
    usd(rung.usd),
    duration(rung.latency_ms.p50),
    duration(rung.latency_ms.p95),
    duration(rung.seconds * 1000),
  ];
}
