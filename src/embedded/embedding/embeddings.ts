/** POST /embeddings: always arrays of floats, whatever `encoding_format` says. */
import { z } from "zod";
import { defaultDimensions, embed } from "./embed.ts";
import type { Lexicon } from "../text/text.ts";
import { json, notFound, parse } from "../wire.ts";

const body = z.looseObject({
  model: z.string(),
  input: z.union([z.string(), z.array(z.string()).min(1, "must hold a text").max(2048, "must hold at most 2048 texts")]),
  dimensions: z.number().int().min(256, "must be 256 to 4096").max(4096, "must be 256 to 4096").nullish(),
});

export function createEmbeddings(lexicon: Lexicon): (body: unknown) => Response {
  return (raw) => {
    const { model, input, dimensions } = parse(body, raw);
    if (model !== "lexical") throw notFound("model", model);
    const texts = (typeof input === "string" ? [input] : input).map((text) => lexicon.read(text));
    const total = texts.reduce((sum, text) => sum + text.words.length, 0);
    return json({
      object: "list",
      model,
      data: texts.map((text, index) => ({ object: "embedding", index, embedding: embed(text, dimensions ?? defaultDimensions) })),
      usage: { prompt_tokens: total, total_tokens: total },
    });
  };
}
