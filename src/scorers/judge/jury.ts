/** Several judges, or one asked several times, made into one score. */
import { z } from "zod";
import type { Json, Score, ScoreLab } from "../../types.ts";
import { isOfOneCall, jurorOf, Unreadable, worst, type Juror } from "./juror.ts";

/** Parameters of a request that are not for an experiment to set. */
const OWN = ["model", "messages", "stream", "n", "response_format"];

/** Options that every judge has. */
export const juryOptions = {
  judges: z
    .array(z.string().regex(/^(?:judge|task|writer|[^/\s]+\/\S.*)$/u, "write endpoint/model-id, or judge, task or writer"))
    .min(1)
    .max(20)
    .refine((all) => new Set(all).size === all.length, "names a judge twice; to ask one several times use votes")
    .default(["judge"])
    .describe("models that judge, each by itself: endpoint/model-id, or a role"),
  votes: z.int().min(1).max(20).default(1).describe("how often each judge is asked"),
  combine: z.enum(["mean", "median", "majority"]).default("mean").describe("how ratings make a value; majority: the most frequent one"),
  quorum: z.int().min(1).optional().describe("ratings that are enough where others cannot be had; all of them by default"),
  params: z
    .record(z.string(), z.json())
    .refine((given) => !OWN.some((name) => Object.hasOwn(given, name)), `holds what llmopt sets itself: ${OWN.join(", ")}`)
    .default({})
    .describe("parameters of the requests to judges, such as temperature"),
};

export interface JuryOptions {
  readonly judges: readonly string[];
  readonly votes: number;
  readonly combine: "mean" | "median" | "majority";
  readonly quorum?: number | undefined;
  readonly params: Readonly<Record<string, Json>>;
}

/** What one judge finds: a value 0..1, or that there is nothing to judge. */
export type Opinion = { readonly value: number; readonly why: string } | { readonly skipped: string };

/** How many ratings are asked for. */
export function seatsOf({ judges, votes }: Pick<JuryOptions, "judges" | "votes">): number {
  return judges.length * votes;
}

/** The models that rate. */
export function judgesOf({ judges }: Pick<JuryOptions, "judges">): readonly string[] {
  return judges;
}

/** Refuses a quorum that can never be reached. */
export function checkQuorum(options: JuryOptions, context: z.RefinementCtx): void {
  const seats = seatsOf(options);
  if (options.quorum !== undefined && options.quorum > seats)
    context.addIssue({ code: "custom", path: ["quorum"], message: `is more than the ${seats} ratings that judges and votes make` });
}

/**
 * The score of what `rate` finds with each judge in each of its votes. Replies that cannot be read make an error, unless `quorum`
 * ratings are there without them. A fault of an endpoint is thrown, unless it is of one call and the quorum is there without it.
 */
export async function judged(options: JuryOptions, lab: ScoreLab, rate: (juror: Juror) => Promise<Opinion>): Promise<Score> {
  const seats = options.judges.flatMap((judge) => Array.from({ length: options.votes }, (_, vote) => ({ judge, vote })));
  const settled = await Promise.allSettled(
    seats.map(async ({ judge, vote }) => ({ judge, ...(await rate(jurorOf(judge, vote, options.params, lab))) })),
  );
  const faults: unknown[] = settled.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  const opinions = settled.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const needed = options.quorum ?? seats.length;
  if (opinions.length < needed || !faults.every(isOfOneCall)) {
    const fault = worst(faults);
    if (!(fault instanceof Unreadable)) throw fault;
    const few = seats.length === 1 ? "" : `${opinions.length} of ${seats.length} ratings can be used and ${needed} are needed: `;
    return { error: `${few}${fault.message}` };
  }
  const ratings = opinions.filter((opinion) => "value" in opinion);
  const skips = opinions.filter((opinion) => "skipped" in opinion);
  const [first] = skips;
  // Where half of the judges find nothing to judge, what the others rate is not the same thing.
  if (first !== undefined && skips.length >= ratings.length) return { skipped: first.skipped };
  const [only] = ratings;
  if (seats.length === 1 && only !== undefined) return { value: only.value, why: brief(only.why) };
  const values = ratings.map((rating) => rating.value);
  const value = combined(values, options.combine);
  return { value, why: reasonsOf(ratings, value, seats.length), votes: values };
}

function combined(values: readonly number[], how: JuryOptions["combine"]): number {
  // Sorted, so that the order of votes does not change even the last digit.
  const sorted = values.toSorted((a, b) => a - b);
  if (how === "mean") return mean(sorted);
  if (how === "median") return mean(sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1));
  const times = (value: number): number => sorted.filter((other) => other === value).length;
  const most = Math.max(...sorted.map(times));
  return mean([...new Set(sorted)].filter((value) => times(value) === most));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

interface Rating {
  readonly judge: string;
  readonly value: number;
  readonly why: string;
}

/** All ratings, the reason of the one nearest to the value, and of the one farthest from it where they differ. */
function reasonsOf(ratings: readonly Rating[], value: number, seats: number): string {
  const [nearest, ...others] = ratings.toSorted((a, b) => Math.abs(a.value - value) - Math.abs(b.value - value));
  const farthest = others.at(-1);
  const list = ratings.map((rating) => short(rating.value)).join(", ");
  const missing = seats === ratings.length ? "" : ` (${seats - ratings.length} of ${seats} are missing)`;
  const dissent =
    farthest === undefined || farthest.value === nearest?.value
      ? ""
      : `; ${farthest.judge} dissents with ${short(farthest.value)}: ${brief(farthest.why)}`;
  return `ratings ${list}${missing}: ${brief(nearest?.why ?? "")}${dissent}`;
}

function short(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

/** Judges' reasons are kept with every answer of a run. */
function brief(why: string): string {
  return why.length > 400 ? `${why.slice(0, 400).toWellFormed()}…` : why;
}
