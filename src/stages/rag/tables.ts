/** What the rung tells of retrieval, apart from answers. */
import { meanInterval } from "../../stats/bootstrap.ts";
import { seeded } from "../../stats/random.ts";
import type { Arm, Case, Lab, Table } from "../../types.ts";
import { keyOf } from "./grid.ts";
import { nameOf, namesOf } from "./names.ts";
import type { Lists, Settings } from "./settings.ts";
import { qualityOf, WHOLE, type Measured, type Sweep } from "./sweep.ts";

/** Every way to search that was measured, best first, with the incumbent's where it retrieves. */
export function sweepTable(
  { measured, whole }: Sweep,
  raced: readonly Settings[],
  { lists, cases, before }: { readonly lists: Lists; readonly cases: readonly Case[]; readonly before: Measured | undefined },
): Table {
  const k = lists.top_k[0] ?? 0;
  const keys = new Set(raced.map(keyOf));
  const all = measured.map(({ settings }) => settings);
  // However many of the passages are shown afterwards, so many were looked at.
  const names = all.length > 1 ? namesOf(all) : all.map((settings) => nameOf(settings, ["size", "search"]));
  const how = whole ? "" : `, by coordinate descent since there are more than ${WHOLE}`;
  const row = (name: string, { recall, ndcg, tokens }: Measured, fate: string) => [
    name,
    recall,
    ndcg,
    cases.length,
    Math.round(tokens),
    fate,
  ];
  return {
    title: `retrieval on select, no model asked: ${measured.length} ${measured.length === 1 ? "way" : "ways"} to search on ${cases.length} cases with sources${how}`,
    columns: ["arm", `recall@${k}`, `nDCG@${k}`, "n", "tokens shown", "then"],
    rows: [
      ...(before === undefined ? [] : [row("as it was", before, "incumbent")]),
      ...measured.map((one, i) => row(names[i] ?? "", one, keys.has(keyOf(one.settings)) ? "raced" : "left")),
    ],
  };
}

/**
 * How well the passages that arms showed with their answers hold the cases' sources, with 95 % intervals; over the cases that an arm was
 * answered on. Asks for nothing new.
 */
export async function shownTable(arms: readonly Arm[], cases: readonly Case[], lab: Pick<Lab, "answer" | "missing">): Promise<Table> {
  const rows: Table["rows"][number][] = [];
  for (const { name, program } of arms) {
    const there = cases.filter((kase) => lab.missing(program, [kase]) === 0);
    const answered = new Map((await lab.answer(program, there)).map((row) => [row.case, row]));
    const found = there.flatMap((kase) => {
      const row = answered.get(kase.id);
      const quality = row?.retrieved === true ? qualityOf(row.passages, kase) : undefined;
      return quality === undefined ? [] : [{ ...quality, cluster: kase.group ?? kase.id }];
    });
    if (found.length === 0) continue;
    const clusters = found.map(({ cluster }) => cluster);
    for (const measure of ["recall", "ndcg"] as const) {
      const { mean, low, high } = meanInterval(
        found.map((one) => one[measure]),
        { random: seeded(`${name} ${measure}`), clusters },
      );
      rows.push([name, measure === "recall" ? "recall" : "nDCG", mean, low, high, found.length]);
    }
  }
  return { title: "sources among the passages shown, on select", columns: ["arm", "measure", "mean", "low", "high", "n"], rows };
}
