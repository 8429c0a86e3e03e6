/** Ways to show demonstrations, and the programs that show them so. */
import { combinations } from "../../grid.ts";
import { inputReader } from "../../program/render.ts";
import type { Demo, Json, Lab, Program } from "../../types.ts";
import type { Options, Source } from "./options.ts";
import { type Orders, ordersOf } from "./sets.ts";

/** As experiments and programs have it. */
export const NAME = "few-shot";

/** One way to show demonstrations. */
export interface Way {
  readonly choose: Options["choose"][number];
  readonly k: number;
  readonly source: Source;
  readonly order: Options["order"][number];
  readonly mmr: number;
}

/** As races and reports name it; what most ways have in common is left out. */
export function nameOf({ choose, k, source, order, mmr }: Way): string {
  if (k === 0) return "none";
  const details = [source, order, mmr === 1 || choose !== "nearest" ? "" : `mmr ${mmr}`];
  return [`${choose} ${k}`, ...details.filter((detail) => detail !== "" && detail !== "gold" && detail !== "best-last")].join(", ");
}

/** How many with how they are chosen, in all combinations; the rest as the lists have it first. */
export function firstWays({ choose, k, order, mmr }: Options, source: Source): readonly Way[] {
  const [first, likeness] = [order[0] ?? "best-last", mmr[0] ?? 1];
  return distinct(combinations({ choose, k }).map((pair) => ({ ...pair, source, order: first, mmr: likeness })));
}

/** The way with one thing changed: whose answers, in which order, how varied neighbours are. */
export function changesOf(way: Way, { order, mmr }: Options, sources: readonly Source[]): readonly Way[] {
  if (way.k === 0) return [];
  const changed = [
    ...sources.map((source) => ({ ...way, source })),
    ...order.map((order) => ({ ...way, order })),
    ...(way.choose === "nearest" ? mmr.map((mmr) => ({ ...way, mmr })) : []),
  ];
  return distinct(changed).filter((one) => nameOf(one) !== nameOf(way));
}

/** How many ways both give at the most. */
export function mostWays({ choose, k, source, order, mmr }: Options): number {
  const sizes = new Set(k);
  const [none, shown] = [sizes.has(0) ? 1 : 0, sizes.difference(new Set([0])).size];
  const others = (values: readonly unknown[]) => new Set(values).size - 1;
  const changes = others(source) + others(order) + (choose.includes("nearest") ? others(mmr) : 0);
  return none + (shown === 0 ? 0 : shown * new Set(choose).size + changes);
}

function distinct(ways: readonly Way[]): readonly Way[] {
  return [...new Map(ways.map((way) => [nameOf(way), way])).values()];
}

/** The bank is embedded before any question is asked, so that an embedder that does not work says so itself. */
export async function drawnFrom(bank: readonly Demo[], program: Program, { choose, k }: Options, lab: Lab): Promise<Orders> {
  const compared = Math.max(...k) > 0 && (choose.includes("nearest") || choose.includes("diverse"));
  const vectors = compared ? await lab.embed(bank.map(inputReader(program))) : [];
  return ordersOf(bank, choose.includes("diverse") ? vectors : [], Math.max(...k), () => lab.random());
}

/** The program that shows demonstrations in this way. Those that `nearest` falls back to are its own, and the bank is in its step. */
export function programOf(program: Program, way: Way, bank: readonly Demo[], drawn: Orders | undefined, options: Options): Program {
  const { choose, k, order, mmr } = way;
  const bare = withoutNearest(program);
  const demos = inOrder((drawn?.[choose === "nearest" ? "balanced" : choose] ?? []).slice(0, k), order);
  if (choose !== "nearest" || k === 0) return { ...bare, demos };
  const { max_distance, per_answer } = options;
  const pool: Json = bank.map((one) => ({ ...one }));
  const how = { k, choose, order, mmr, max_distance, ...(per_answer === undefined ? {} : { per_answer }), pool };
  return { ...bare, demos, steps: [...bare.steps, { use: NAME, with: how }] };
}

/** The program without the step that chooses demonstrations for each question. */
export function withoutNearest(program: Program): Program {
  return { ...program, steps: program.steps.filter((step) => step.use !== NAME) };
}

/** Of demonstrations, best first. */
export function inOrder(demos: readonly Demo[], order: Way["order"] = "best-last"): readonly Demo[] {
  return order === "best-last" ? demos.toReversed() : demos;
}
