/** The result of a run as one self-contained page: no script, no network, light and dark. */
import { valueIn } from "../stats/values.ts";
import type { RungRaces } from "../runs/types.ts";
import type { Answered, Case, Diagnosis, Json, LabelReport, Rung, Score, Summary } from "../types.ts";
import { confusedPairs, labelLine, labelReports, labelRows, matrixRows } from "./confusion.ts";
import { askedText, exampleParts, GAINS, gainText, probedText } from "./diagnosis.ts";
import { forHtml } from "./escape.ts";
import {
  agreementLines,
  comparisonOf,
  COST_TITLES,
  costCells,
  count,
  coverage,
  delta,
  meanWithInterval,
  NOTHING,
  score,
  spending,
  steadiness,
  unvaluedLines,
} from "./figures.ts";
import { intervalPlot } from "./plot.ts";
import { RACED, raceTables } from "./races.ts";
import { rungTables, type Figures } from "./tables.ts";

/** Characters of an answer that the page shows; the whole stands in answers.jsonl. */
const MOST_SHOWN = 4000;

/** A test case with the answer of the winner's program. */
interface CaseRow {
  readonly case: Case;
  readonly row: Answered;
}

/** The test cases with the first answer of each, as the page lists them. */
export function caseRows(cases: readonly Case[], rows: readonly Answered[]): readonly CaseRow[] {
  const first = new Map(rows.filter((row) => row.repeat === 0).map((row) => [row.case, row]));
  return cases.flatMap((kase) => {
    const row = first.get(kase.id);
    return row === undefined ? [] : [{ case: kase, row }];
  });
}

