/** Did two runs measure the same thing? What of them does not compare, and what makes a comparison weaker. Pure. */
import { canonical, hashOf } from "../program/hash.ts";
import type { Case } from "../types.ts";
import type { Comparability, RunManifest, ScorerIdentity } from "./types.ts";

/** Share of the larger test split that must be the same cases in both runs. */
const LEAST_OVERLAP = 0.5;
/** Metrics that a note names. */
const MOST_NAMED = 8;

/** What is known of a run before its first call. */
export interface Planned {
  readonly manifest: Pick<RunManifest, "version" | "engine" | "comparability">;
  /** The test cases. */
  readonly cases: readonly Case[];
}

export interface Comparable {
  /** Why the runs do not compare at all; empty where they do. */
  readonly refused: readonly string[];
  /** What makes the comparison weaker. */
  readonly weaker: readonly string[];
  /** The test cases of both, as b has them, by id. */
  readonly cases: readonly Case[];
  /** Scorers that give the same values in both, in a's order. */
  readonly scorers: readonly (readonly [name: string, identity: ScorerIdentity])[];
}

/** Hash of the test cases, whatever their order: ids, fields, expected answers and sources. */
export function casesHash(cases: readonly Case[]): string {
  return hashOf(
    cases.toSorted(byId).map(({ id, fields, expected, sources, sourceGroups }) => ({ id, fields, expected, sources, sourceGroups })),
  );
}

/** Compares what two runs measure, not what they found. A metric that differs is left out; without the primary one nothing is left. */
export function comparableParts(a: Planned, b: Planned): Comparable {
  const [before, after] = [a.manifest.comparability, b.manifest.comparability];
  const shared = sharedCases(a.cases, b.cases);
  const metrics = sharedScorers(before, after);
  const same = before.primary === after.primary;
  const refused = [
    ...(same ? [] : [`the runs were decided by different metrics, ${before.primary} and ${after.primary}`]),
    ...metrics.out.filter(({ name }) => same && name === before.primary).map(({ why }) => why),
    ...shared.refused,
  ];
  const left = metrics.out.filter(({ name }) => !same || name !== before.primary).map(({ why }) => `${why}; it is left out`);
  return {
    refused,
    weaker: [...shared.weaker, ...left, ...changedSettings(before, after), ...changedTools(a.manifest, b.manifest)],
    cases: shared.cases,
    scorers: metrics.same,
  };
}

/** The cases that both runs were tested on, or why there are too few of them. */
function sharedCases(a: readonly Case[], b: readonly Case[]): Pick<Comparable, "refused" | "weaker" | "cases"> {
  const known = new Map(a.map((kase) => [kase.id, kase]));
  const cases = b.filter((kase) => known.has(kase.id)).toSorted(byId);
  const changed = cases.filter((kase) => contentOf(kase) !== contentOf(known.get(kase.id) ?? kase));
  if (changed.length > 0) {
    const what = `${changed.length} test cases have another question, expected answer or sources under the same id`;
    return { cases, weaker: [], refused: [`${what}, such as ${changed[0]?.id}`] };
  }
  if (cases.length === a.length && cases.length === b.length) return { cases, refused: [], weaker: [] };
  const overlap = `${cases.length} cases are in both test splits, of ${a.length} and ${b.length}`;
  return cases.length < LEAST_OVERLAP * Math.max(a.length, b.length)
    ? { cases, refused: [`only ${overlap}; at least half must be`], weaker: [] }
    : { cases, refused: [], weaker: [`${overlap}; only those are compared`] };
}

function byId(a: Case, b: Case): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** What makes two cases of one id the same: the question and what counts as right. */
function contentOf({ fields, expected, sources, sourceGroups }: Case): string {
  return canonical({ fields, expected: expected ?? null, sources: sources ?? null, sourceGroups: sourceGroups ?? null });
}

function sharedScorers(
  a: Comparability,
  b: Comparability,
): { readonly same: Comparable["scorers"]; readonly out: readonly { readonly name: string; readonly why: string }[] } {
  const names = [...new Set([...Object.keys(a.scorers), ...Object.keys(b.scorers)])];
  const found = names.map((name) => ({ name, a: a.scorers[name], b: b.scorers[name] }));
  return {
    same: found.flatMap((one) => (one.a !== undefined && whyNot(one) === undefined ? [[one.name, one.a] as const] : [])),
    out: found.flatMap((one) => {
      const why = whyNot(one);
      return why === undefined ? [] : [{ name: one.name, why: `${one.name}: ${why}` }];
    }),
  };
}

function whyNot({ a, b }: { readonly a: ScorerIdentity | undefined; readonly b: ScorerIdentity | undefined }): string | undefined {
  if (a === undefined || b === undefined) return `only run ${a === undefined ? "b" : "a"} has this scorer`;
  if (a.use !== b.use) return `is ${a.use} in a and ${b.use} in b`;
  if (a.version !== b.version) return `was graded by version ${a.version} of ${a.use} in a and ${b.version} in b`;
  if (a.hash !== b.hash) {
    const options = canonical(a.options) !== canonical(b.options) || a.not !== b.not;
    return `was graded with other ${options ? "options" : "prompts, files, plugin code or parts"} of ${a.use}`;
  }
  const [left, right] = [a, b].map(({ models }) => models.join(", ") || "no model");
  if (left !== right) return `was judged by ${left} in a and ${right} in b`;
  return undefined;
}

function changedSettings(a: Comparability, b: Comparability): readonly string[] {
  const moved = Object.keys(a.scorers).filter(
    (name) => b.scorers[name] !== undefined && b.scorers[name].threshold !== a.scorers[name]?.threshold,
  );
  return [
    ...(a.repeat === b.repeat ? [] : [`cases were answered ${a.repeat} and ${b.repeat} times each`]),
    ...(canonical(a.params) === canonical(b.params)
      ? []
      : [`answers were asked for with other parameters, ${canonical(a.params)} and ${canonical(b.params)}`]),
    ...(a.embed === b.embed ? [] : [`texts were embedded by ${a.embed} and ${b.embed}, which also changes scorers that embed`]),
    ...(moved.length === 0 ? [] : [`cases pass at another threshold of ${moved.slice(0, MOST_NAMED).join(", ")}; b's counts`]),
  ];
}

function changedTools(a: Planned["manifest"], b: Planned["manifest"]): readonly string[] {
  return [
    ...(a.version === b.version
      ? []
      : [`the runs were made by llmopt ${a.version} and ${b.version}; scorers may have changed between them`]),
    ...(a.engine === b.engine ? [] : [`the embedded engine was ${a.engine} and ${b.engine}`]),
  ];
}
