/** The comparison of two runs as Markdown. */
import type { CompareResult } from "../types.ts";
import { list, rows } from "./blocks.ts";
import { age, costs, durations, moreCases, side, worseBesides } from "./compared.ts";
import { forMarkdown } from "./escape.ts";
import { count, delta, pValue, score } from "./figures.ts";
import { gateItems } from "./gates.ts";

/** Flips and tags that are listed; `compare --json` has all. */
const MOST_FLIPS = 50;
const MOST_TAGS = 30;

/** A document of its own. Ends with a line break. */
export function compareMarkdown(result: CompareResult): string {
  return `${compareSections(result, "#").join("\n\n")}\n`;
}

/** Blocks under a heading of this level. */
export function compareSections(result: CompareResult, level: "#" | "##"): readonly string[] {
  const { comparable, verdict, reasons, gates = [], cost, latency, prompt_diff } = result;
  const worse = worseBesides(result);
  return [
    `${level} ${comparable ? [`b against a: ${verdict}`, ...(worse === undefined ? [] : [forMarkdown(worse)])].join("; ") : "The runs do not compare"}`,
    list([`a: ${forMarkdown(result.a)}, ${age(result.baseline)}`, `b: ${forMarkdown(result.b)}`]),
    ...(reasons.length === 0 ? [] : [list(reasons.map(forMarkdown))]),
    ...(comparable ? metricBlocks(result) : []),
    ...(gates.length === 0 ? [] : [`${level}# Gates`, list(gateItems(gates))]),
    ...sliceBlocks(result, level),
    `Cost per answer without a cache ${costs(cost)}; latency ${durations(latency)} in the median, ${durations(latency.p95)} at the 95th percentile.`,
    ...flipBlocks(result, level),
    ...(prompt_diff === "" ? ["The winners' programs are the same."] : [`${level}# Program`, fenced(prompt_diff)]),
    forMarkdown(result.signature),
  ];
}

function metricBlocks({ metrics, primary }: CompareResult): readonly string[] {
  const title = ["metric", "a", "b", "difference", "verdict", "n", "p", "won / lost / tied", "could show"];
  const body = Object.entries(metrics).map(([name, metric]) => [
    name === primary ? `**${forMarkdown(name)}**` : forMarkdown(name),
    ...(["a", "b"] as const).map((name) => {
      const { mean, cases } = side(metric, name);
      return cases === "" ? mean : `${mean} (${cases})`;
    }),
    delta(metric),
    metric.verdict,
    count(metric.n),
    forMarkdown(pValue(metric.p)),
    `${metric.wins} / ${metric.losses} / ${metric.ties}`,
    `±${score(metric.mde)}`,
  ]);
  const more = metrics[primary] === undefined ? undefined : moreCases(metrics[primary]);
  return [rows(title, body), ...(more === undefined ? [] : [`${forMarkdown(primary)}: ${more}.`])];
}

function sliceBlocks({ slices, primary }: CompareResult, level: string): readonly string[] {
  const all = Object.entries(slices);
  if (all.length === 0) return [];
  const body = all.slice(0, MOST_TAGS).map(([tag, { n, metrics, p_holm }]) => {
    const found = metrics[primary];
    const numbers = found === undefined ? ["", "", "", ""] : [score(found.a), score(found.b), delta(found), found.verdict];
    return [forMarkdown(tag), count(n), ...numbers, p_holm === null ? "" : forMarkdown(pValue(p_holm))];
  });
  return [
    `${level}# ${forMarkdown(primary)} by tag`,
    "Exploratory; p is corrected by Holm over the tags.",
    rows(["tag", "cases", "a", "b", "difference", "verdict", "p"], body),
    ...(all.length > MOST_TAGS ? [`… and ${all.length - MOST_TAGS} more tags.`] : []),
  ];
}

function flipBlocks({ flips }: CompareResult, level: string): readonly string[] {
  if (flips.length === 0) return [];
  const body = flips
    .slice(0, MOST_FLIPS)
    .map((flip) => [
      forMarkdown(flip.case),
      score(flip.a.value),
      `${score(flip.b.value)}${flip.broken ? " broken" : ""}`,
      shortened(flip.a.answer),
      shortened(flip.b.answer),
    ]);
  return [
    `${level}# ${flips.length} flips`,
    rows(["case", "a", "b", "answer of a", "answer of b"], body),
    ...(flips.length > MOST_FLIPS ? [`… and ${flips.length - MOST_FLIPS} more.`] : []),
  ];
}

function shortened(text: string): string {
  const points = [...text];
  return forMarkdown(points.length > 200 ? `${points.slice(0, 200).join("")}…` : text);
}

/** A fence that is longer than any run of backticks in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/gu)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}diff\n${text}\n${fence}`;
}
