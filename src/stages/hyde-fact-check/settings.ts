/** One value for each option: how a program writes hypothetical passages, and how it checks its answers. Pure. */
import { combinations } from "../../grid.ts";
import type { Json } from "../../types.ts";
import { type Options, PROMPTS } from "./options.ts";

/** A way to search with hypothetical passages. */
export interface Hyde {
  readonly combine: "mean" | "fused";
  readonly documents: number;
  readonly temperature: number | "default";
  readonly prompt: string;
  readonly query_weight: number;
  readonly below: number | "always";
  readonly max_tokens?: number | undefined;
}

/** A way to check an answer. */
export interface Check {
  readonly evidence: number;
  readonly edit: boolean;
  readonly decompose: boolean;
  readonly abstain: string;
}

/** All ways that the options name, the first values of all lists first. */
export function hydesOf(options: Options): readonly Hyde[] {
  const {
    combine = ["mean", "fused"],
    documents = [1],
    temperature = ["default"],
    prompt = ["web"],
    query_weight = [1],
    below = ["always"],
    max_tokens,
  } = options;
  const all = combinations({ prompt, temperature, documents, below, query_weight, combine });
  const ways = all.map((way): Hyde => ({ ...way, ...(max_tokens === undefined ? {} : { max_tokens }) }));
  return [...new Map(ways.map((way) => [JSON.stringify(way), way])).values()];
}

export function checkOf({ evidence = 3, edit = true, decompose = true, abstain = "I don't know" }: Options): Check {
  return { evidence, edit, decompose, abstain };
}

/** What the writer is asked for; the name of one of the paper's tasks stands for its instruction. */
export function templateOf(prompt: string): string {
  return Object.hasOwn(PROMPTS, prompt) ? PROMPTS[prompt as keyof typeof PROMPTS] : prompt;
}

/** What a program's step keeps: which of the two it does, and of its options those that have a say in it. */
export function stepOf(hyde: Hyde | undefined, check: Check | undefined): Readonly<Record<string, Json>> {
  const part = hyde === undefined ? "fact-check" : check === undefined ? "hyde" : "both";
  return { parts: part, ...(hyde === undefined ? {} : { ...hyde }), ...(check === undefined ? {} : { ...check }) } as Readonly<
    Record<string, Json>
  >;
}

/** The two ways of a step, where each option has one value. */
export function partsOf(options: Options): { readonly hyde: Hyde | undefined; readonly check: Check | undefined } {
  const [part] = options.parts;
  return { hyde: part === "fact-check" ? undefined : hydesOf(options)[0], check: part === "hyde" ? undefined : checkOf(options) };
}

/** What tells the way from the others, in words; always how it combines. */
export function nameOf(way: Hyde, ways: readonly Hyde[]): string {
  const differ = (key: keyof Hyde): boolean => ways.some((other) => other[key] !== way[key]);
  const prompts = [...new Set(ways.map(({ prompt }) => prompt))];
  return [
    `hyde ${way.combine}`,
    ...(differ("documents") ? [`${way.documents} ${way.documents === 1 ? "passage" : "passages"}`] : []),
    ...(differ("temperature") ? [`temperature ${way.temperature}`] : []),
    ...(differ("prompt") ? [Object.hasOwn(PROMPTS, way.prompt) ? way.prompt : `prompt ${prompts.indexOf(way.prompt) + 1}`] : []),
    ...(differ("query_weight") ? [`question × ${way.query_weight}`] : []),
    ...(differ("below") ? [way.below === "always" ? "always" : `below ${way.below}`] : []),
  ].join(" · ");
}
