/** Scorers and rungs by their names in the experiment, and what refers to those names: primary, target and gates. */
import { suggest } from "../errors.ts";
import type { Complaint } from "./complaints.ts";
import { checkGates } from "./gates.ts";
import type { ExperimentFile, Used } from "./schema.ts";
import { nameOf, scorersOf, WEIGHTED } from "./scorers.ts";
import type { Path, Source } from "./source.ts";
import type { Registry } from "../registry.ts";
import { modelsOf, splitModel } from "../program/model.ts";
import type { Experiment, NamedScorer, PlannedRung } from "../types.ts";

export interface Evals {
  readonly scorers: readonly NamedScorer[];
  readonly primary: string;
  readonly complaints: readonly Complaint[];
}

/** The scorers, with what they name, and the name of the primary one: `weighted` by default where there are weights. */
export async function evalsOf(
  { primary, scorers: entries }: ExperimentFile["evals"],
  registry: Registry,
  source: Source,
  dir: string,
): Promise<Evals> {
  const { scorers, complaints: ofScorers } = await scorersOf(entries, registry, source, dir);
  const own = entries.map(nameOf);
  const complaints = [...ofScorers, ...twice(entries, own, ["evals", "scorers"], "scorer", source)];
  if (own.includes("split"))
    complaints.push({
      place: source.at(["evals", "scorers", own.indexOf("split")]),
      what: 'a scorer is named "split", which means something else in summary.json; give it another name with as',
    });
  const names = [...new Set(scorers.map(({ name }) => name))];
  const weighted = entries.some(({ weight }) => weight !== undefined);
  const chosen = primary ?? (weighted ? WEIGHTED : own[0]) ?? "";
  if (primary === undefined && !weighted && names.length > 1) {
    complaints.push({ place: source.at(["evals"]), what: `evals.primary: is missing; write which scorer decides: ${names.join(", ")}` });
  } else if (primary !== undefined && !names.includes(primary)) {
    complaints.push({ place: source.at(["evals", "primary"]), what: `unknown scorer "${primary}"; ${suggest(primary, names)}` });
  }
  return { scorers, primary: chosen, complaints };
}

/** Complaints about gates and target that name unknown scorers, or a target that cannot be meant. */
export function checkAims(
  file: Partial<Pick<ExperimentFile, "gates" | "target" | "walk">>,
  evals: Evals,
  source: Source,
): readonly Complaint[] {
  const complaints: Complaint[] = [];
  const names = [...new Set(evals.scorers.map(({ name }) => name))];
  complaints.push(...checkGates(file.gates ?? [], names, source));
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

/** Complaints about models that scorers ask at endpoints that are not there. */
export function checkAsked(
  { scorers }: Evals,
  { models, endpoints }: Pick<Experiment, "models" | "endpoints">,
  source: Source,
): readonly Complaint[] {
  return scorers.flatMap(({ scorer, options }, index) =>
    modelsOf(scorer, options, models).flatMap((model) => {
      const { endpoint } = splitModel(model);
      if (Object.hasOwn(endpoints, endpoint)) return [];
      const right = suggest(endpoint, Object.keys(endpoints));
      return [{ place: source.at(["evals", "scorers", index]), what: `unknown endpoint "${endpoint}" of the model "${model}"; ${right}` }];
    }),
  );
}

/**
 * The rungs as written, each with a name of its own, and those that are climbed. A rung with `again: true` comes again after each later
 * rung that changes what is known or the model; where an earlier rung is the same stage it is itself that one coming again, at its place.
 */
export function ladderOf(
  ladder: ExperimentFile["ladder"],
  registry: Registry,
  source: Source,
): { readonly written: readonly PlannedRung[]; readonly climbed: readonly PlannedRung[]; readonly complaints: readonly Complaint[] } {
  const complaints: Complaint[] = [];
  const written: PlannedRung[] = [];
  const changing = (stage: string): boolean =>
    (registry.stages.get(stage)?.changes ?? []).some((facet) => facet === "knowledge" || facet === "model");
  /** Rungs that come again, the latest of each by the name of its first. */
  const again: { readonly rung: PlannedRung; readonly first: string }[] = [];
  for (const [at, { use, as, options, again: comesAgain }] of ladder.entries()) {
    const stage = registry.stages.get(use);
    if (stage === undefined) continue;
    const before = ladder.findLastIndex((other, place) => place < at && other.use === use);
    const between = written.slice(before + 1).findLast((rung) => changing(rung.stage.name));
    const later = ladder.slice(at + 1).some((other) => changing(other.use));
    const after = comesAgain === true && before >= 0 ? between : undefined;
    const first =
      after === undefined ? (as ?? use) : (again.find(({ rung }) => rung === written[before])?.first ?? written[before]?.name ?? use);
    const rung = {
      name: as ?? (after === undefined ? use : `${first}-after-${after.name}`),
      stage,
      options,
      ...(after && { after: after.name }),
    };
    written.push(rung);
    if (comesAgain === true && after === undefined && !later) {
      complaints.push({
        place: source.at(["ladder", at, "again"]),
        what: `again: true: nothing changes what is known or the model for "${rung.name}" to come again after; put such a rung (${[...registry.stages.keys()].filter(changing).join(", ")}) below it, or remove again`,
      });
    } else if (comesAgain === true) again.push({ rung, first });
  }
  const climbed = written.flatMap((rung, at): readonly PlannedRung[] => {
    if (!changing(rung.stage.name)) return [rung];
    const earlier = again.filter((one) => written.indexOf(one.rung) < at);
    const latest = earlier.filter((one) => earlier.findLast(({ first }) => first === one.first) === one);
    // One that is written down at a place of its own comes there, not twice.
    const due = latest.filter(({ first }) => !again.some((one) => one.first === first && one.rung.after === rung.name));
    return [rung, ...due.map((one) => ({ ...one.rung, name: `${one.first}-after-${rung.name}`, after: rung.name }))];
  });
  const names = written.map(({ name }) => name);
  const clash = climbed.find((rung) => !written.includes(rung) && names.includes(rung.name));
  if (clash !== undefined)
    complaints.push({
      place: source.at(["ladder", names.indexOf(clash.name)]),
      what: `rung "${clash.name}" has the name of one that again: true makes; give it another with as: …`,
    });
  return { written, climbed, complaints: [...twice(ladder, names, ["ladder"], "rung", source), ...complaints] };
}

function twice(all: readonly Used[], names: readonly string[], path: Path, kind: string, source: Source): Complaint[] {
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
