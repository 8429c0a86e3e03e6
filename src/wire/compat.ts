/** How compatible servers differ in the names of parameters, as data. */
import { suggest, UserError } from "../errors.ts";
import type { Json } from "../types.ts";
import type { RerankDialect } from "./rerank.ts";

export interface Compat {
  /** What the limit on new tokens is called; null sends the name that the experiment wrote. */
  readonly maxTokens: "max_tokens" | "max_completion_tokens" | null;
  readonly seed: "seed" | "random_seed";
  /** Parameters that the server refuses, or takes and ignores; they are left out and the user is told. */
  readonly omit: readonly string[];
  /** With these values nothing is left out. */
  readonly unless?: Readonly<Record<string, Json>>;
  /** Header that takes the key besides the bearer token. */
  readonly keyHeader?: string;
  /** Whether it is known to honour `response_format` with a JSON Schema. */
  readonly jsonSchema?: boolean;
  /** How it is asked to rerank; "documents" by default. */
  readonly rerank?: RerankDialect;
}

const sampling = ["temperature", "top_p", "logprobs", "top_logprobs", "presence_penalty", "frequency_penalty", "logit_bias"];

export const COMPAT: Readonly<Record<string, Compat>> = {
  // Sends everything as the experiment wrote it.
  generic: { maxTokens: null, seed: "seed", omit: [] },
  openai: { maxTokens: "max_completion_tokens", seed: "seed", omit: [], jsonSchema: true },
  // gpt-5, gpt-6 and o-series answer 400 to sampling parameters unless they do not reason (OpenAI, deployment checklist).
  "openai-reasoning": {
    maxTokens: "max_completion_tokens",
    seed: "seed",
    omit: sampling,
    unless: { reasoning_effort: "none" },
    jsonSchema: true,
  },
  azure: { maxTokens: "max_completion_tokens", seed: "seed", omit: [], keyHeader: "api-key", jsonSchema: true },
  // `user` is ignored (vllm protocol.py).
  vllm: { maxTokens: "max_tokens", seed: "seed", omit: ["user"], jsonSchema: true },
  // max_completion_tokens and n are silently dropped (ollama openai/openai.go), which makes the output unbounded.
  ollama: { maxTokens: "max_tokens", seed: "seed", omit: ["n"], jsonSchema: true },
  // Builds of 2025 ignore max_completion_tokens and answer 500 to n > 1.
  llamacpp: { maxTokens: "max_tokens", seed: "seed", omit: [], jsonSchema: true },
  lmstudio: { maxTokens: "max_tokens", seed: "seed", omit: [], jsonSchema: true },
  // 400 on each of these (console.groq.com/docs/openai).
  groq: { maxTokens: "max_completion_tokens", seed: "seed", omit: ["logprobs", "top_logprobs", "logit_bias", "n"] },
  // 422 extra_forbidden on max_completion_tokens, store and seed.
  mistral: { maxTokens: "max_tokens", seed: "random_seed", omit: ["store"] },
  together: { maxTokens: "max_tokens", seed: "seed", omit: [] },
  // Hugging Face text-embeddings-inference: embeddings and reranking, no chat.
  tei: { maxTokens: null, seed: "seed", omit: [], rerank: "texts" },
  fireworks: { maxTokens: "max_tokens", seed: "seed", omit: [], jsonSchema: true },
};

/** The preset of that name, or an error that names the nearest ones. */
export function compatOf(name: string, where: string): Compat {
  const compat = COMPAT[name];
  if (compat === undefined) throw new UserError(`${where}: unknown compat "${name}"; ${suggest(name, Object.keys(COMPAT))}`);
  return compat;
}

/** The parameters under the names that the server knows, and those that were left out. */
export function adapt(params: Readonly<Record<string, Json>>, compat: Compat): { sent: Record<string, Json>; omitted: string[] } {
  const sent: Record<string, Json> = {};
  const omitted: string[] = [];
  const keepAll = Object.entries(compat.unless ?? {}).some(([name, value]) => params[name] === value);
  for (const [name, value] of Object.entries(params)) {
    if (!keepAll && compat.omit.includes(name)) omitted.push(name);
    else sent[nameIn(compat, name)] = value;
  }
  return { sent, omitted };
}

function nameIn(compat: Compat, name: string): string {
  if (name === "max_tokens" || name === "max_completion_tokens") return compat.maxTokens ?? name;
  return name === "seed" ? compat.seed : name;
}
