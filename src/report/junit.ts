/** A run's test answers as JUnit XML, for CI systems. */
import type { ScorerIdentity, StoredRun } from "../runs/types.ts";
import type { Answered, Case, GateResult, Score } from "../types.ts";
import { forXml } from "./escape.ts";
import { score } from "./figures.ts";

/** The parts of a stored run that are looked at. */
type Graded = Pick<StoredRun, "summary" | "answers" | "cases"> & { readonly manifest: { readonly comparability: Scorers } };
interface Scorers {
  readonly scorers: Readonly<Record<string, Pick<ScorerIdentity, "threshold">>>;
}

/** A score passes at this value where the run names no threshold for its scorer. */
const THRESHOLD = 0.5;

/**
 * A suite for each rung, in the ladder's order, and in it a test for each case and scorer, in the order of the cases; repeats are
 * tests of the same name with a property. Names come from ids alone, so they are the same in every run. A score below its
 * scorer's threshold fails, a score or answer that could not be had is an error, and "not applicable" is skipped. The last suite
 * holds the gates; one that is not judged is an error.
 */
export function summaryJunit(run: Graded): string {
  const { summary, answers, cases, manifest } = run;
  const thresholds = Object.fromEntries(Object.entries(manifest.comparability.scorers).map(([name, { threshold }]) => [name, threshold]));
  const suites = summary.rungs.flatMap((rung) => {
    const rows = inOrder(
      (answers.get(rung.name) ?? []).filter((row) => row.split === "test"),
      cases,
    );
    return rows.length === 0 ? [] : [suite(rung.name, rows, new Map(cases.map((kase) => [kase.id, kase])), thresholds)];
  });
  if (summary.gates.length > 0) suites.push(gateSuite(summary.gates));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${forXml(summary.name)}">\n${suites.join("")}</testsuites>\n`;
}

/** A suite of one test that is an error: what stands in place of a report where there is nothing to report. */
export function failedJunit(what: string, why: string): string {
  const test = `    <testcase classname="llmopt" name="${forXml(what)}" time="0.000"><error message="${forXml(why)}"/></testcase>\n`;
  const suite = `  <testsuite name="llmopt" tests="1" failures="0" errors="1" skipped="0">\n${test}  </testsuite>\n`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="llmopt">\n${suite}</testsuites>\n`;
}

function gateSuite(gates: readonly GateResult[]): string {
  const tests = gates.map(({ gate, outcome, reason }) => {
    const start = `    <testcase classname="gates" name="${forXml(gate)}" time="0.000"`;
    if (outcome === "passed") return `${start}/>\n`;
    const element = outcome === "failed" ? "failure" : "error";
    return `${start}><${element} message="${forXml(reason)}"/></testcase>\n`;
  });
  const counted = (wanted: GateResult["outcome"]): number => gates.filter(({ outcome }) => outcome === wanted).length;
  const counts = `tests="${gates.length}" failures="${counted("failed")}" errors="${counted("not judged")}" skipped="0"`;
  return `  <testsuite name="gates" ${counts}>\n${tests.join("")}  </testsuite>\n`;
}

/** The last row of each case and repeat. */
function inOrder(rows: readonly Answered[], cases: readonly Case[]): readonly Answered[] {
  const places = new Map(cases.map((kase, i) => [kase.id, i]));
  const last = new Map(rows.map((row) => [`${row.repeat} ${row.case}`, row]));
  const place = (row: Answered): number => places.get(row.case) ?? cases.length;
  return [...last.values()].sort((a, b) => place(a) - place(b) || (a.case < b.case ? -1 : a.case > b.case ? 1 : a.repeat - b.repeat));
}

function suite(
  rung: string,
  rows: readonly Answered[],
  cases: ReadonlyMap<string, Case>,
  thresholds: Readonly<Record<string, number>>,
): string {
  const scorers = [...new Set([...Object.keys(thresholds), ...rows.flatMap((row) => Object.keys(row.scores))])];
  const tests = rows.flatMap((row) =>
    scorers.map((scorer) => {
      const outcome = outcomeOf(row, row.scores[scorer], thresholds[scorer] ?? THRESHOLD, cases.get(row.case));
      const repeat = row.repeat === 0 ? "" : `<properties><property name="repeat" value="${row.repeat}"/></properties>`;
      const inner = repeat + outcome.xml;
      const start = `    <testcase classname="${forXml(rung)}" name="${forXml(`${row.case} ${scorer}`)}" time="${(row.ms / 1000).toFixed(3)}"`;
      return { kind: outcome.kind, xml: inner === "" ? `${start}/>\n` : `${start}>${inner}</testcase>\n` };
    }),
  );
  const counted = (kind: string): number => tests.filter((test) => test.kind === kind).length;
  const counts = `tests="${tests.length}" failures="${counted("failure")}" errors="${counted("error")}" skipped="${counted("skipped")}"`;
  return `  <testsuite name="${forXml(rung)}" ${counts}>\n${tests.map(({ xml }) => xml).join("")}  </testsuite>\n`;
}

interface Outcome {
  readonly kind: "passed" | "failure" | "error" | "skipped";
  readonly xml: string;
}

function outcomeOf(row: Answered, given: Score | undefined, threshold: number, kase: Case | undefined): Outcome {
  const element = (kind: "failure" | "error" | "skipped", message: string, text = ""): Outcome => ({
    kind,
    xml: text === "" ? `<${kind} message="${forXml(message)}"/>` : `<${kind} message="${forXml(message)}">${forXml(text)}</${kind}>`,
  });
  if (row.error !== undefined) return element("error", row.error);
  if (given === undefined) return element("skipped", "not graded");
  if ("error" in given) return element("error", given.error);
  if ("skipped" in given) return element("skipped", given.skipped);
  if (given.value >= threshold) return { kind: "passed", xml: "" };
  const message = `${score(given.value)} is below ${threshold}${given.why === undefined ? "" : `: ${given.why}`}`;
  return element("failure", message, `expected: ${JSON.stringify(kase?.expected ?? null)}\nactual: ${row.answer}`);
}
