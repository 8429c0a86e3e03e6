/** What hypothetical passages do to retrieval, measured on cases that name their sources. No answer is asked for. */
import { queryOf } from "../../program/render.ts";
import { pairedBootstrap } from "../../stats/bootstrap.ts";
import { seeded } from "../../stats/random.ts";
import type { Case, Lab, Program, Query, Table } from "../../types.ts";
import { retrievalOf } from "../rag/index.ts";
import { qualityOf } from "../rag/sweep.ts";
import { searchedWith, written } from "./hyde.ts";
import { type Hyde, nameOf } from "./settings.ts";

interface Quality {
  readonly recall: number;
  readonly ndcg: number;
}

export interface Measured {
  /** Undefined for the question alone. */
  readonly way: Hyde | undefined;
  /** Of each case, in their order. */
  readonly found: readonly Quality[];
  /** Of the writer, mean of the cases. */
  readonly tokens: number;
}

/** The question alone, then each way, in their order. */
export async function measured(
  program: Program,
  ways: readonly Hyde[],
  cases: readonly Case[],
  lab: Pick<Lab, "ask" | "search">,
): Promise<readonly Measured[]> {
  const retrieval = retrievalOf(program);
  if (retrieval === undefined || cases.length === 0) return [];
  const { top_k, ...retriever } = retrieval;
  const one = async (way: Hyde | undefined): Promise<Measured> => {
    const all = await Promise.all(
      cases.map(async (kase) => {
        const question = queryOf(program, kase);
        const plain: readonly Query[] = [{ texts: [question] }];
        const { texts, tokens } = way === undefined ? { texts: [], tokens: 0 } : await written(question, way, retriever, lab);
        const passages = await lab.search(retriever, way === undefined ? plain : searchedWith(plain, texts, way), top_k);
        return { ...(qualityOf(passages, kase) ?? { recall: 0, ndcg: 0 }), tokens };
      }),
    );
    return { way, found: all, tokens: all.reduce((sum, { tokens }) => sum + tokens, 0) / all.length };
  };
  const results: Measured[] = [];
  for (const way of [undefined, ...ways]) results.push(await one(way));
  return results;
}

/** The way that finds the sources best, by nDCG, then recall, then as they were given. */
export function best(results: readonly Measured[]): Hyde | undefined {
  return ranked(results)[0]?.way;
}

/** Recall and nDCG of the question alone and of the ways, best first, with paired differences to the question and their 95 % intervals. */
export function retrievalTable(results: readonly Measured[], cases: readonly Case[], k: number): Table {
  const ways = results.flatMap(({ way }) => way ?? []);
  const plain = results.find(({ way }) => way === undefined);
  const clusters = cases.map((kase) => kase.group ?? kase.id);
  return {
    title: `retrieval with hypothetical passages on select, ${cases.length} cases with sources, against the question alone`,
    columns: ["searched with", "measure", "mean", "delta", "low", "high", "n", "writer tokens"],
    rows: [...(plain === undefined ? [] : [plain]), ...ranked(results)].flatMap((result) => {
      const name = result.way === undefined ? "the question" : nameOf(result.way, ways);
      return (["recall", "ndcg"] as const).map((key) => {
        const label = `${key === "ndcg" ? "nDCG" : key}@${k}`;
        const row = [name, label, mean(result, key)] as const;
        if (result === plain || plain === undefined) return [...row, null, null, null, cases.length, null];
        const values = (one: Measured) => one.found.map((each) => each[key]);
        const { delta, low, high } = pairedBootstrap(values(plain), values(result), { random: seeded(`${name} ${key}`), clusters });
        return [...row, delta, low, high, cases.length, Math.round(result.tokens)];
      });
    }),
  };
}

function ranked(results: readonly Measured[]): readonly Measured[] {
  return results
    .filter(({ way }) => way !== undefined)
    .toSorted((a, b) => mean(b, "ndcg") - mean(a, "ndcg") || mean(b, "recall") - mean(a, "recall"));
}

function mean({ found }: Measured, key: keyof Quality): number {
  return found.reduce((sum, one) => sum + one[key], 0) / Math.max(1, found.length);
}
