/** Scorers and rungs by their names in the experiment, and what refers to those names: primary, target and gates. */
import { suggest } from "../errors.ts";
import type { Complaint } from "./complaints.ts";
import type { ExperimentFile, Used } from "./schema.ts";
import type { Path, Source } from "./source.ts";
import type { Registry } from "../registry.ts";
import type { NamedScorer, PlannedRung } from "../types.ts";

/** A case passes at this value unless the experiment says otherwise: right for scorers that give 0 or 1. */
const PASSES = 0.5;

export interface Evals {
  readonly scorers: readonly NamedScorer[];
  readonly primary: string;
  readonly complaints: readonly Complaint[];
}

/** The scorers and the name of the primary one. */
export function evalsOf({ primary, scorers }: ExperimentFile["evals"], registry: Registry, source: Source): Evals {
  const named = scorers.flatMap(({ use, as, axis, threshold, options }): readonly NamedScorer[] => {
    const scorer = registry.scorers.get(use);
    if (scorer === undefined) return [];
    const settings = { axis: axis ?? scorer.axis, threshold: threshold ?? PASSES, not: false };
    return [{ name: as ?? use, scorer, options, ...settings, prompts: {}, files: new Map() }];
  });
  const names = [...new Set(named.map(({ name }) => name))];
  const complaints = [...twice(scorers, ["evals", "scorers"], "scorer", source)];
  if (names.includes("split"))
    complaints.push({
      place: source.at(["evals", "scorers", named.findIndex(({ name }) => name === "split")]),
      what: 'a scorer is named "split", which means something else in summary.json; give it another name with as',
    });
  if (primary === undefined && names.length > 1) {
    complaints.push({ place: source.at(["evals"]), what: `evals.primary: is missing; write which scorer decides: ${names.join(", ")}` });
  } else if (primary !== undefined && !names.includes(primary)) {
    complaints.push({ place: source.at(["evals", "primary"]), what: `unknown scorer "${primary}"; ${suggest(primary, names)}` });
  }
  return { scorers: named, primary: primary ?? names[0] ?? "", complaints };
}

/** Complaints about gates and target that name unknown scorers, or a target that cannot be meant. */
export function checkAims(
  file: Partial<Pick<ExperimentFile, "gates" | "target" | "walk">>,
  evals: Evals,
  source: Source,
): readonly Complaint[] {
  const complaints: Complaint[] = [];
  const names = [...new Set(evals.scorers.map(({ name }) => name))];
  for (const [index, { metric }] of (file.gates ?? []).entries()) {
    if (!names.includes(metric))
      complaints.push({ place: source.at(["gates", index, "metric"]), what: `unknown metric "${metric}"; ${suggest(metric, names)}` });
  }
  const target = Object.keys(file.target ?? {});
  for (const metric of target) {
    if (!names.includes(metric))
      complaints.push({ place: source.atKey(["target", metric]), what: `unknown scorer "${metric}"; ${suggest(metric, names)}` });
    else if (metric !== evals.primary)
      complaints.push({
        place: source.atKey(["target", metric]),
        what: `target: names "${metric}"; it must name the primary scorer, "${evals.primary}"`,
      });
  }
  if (target.length === 0 && file.target !== undefined)
    complaints.push({ place: source.at(["target"]), what: `target: is empty; write { ${evals.primary}: 0.9 }` });
  if (file.walk === "until-target" && file.target === undefined) {
    complaints.push({ place: source.at(["walk"]), what: `walk: until-target needs a target; write target: { ${evals.primary}: 0.9 }` });
  }
  return complaints;
}

/** The rungs, each with a name of its own. */
export function ladderOf(
  ladder: ExperimentFile["ladder"],
  registry: Registry,
  source: Source,
): { readonly rungs: readonly PlannedRung[]; readonly complaints: readonly Complaint[] } {
  const rungs = ladder.flatMap(({ use, as, options }): readonly PlannedRung[] => {
    const stage = registry.stages.get(use);
    return stage === undefined ? [] : [{ name: as ?? use, stage, options }];
  });
  return { rungs, complaints: twice(ladder, ["ladder"], "rung", source) };
}

function twice(all: readonly Used[], path: Path, kind: string, source: Source): Complaint[] {
  const names = all.map(({ use, as }) => as ?? use);
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [
          {
            place: source.at([...path, index]),
            what: `a second ${kind} is named "${name}"; tell them apart with { use: ${all[index]?.use ?? name}, as: … }`,
          },
        ],
  );
}
