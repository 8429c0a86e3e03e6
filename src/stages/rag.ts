import { z } from "zod";
import { defineStage } from "../plugin.ts";
import { withPassages } from "../program/render.ts";
import type { Program } from "../types.ts";
import { combinations, oneOrMore } from "../grid.ts";

/** What a program retrieves that was never fitted: five passages of 160 tokens. */
const DEFAULT: Retrieval = { top_k: 5, size: 160, overlap: 30 };

/** What `cite` adds to the system template. */
const CITE = "Cite the passage that holds the answer as [n].";

/**
 * Rung 3: a retrieval step before the model call. Documents are cut into chunks, embedded, and the top k chunks by cosine are
 * shown as numbered passages in the user message, so that the answer can cite them. Sizes and top k are raced.
 */
const rag = defineStage({
  name: "rag",
  about: "shows passages found in the knowledge; races how many and how large",
  options: z.strictObject({
    top_k: oneOrMore(z.int().min(1).max(50)).default([3, 5]).describe("how many passages are shown"),
    size: oneOrMore(z.int().min(20).max(2000)).default([DEFAULT.size]).describe("chunk size in tokens"),
    overlap: z.int().min(0).max(500).default(DEFAULT.overlap).describe("tokens that neighbouring chunks share"),
    cite: z.boolean().default(false).describe("also ask for the number of the passage that holds the answer, as [n]"),
    heading: z.string().default("Passages:").describe("the line above the passages, where the user template has no {{passages}}"),
  }),
  needs: ["knowledge"],
  changes: ["knowledge"],
  treats: ["missing knowledge", "wrong retrieval"],

  arms: (options) => options.top_k.length * options.size.length,

  async fit(program, options, lab) {
    const arms = combinations({ top_k: options.top_k, size: options.size }).map(({ top_k, size }) => ({
      name: `top ${top_k} of ${size} tokens`,
      program: withRetrieval(
        options.cite ? { ...program, system: `${program.system}\n${CITE}`.trim() } : program,
        { top_k, size, overlap: Math.min(options.overlap, size - 1) },
        options.heading,
      ),
    }));
    return (await lab.race([{ name: "as it was", program }, ...arms])).winner.program;
  },

  async before(turn, options, lab) {
    const { top_k, size, overlap } = firstOf(options);
    const passages = await lab.search({ size, overlap }, turn.queries, top_k);
    return { ...turn, passages, retrieved: true };
  },
});
export default rag;

/** Options of a retrieval step in a program. */
export interface Retrieval {
  readonly top_k: number;
  readonly size: number;
  readonly overlap: number;
}

/** The program with this retrieval step (instead of the one it had), and a place for passages in its user template. */
function withRetrieval(program: Program, retrieval: Retrieval, heading?: string): Program {
  const step = { use: rag.name, with: { ...retrieval } };
  const others = program.steps.filter((other) => other.use !== rag.name);
  return withPassages({ ...program, steps: [...others, step] }, heading);
}

/** The program as it is when it retrieves, else with the rung's default retrieval. */
export function retrieving(program: Program): Program {
  return retrievalOf(program) === undefined ? withRetrieval(program, DEFAULT) : program;
}

/** The retrieval step of a program; undefined where it has none. */
export function retrievalOf(program: Program): Retrieval | undefined {
  const step = program.steps.find((other) => other.use === rag.name);
  if (step === undefined) return undefined;
  return firstOf(rag.options.parse(step.with));
}

/** In a program each option has one value. */
function firstOf({
  top_k,
  size,
  overlap,
}: {
  readonly top_k: readonly number[];
  readonly size: readonly number[];
  readonly overlap: number;
}): Retrieval {
  return { top_k: top_k[0] ?? DEFAULT.top_k, size: size[0] ?? DEFAULT.size, overlap };
}
