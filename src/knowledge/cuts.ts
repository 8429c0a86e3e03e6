/** How the rungs of a ladder cut the documents. */
import { z } from "zod";
import type { Cut } from "../types.ts";

/** How documents are cut where no rung says it. */
export const CUT: Cut = { chunker: "markdown", size: 160, overlap: 16 };

/** The ways of cutting that rungs name by their options, the first rung's first; of a rung without any size none, of a ladder `CUT`. */
export function cutsIn(ladder: readonly { readonly options: Readonly<Record<string, unknown>> }[]): readonly [Cut, ...Cut[]] {
  const [first = CUT, ...rest] = ladder.flatMap(({ options }) => cutsOf(options));
  return [first, ...rest];
}

function cutsOf(options: Readonly<Record<string, unknown>>): readonly Cut[] {
  const read = cutting.safeParse(options).data;
  if (read === undefined) return [];
  const { chunker, overlap } = read;
  return read.size.map((size) => ({ chunker, size, overlap: Math.min(overlapOf(overlap, size), size - 1) }));
}

/** Tokens that neighbouring chunks share; "auto" is a tenth of the size. */
export function overlapOf(overlap: number | "auto", size: number): number {
  return overlap === "auto" ? Math.floor(size / 10) : overlap;
}

/** How a rung cuts; of lists, which open arms, the first chunker and overlap. */
const cutting = z.object({
  chunker: first(z.string()),
  size: z.union([z.int().positive(), z.array(z.int().positive())]).transform((given) => [given].flat()),
  overlap: first(z.union([z.int(), z.literal("auto")])).catch(0),
});

function first<T>(value: z.ZodType<T>) {
  return z.union([value, z.tuple([value], z.unknown()).transform(([one]) => one)]);
}
