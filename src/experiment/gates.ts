/** What gates name: metrics, and cases that must pass. */
import { suggest } from "../errors.ts";
import { FIGURES } from "../ladder/figures.ts";
import type { Case, Gate, Splits } from "../types.ts";
import type { Complaint } from "./complaints.ts";
import type { Source } from "./source.ts";

/** Complaints about metrics that are not there or cannot be bounded so; `scorers` are the scorers' names. */
export function checkGates(gates: readonly Gate[], scorers: readonly string[], source: Source): readonly Complaint[] {
  const figures = Object.keys(FIGURES);
  const clash = scorers.find((name) => figures.includes(name));
  const complaints = gates.flatMap(({ metric, max, min, max_drop, max_breaks, must_pass }, index): readonly Complaint[] => {
    const place = source.at(metric === undefined ? ["gates", index] : ["gates", index, "metric"]);
    if (metric === undefined) return [];
    if (!scorers.includes(metric) && !figures.includes(metric))
      return [{ place, what: `unknown metric "${metric}"; ${suggest(metric, [...scorers, ...figures])}` }];
    const ofScorers = [min, max_drop, max_breaks, must_pass].some((one) => one !== undefined);
    if (figures.includes(metric) && ofScorers)
      return [{ place, what: `gates[${index}]: ${metric} is a figure, which has only max; name a scorer, or write max` }];
    if (scorers.includes(metric) && max !== undefined)
      return [
        {
          place,
          what: `gates[${index}]: ${metric} is a scorer, of which higher is better; write min, or name a figure: ${figures.join(", ")}`,
        },
      ];
    return [];
  });
  if (clash === undefined) return complaints;
  const what = `evals.scorers: "${clash}" is the name of a figure that gates know; give the scorer another name with as`;
  return [...complaints, { place: source.at(["evals", "scorers"]), what }];
}

/** Complaints about cases that must pass and are not in the data at all. */
export function checkCases(gates: readonly Gate[], cases: readonly Case[], source: Source): readonly Complaint[] {
  const ids = cases.map(({ id }) => id);
  const tags = [...new Set(cases.flatMap((kase) => kase.tags ?? []))];
  return wanted(gates).flatMap(({ index, ...one }) => {
    const [name, known] = "tag" in one ? [one.tag, tags] : [one.id, ids];
    if (known.includes(name)) return [];
    const what = "tag" in one ? `no case has the tag "${name}"` : `no case has the id "${name}"`;
    const right = known.length === 0 ? "name the column that holds tags in data.tags" : suggest(name, known);
    return [{ place: source.at(["gates", index, "must_pass"]), what: `gates[${index}].must_pass: ${what}; ${right}` }];
  });
}

/** Complaints about cases that must pass but are no test cases, which are all that gates look at. */
export function checkTested(gates: readonly Gate[], splits: Splits, source: Source): readonly Complaint[] {
  const right = "gates look at test: put it there with data.files or a split column";
  return wanted(gates).flatMap(({ index, ...one }) => {
    const test = splits.test.some((kase) => ("tag" in one ? kase.tags?.includes(one.tag) : kase.id === one.id));
    if (test) return [];
    const what = "tag" in one ? `no test case has the tag "${one.tag}"` : `case "${one.id}" is not in test`;
    return [{ place: source.at(["gates", index, "must_pass"]), what: `gates[${index}].must_pass: ${what}; ${right}` }];
  });
}

type Wanted = { readonly index: number } & ({ readonly tag: string } | { readonly id: string });

function wanted(gates: readonly Gate[]): readonly Wanted[] {
  return gates.flatMap(({ must_pass }, index): readonly Wanted[] => {
    if (must_pass === undefined) return [];
    return "tag" in must_pass ? [{ index, tag: must_pass.tag }] : must_pass.map((id) => ({ index, id }));
  });
}
