/** What an answer with status 200 must be before it is used or kept. */
import { z } from "zod";
import type { FaultKind } from "../errors.ts";
import { excerpt } from "./faults.ts";

export interface Usage {
  /** Tokens; `cached` and `written` are the parts of `in` that the endpoint read from and wrote to its own prompt cache. */
  readonly in: number;
  readonly out: number;
  readonly cached: number;
  readonly written: number;
}

/** What an answer holds, or why it cannot be used. */
export type Checked<T> = { readonly value: T } | { readonly kind: FaultKind; readonly what: string; readonly usage?: Usage | undefined };

export interface Completion {
  /** What the model says; where it only calls tools, those calls as a JSON list of `{ name, arguments }`. */
  readonly text: string;
  /** The limit on tokens ended the answer. */
  readonly cut: boolean;
  /** Undefined when the endpoint does not say. */
  readonly usage: Usage | undefined;
}

export interface Embeddings {
  /** In the order of the texts; all of one length, finite, none of them zero. */
  readonly vectors: readonly (readonly number[])[];
  readonly usage: Usage | undefined;
}

const count = z.number().int().min(0);
const usage = z
  .looseObject({
    prompt_tokens: count,
    completion_tokens: count.nullish(),
    prompt_tokens_details: z.looseObject({ cached_tokens: count.nullish(), cache_write_tokens: count.nullish() }).nullish(),
  })
  .transform((given): Usage => ({
    in: given.prompt_tokens,
    out: given.completion_tokens ?? 0,
    cached: given.prompt_tokens_details?.cached_tokens ?? 0,
    written: given.prompt_tokens_details?.cache_write_tokens ?? 0,
  }));
// A usage that makes no sense is treated like none: the answer itself is good.
const usageIfAny = usage.optional().catch(undefined);
/** Of an answer without text of its own; some servers say the total alone. */
export const usageOfTexts = z
  .looseObject({ prompt_tokens: count.optional(), total_tokens: count.optional() })
  .transform((given): Usage | undefined => {
    const used = given.prompt_tokens ?? given.total_tokens;
    return used === undefined ? undefined : { in: used, out: 0, cached: 0, written: 0 };
  })
  .optional()
  .catch(undefined);

const content = z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))]);
const toolCalls = z.array(
  z.union([
    z.looseObject({ function: z.looseObject({ name: z.string().min(1), arguments: z.unknown().optional() }) }),
    z
      .looseObject({ custom: z.looseObject({ name: z.string().min(1), input: z.unknown().optional() }) })
      .transform(({ custom: { name, input } }) => ({ function: { name, arguments: input } })),
  ]),
);
const completion = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        finish_reason: z.string().nullish(),
        message: z.looseObject({
          content: content.nullish(),
          refusal: z.string().nullish(),
          tool_calls: z.array(z.unknown()).nullish(),
        }),
      }),
    )
    .min(1),
  usage: usageIfAny,
});
const numbers = z.array(z.number(), {
  error: ({ input }) => (typeof input === "string" ? "base64, where numbers were asked for" : undefined),
});
const embeddings = z.looseObject({
  data: z.array(z.looseObject({ index: count.nullish(), embedding: numbers.min(1) })).min(1),
  usage: usageOfTexts,
});

/** Reads the body of a chat completion. Empty text is a fault unless the model called a tool, which then is its answer. */
export function checkCompletion(body: string): Checked<Completion> {
  const read = parse(body, completion, "a chat completion");
  if (!("value" in read)) return read;
  const choice = read.value.choices[0];
  const message = choice?.message;
  // A refusal is what the model has to say, and is scored as such.
  const said = textOf(message?.content) || message?.refusal || "";
  const text = said.trim() === "" ? callsOf(message?.tool_calls ?? []) : said;
  const reason = choice?.finish_reason;
  const { usage } = read.value;
  if (reason === "content_filter") return { kind: "content filter", what: "filtered the answer", usage };
  if (text === undefined) return { kind: "parse", what: `gave a tool call without a name, ${excerpt(body)}`, usage };
  if (text === "") {
    if (reason === "length") return { kind: "cut", what: "used up the limit on tokens before the first word of the answer", usage };
    return { kind: "parse", what: `gave an empty answer (finish_reason ${reason ?? "missing"})`, usage };
  }
  return { value: { text, cut: reason === "length", usage } };
}

/** Reads the body of an embeddings answer to a request with `expected` texts; `size` is that of vectors of the same model before. */
export function checkEmbeddings(body: string, expected: number, size?: number): Checked<Embeddings> {
  const read = parse(body, embeddings, "embeddings");
  if (!("value" in read)) return read;
  const { data, usage } = read.value;
  const fault = (what: string) => ({ kind: "parse" as const, what, usage });
  if (data.length !== expected) return fault(`gave ${data.length} vectors for ${expected} texts`);
  const byIndex = new Map(data.map(({ index, embedding }, position) => [index ?? position, embedding]));
  if (byIndex.size < expected || [...byIndex.keys()].some((index) => index >= expected))
    return fault("gave vectors whose indexes do not match the texts");
  const vectors = Array.from({ length: expected }, (_, i) => byIndex.get(i)).filter((vector) => vector !== undefined);
  const wanted = size ?? vectors[0]?.length ?? 0;
  const other = vectors.find((vector) => vector.length !== wanted);
  if (other) return fault(`gave vectors of different lengths, ${wanted} numbers for one text and ${other.length} for another`);
  const zero = vectors.findIndex((vector) => vector.every((x) => x === 0));
  if (zero >= 0) return fault(`gave a vector of only zeros for text ${zero + 1} of ${expected}`);
  return { value: { vectors, usage } };
}

/** Parses a body with a schema, or says what the endpoint gave instead. */
export function parse<T>(body: string, schema: z.ZodType<T>, wanted: string): Checked<T> {
  if (body.trim() === "") return { kind: "parse", what: `gave an empty body, not ${wanted}` };
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { kind: "parse", what: `gave no JSON, but ${excerpt(body)}` };
  }
  const read = schema.safeParse(json);
  if (read.success) return { value: read.data };
  const problem = read.error.issues[0];
  return {
    kind: "parse",
    what: `gave no ${wanted.replace(/^a /, "")} (${problem?.path.join(".")}: ${problem?.message}), but ${excerpt(body)}`,
  };
}

/** The calls as JSON, "" where there is none; undefined where one names no tool. */
function callsOf(given: readonly unknown[]): string | undefined {
  const read = toolCalls.safeParse(given);
  const calls = read.data?.map(({ function: { name, arguments: args } }) => ({ name, arguments: argumentsOf(args) }));
  return calls?.length === 0 ? "" : calls && JSON.stringify(calls);
}

/** Arguments are JSON in a text, but not every endpoint keeps to that, and not every model writes JSON that can be read. */
function argumentsOf(given: unknown): unknown {
  if (typeof given !== "string") return given ?? {};
  if (given.trim() === "") return {};
  try {
    return JSON.parse(given) as unknown;
  } catch {
    return given;
  }
}

function textOf(given: z.output<typeof content> | null | undefined): string {
  if (typeof given === "string") return given;
  return (given ?? []).map((part) => (part.type === "text" ? (part.text ?? "") : "")).join("");
}