/** With `cases` the page also lists every answer, failed ones first, and with `raced` every arm of every race. All texts of models and data are escaped. */
export function summaryHtml(summary: Summary, cases: readonly CaseRow[] = [], raced: readonly RungRaces[] = []): string {
  const { rungs, primary, winner, diagnosis, gates, totals } = summary;
  const warnings = [...unvaluedLines(rungs), ...summary.warnings];
  const title = `${forHtml(summary.name)}: ${forHtml(winner)}`;
  const body = [
    `<h1>${title}</h1>`,
    `<p>Status: <strong>${summary.status}</strong>. Best program: <strong>${forHtml(winner)}</strong>. Run: <code>${forHtml(summary.run)}</code></p>`,
    summary.exploratory ? "<p><strong>Exploratory</strong>: the same few cases chose and confirmed, so take verdicts as hints.</p>" : "",
    warnings.length === 0 ? "" : `<ul class="warnings">${warnings.map((warning) => `<li>${forHtml(warning)}</li>`).join("")}</ul>`,
    "<h2>The ladder</h2>",
    `<figure>${intervalPlot(plotRows(summary), `${primary} on test, with 95 % intervals`)}</figure>`,
    "<p>Only <em>test</em> was never used to decide. Differences are paired, on test, with 95 % intervals; verdicts to the baseline allow for the number of rungs (Holm).</p>",
    table(
      ["rung", "", `${forHtml(primary)} on select`, "confirm", "test", "n", "to the baseline", "to the incumbent"],
      rungs.map((rung, i) => [
        rung.name === winner ? `<strong>${forHtml(rung.name)}</strong>` : forHtml(rung.name),
        `<span class="${rung.status}">${i === 0 ? "as written" : rung.status}</span><br><small>${forHtml(rung.reason)}</small>`,
        score(rung.scores.select?.[primary]?.mean),
        score(rung.scores.confirm?.[primary]?.mean),
        meanWithInterval(rung.scores.test?.[primary]),
        coverage(rung.scores.test?.[primary]),
        compared(rung, "baseline", primary),
        compared(rung, "incumbent", primary),
      ]),
    ),
    metrics(rungs),
    listOf([...steadiness(rungs), ...agreementLines(summary)]),
    ...labelReports(summary).map(([name, report]) => labelSection(name, report)),
    measuredSection(rungs),
    raceSection(raced, primary),
    "<h2>Cost</h2>",
    table(
      COST_TITLES,
      rungs.map((rung) => [forHtml(rung.name), ...costCells(rung)]),
    ),
    `<p>In all: ${spending(totals)}.</p>`,
    diagnosis === null ? "" : diagnosisSection(diagnosis),
    gates.length === 0
      ? ""
      : `<h2>Gates</h2><ul>${gates.map(({ passed, outcome, reason }) => `<li class="${passed ? "better" : "worse"}">${outcome}: ${forHtml(reason)}</li>`).join("")}</ul>`,
    caseSection(cases, primary),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
${body.filter((part) => part !== "").join("\n")}
</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; --text: #1c1e21; --back: #fff; --soft: #6a7076; --line: #d8dce0; --good: #176f2c; --bad: #b3261e; --mark: #2558a8; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e6e9; --back: #16181b; --soft: #9aa1a8; --line: #3a3f45; --good: #6cc784; --bad: #f08a80; --mark: #8ab4f8; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 1rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--soft); }
small, .skipped, .no-evidence, .too-few-cases { color: var(--soft); }
.better, .kept { color: var(--good); } .worse, .failed { color: var(--bad); }
.warnings { border-left: 3px solid var(--bad); padding-left: 1.5rem; }
figure { margin: 1rem 0; } svg { max-width: 100%; height: auto; }
details { border-bottom: 1px solid var(--line); padding: .3rem 0; } pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0; }
`;

function plotRows({ rungs, primary, winner }: Summary): Parameters<typeof intervalPlot>[0] {
  return rungs.flatMap((rung) => {
    const mean = rung.scores.test?.[primary];
    if (mean === undefined || mean.mean === null) return [];
    return [{ name: rung.name, mean: mean.mean, low: mean.low ?? mean.mean, high: mean.high ?? mean.mean, strong: rung.name === winner }];
  });
}

function compared(rung: Rung, to: "baseline" | "incumbent", primary: string): string {
  const comparison = comparisonOf(rung.versus[to], primary);
  if (comparison === undefined) return "";
  return `${delta(comparison)} <span class="${comparison.verdict.replaceAll(" ", "-")}">${comparison.verdict}</span>`;
}

function metrics(rungs: readonly Rung[]): string {
  const names = [...new Set(rungs.flatMap((rung) => Object.keys(rung.scores.test ?? {})))];
  if (names.length < 2) return "";
  const cell = (rung: Rung, name: string): string => {
    const mean = rung.scores.test?.[name];
    return mean === undefined ? NOTHING : `${meanWithInterval(mean)}<br><small>${coverage(mean)}</small>`;
  };
  const tested = rungs.filter((rung) => rung.scores.test !== undefined);
  return `<h2>All metrics on test</h2>${table(
    ["rung", ...names.map(forHtml)],
    tested.map((rung) => [forHtml(rung.name), ...names.map((name) => cell(rung, name))]),
  )}`;
}

/** At most this many pairs of labels that are confused. */
const MOST_PAIRS = 30;

function labelSection(name: string, report: LabelReport): string {
  const escaped = (rows: readonly (readonly string[])[]) => rows.map((cells) => cells.map(forHtml));
  const matrix = matrixRows(report);
  const confused =
    matrix === undefined
      ? table(["expected", "given", "times"], escaped(confusedPairs(report, MOST_PAIRS)))
      : table(matrix.title.map(forHtml), escaped(matrix.rows));
  const labels = table(["label", "precision", "recall", "F1", "cases"], escaped(labelRows(report)));
  return `<h2>Labels by ${forHtml(name)}</h2><p>${forHtml(labelLine(report))}.</p>${confused}<details><summary>each label</summary>${labels}</details>`;
}

function raceSection(raced: readonly RungRaces[], primary: string): string {
  const races = raceTables(raced, primary).map(figureDetails);
  return races.length === 0 ? "" : `<h2>Races</h2><p>${RACED}</p>${races.join("")}`;
}

/** What stages measured themselves. */
function measuredSection(rungs: readonly Rung[]): string {
  const tables = rungTables(rungs).map(figureDetails);
  return tables.length === 0 ? "" : `<h2>Measured by the rungs</h2>${tables.join("")}`;
}

function figureDetails({ heading, titles, rows }: Figures): string {
  const cells = rows.map((row) => row.map((cell) => forHtml(cell)));
  const names = titles.map((title) => forHtml(title));
  return `<details><summary>${forHtml(heading)}</summary>${table(names, cells)}</details>`;
}

function listOf(lines: readonly string[]): string {
  return lines.length === 0 ? "" : `<ul>${lines.map((line) => `<li>${forHtml(line)}</li>`).join("")}</ul>`;
}

/** Cells are HTML already. */
function table(title: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = title.map((cell) => `<th scope="col">${cell}</th>`).join("");
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("\n");
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

function diagnosisSection(diagnosis: Diagnosis): string {
  const { buckets, probes, next } = diagnosis;
  const examples = buckets.flatMap(({ bucket, examples: some }) =>
    some.map((example) => {
      const parts = exampleParts(example).map(([name, text]) => `<dt>${forHtml(name)}</dt><dd><pre>${forHtml(text)}</pre></dd>`);
      return `<details><summary>${bucket}: ${forHtml(example.case)}</summary><dl>${parts.join("")}</dl></details>`;
    }),
  );
  return [
    `<h2>Diagnosis</h2><p>${probedText(diagnosis)}. Next: ${forHtml(next)}</p>`,
    table(
      ["cause", "axis", "cases", "could gain", "rungs that treat it", "which"],
      buckets.map(({ bucket, axis, cases, gain, asks_for }) => [
        bucket,
        axis ?? NOTHING,
        count(cases.length),
        gainText(gain),
        forHtml(askedText(asks_for, diagnosis)),
        `<small>${cases.map(forHtml).join(", ")}</small>`,
      ]),
    ),
    table(
      ["probe", "passed", "could gain", "what it changes"],
      probes.map(({ probe, about, n, passed, gain }) => [probe, `${count(passed)} of ${count(n)}`, gainText(gain), forHtml(about)]),
    ),
    `<p><small>${GAINS}</small></p>`,
    ...examples,
  ].join("\n");
}

function caseSection(cases: readonly CaseRow[], primary: string): string {
  if (cases.length === 0) return "";
  const valueOf = ({ row }: CaseRow): number => valueIn(row, primary) ?? -1;
  const items = cases
    .toSorted((a, b) => valueOf(a) - valueOf(b))
    .map((item) => {
      const { case: kase, row } = item;
      const parts: readonly (readonly [string, string])[] = [
        ...Object.entries(kase.fields),
        ["expected", shown(kase.expected)],
        row.error === undefined
          ? [
              "answer",
              row.answer.length > MOST_SHOWN ? `${row.answer.slice(0, MOST_SHOWN)}… (${row.answer.length} characters)` : row.answer,
            ]
          : ["error", row.error],
        ...Object.entries(row.scores).map(([name, given]) => [name, scoreText(given)] as const),
      ];
      const list = parts.map(([name, text]) => `<dt>${forHtml(name)}</dt><dd><pre>${forHtml(text)}</pre></dd>`).join("");
      const value = valueOf(item);
      return `<details><summary>${value < 0 ? NOTHING : score(value)} ${forHtml(kase.id)}</summary><dl>${list}</dl></details>`;
    });
  return `<h2>Test cases</h2>\n${items.join("\n")}`;
}

function shown(expected: Json | undefined): string {
  return typeof expected === "string" ? expected : JSON.stringify(expected ?? null);
}

function scoreText(given: Score): string {
  if ("error" in given) return `error: ${given.error}`;
  if ("skipped" in given) return `not applicable: ${given.skipped}`;
  return given.why === undefined ? score(given.value) : `${score(given.value)}, ${given.why}`;
}
