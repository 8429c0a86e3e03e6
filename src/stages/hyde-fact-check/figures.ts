/** What the check found and did, and what that did to answers, as tables: pure. */
import { z } from "zod";
import { valuesOf } from "../../stats/values.ts";
import type { Answered, Table } from "../../types.ts";
import { abstains } from "./answer.ts";

/** An arm with its answers. */
export interface Answers {
  readonly name: string;
  readonly rows: readonly Answered[];
  /** The same arm without the check. */
  readonly unchecked?: { readonly name: string; readonly rows: readonly Answered[] } | undefined;
}

/** A value from here on is a right answer. */
const RIGHT = 0.5;

const count = z.number().default(0);
const note = z.object({
  claims: count,
  supported: count,
  contradicted: count,
  not_found: count,
  edited: count,
  removed: count,
  abstained: z.boolean().default(false),
  unchecked: z.string().optional(),
});

/** Claims by verdict and what was done about them, for each arm that checks. */
export function checkTable(arms: readonly Answers[]): Table {
  return {
    title: "fact-check on select: claims by verdict, and what became of the answers",
    columns: [
      "arm",
      "answers",
      "claims",
      "supported",
      "contradicted",
      "not found",
      "support rate",
      "edits",
      "removed",
      "abstained",
      "unchecked",
    ],
    rows: arms.flatMap(({ name, rows }) => {
      const notes = rows.flatMap((row) => note.safeParse(row.notes?.["fact_check"]).data ?? []);
      if (notes.length === 0) return [];
      const sum = (key: "claims" | "supported" | "contradicted" | "not_found" | "edited" | "removed") =>
        notes.reduce((total, one) => total + one[key], 0);
      const claims = sum("claims");
      const rate = claims === 0 ? null : sum("supported") / claims;
      const withdrawn = notes.filter(({ abstained, claims }) => abstained && claims > 0).length;
      const unchecked = notes.filter((one) => one.unchecked !== undefined).length;
      return [
        [
          name,
          rows.length,
          claims,
          sum("supported"),
          sum("contradicted"),
          sum("not_found"),
          rate,
          sum("edited"),
          sum("removed"),
          withdrawn,
          unchecked,
        ],
      ];
    }),
  };
}

/**
 * The primary scorer's mean over all answers, in which to abstain counts as it is scored, and over those that do not abstain; for arms that
 * check, right answers broken and wrong ones mended, by case, against the same arm without the check; and what an answer took.
 */
export function answersTable(arms: readonly Answers[], primary: string, abstain: string): Table {
  return {
    title: `answers on select with and without the check; ${primary} of ${RIGHT} or more is right`,
    columns: ["arm", "n", `${primary} over all`, `${primary} when answered`, "answered", "broken", "mended", "against", "tokens", "calls"],
    rows: arms.flatMap(({ name, rows, unchecked }) => {
      const values = valuesOf(rows, primary);
      if (rows.length === 0) return [];
      const given = rows.filter((row) => row.error === undefined && !abstains(row.answer, abstain));
      const before = valuesOf(unchecked?.rows ?? [], primary);
      const pairs = [...values].flatMap(([id, value]) => (before.has(id) ? [[before.get(id) ?? 0, value] as const] : []));
      const broken = pairs.filter(([was, is]) => was >= RIGHT && is < RIGHT).length;
      const mended = pairs.filter(([was, is]) => was < RIGHT && is >= RIGHT).length;
      const each = (value: (row: Answered) => number): number =>
        Math.round((10 * rows.reduce((sum, row) => sum + value(row), 0)) / rows.length) / 10;
      return [
        [
          name,
          values.size,
          mean([...values.values()]),
          mean([...valuesOf(given, primary).values()]),
          given.length / rows.length,
          ...(unchecked === undefined ? [null, null, null] : [broken, mended, `${unchecked.name} (${pairs.length})`]),
          Math.round(each(({ usage }) => usage.in + usage.out)),
          each(({ calls }) => calls),
        ],
      ];
    }),
  };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, each) => sum + each, 0) / values.length;
}
