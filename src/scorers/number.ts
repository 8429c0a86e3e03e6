import { z } from "zod";
import { defineScorer } from "../plugin.ts";
import { acceptedAnswers, quote } from "./accepted.ts";
import { numbersIn } from "./numerals.ts";

/**
 * 1 when the number in the answer is the expected one within `tolerance` (absolute) or `relative` (share of the expected number),
 * else 0. Of several numbers the last counts, as a worked answer ends with its result; `pick` says otherwise. Units are not
 * looked at. An expected answer without a number is an error.
 *
 *     { "id": "m-4", "question": "What does the yearly plan cost?", "expected": "1,188.00 EUR" }
 *     answer "12 months at 99 EUR are 1188 EUR [2]." -> 1    answer "99 EUR a month" -> 0
 */
export default defineScorer({
  name: "number",
  about: "1 when the number in the answer is the expected one within a tolerance",
  axis: "context",
  options: z.strictObject({
    tolerance: z.number().min(0).default(0).describe("absolute difference that is still right"),
    relative: z.number().min(0).max(1).default(0).describe("difference that is still right, as a share of the expected number"),
    pick: z.enum(["last", "first", "any"]).default("last").describe("which of several numbers in the answer counts"),
    decimal: z.enum(["auto", "point", "comma"]).default("auto").describe("the decimal separator of the answers"),
  }),

  score({ answer }, kase, { tolerance, relative, pick, decimal }) {
    const accepted = acceptedAnswers(kase);
    if ("error" in accepted) return accepted;
    const wanted = accepted.map((text) => numbersIn(text, decimal).at(-1));
    const usable = wanted.filter((number) => number !== undefined);
    if (usable.length < wanted.length) return { error: "the expected answer holds no number" };
    const found = numbersIn(answer, decimal);
    const given = pick === "any" ? found : found.slice(pick === "last" ? -1 : 0).slice(0, 1);
    // A billionth on top, because 0.1 + 0.2 is not 0.3 in binary.
    const near = (a: number, b: number): boolean => Math.abs(a - b) <= Math.max(tolerance, relative * Math.abs(b)) + 1e-9 * Math.abs(b);
    if (given.some((a) => usable.some((b) => near(a, b)))) return { value: 1 };
    if (given.length === 0) return { value: 0, why: `no number in ${quote(answer)}` };
    return { value: 0, why: `${given.join(", ")} is not ${usable.join(" or ")}` };
  },
});
