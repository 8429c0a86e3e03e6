/** What can be raced, and what a step has of it. */
import { z } from "zod";
import { oneOrMore } from "../../grid.ts";

const demo = z.strictObject({ id: z.string(), fields: z.record(z.string(), z.string()), answer: z.string() });
const choices = ["nearest", "balanced", "diverse", "random"] as const;
/**
 * gold: train cases with their expected answers · bootstrapped: with the program's own answers that score full, reasoning and all ·
 * hard: gold ones that the program fails.
 */
const sources = ["gold", "bootstrapped", "hard"] as const;
export type Source = (typeof sources)[number];
const orders = ["best-last", "best-first"] as const;

/** Train cases that a bank holds at the most. */
export const LARGEST = 20_000;

export const options = z.strictObject({
  k: oneOrMore(z.int().min(0).max(500)).default([4, 10, 20]).describe("how many demonstrations; 0 shows none"),
  choose: oneOrMore(z.enum(choices))
    .default([...choices])
    .describe("nearest: most like each question; balanced: in turn over the answers; diverse: so, typical and unlike each other; random"),
  source: oneOrMore(z.enum(sources))
    .default([...sources])
    .describe("gold: expected answers; bootstrapped: the program's own answers that are right; hard: expected ones where it is wrong"),
  order: oneOrMore(z.enum(orders))
    .default([...orders])
    .describe("where the demonstration stands that is nearest, or was chosen first"),
  mmr: oneOrMore(z.number().min(0).max(1))
    .default([0.7, 1])
    .describe("nearest: weight of likeness to the question against variety; 1: likeness alone"),
  max_distance: z
    .number()
    .min(0)
    .max(2)
    .default(1)
    .describe("nearest: cosine distance from which on a demonstration is not shown; without any, the balanced ones are"),
  per_answer: z
    .int()
    .min(1)
    .optional()
    .describe("nearest: demonstrations with the same answer at the most; half of k where answers are labels"),
  bank: z
    .union([z.int().min(1).max(LARGEST), z.strictObject({ per_answer: z.int().min(1).max(LARGEST) })])
    .default(2000)
    .describe("train cases that demonstrations are chosen from at the most; { per_answer: 10 }: so many of each expected answer"),
  verify: z.int().min(0).default(100).describe("train cases that the program answers to find bootstrapped and hard ones, at the most"),
  threshold: z.number().min(0).max(1).default(1).describe("score from which on an answer of the program is right"),
  pool: z.array(demo).optional().describe("what `nearest` chooses from; filled in by the rung"),
});

export type Options = z.output<typeof options>;
