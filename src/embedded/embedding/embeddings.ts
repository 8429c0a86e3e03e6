/** POST /embeddings. */
import { z } from "zod";
import { tokensWithin } from "../chat/completion-request.ts";
import { defaultDimensions, embed } from "./embed.ts";
import type { Lexicon } from "../text/text.ts";
import { Fault, json, notFound, parse } from "../wire.ts";

const text = z.string("must be text; token numbers mean nothing to the embedded engine").min(1, "must not be empty");
const wanted = "must be a whole number, 256 to 4096";
const body = z.looseObject({
  model: z.string("must name a model"),
  input: z.preprocess(
    (input) => (typeof input === "string" ? [input] : input),
    z.array(text, "must be a text or a list of texts").min(1, "must hold a text").max(2048, "must hold at most 2048 texts"),
  ),
  dimensions: z.int(wanted).min(256, wanted).max(4096, wanted).nullish(),
  encoding_format: z.enum(["float", "base64"], 'must be "float" or "base64"').nullish(),
});

/** Vectors as lists of numbers, or as base64 of 32-bit floats, little-endian, which the official client asks for by itself. */
export function createEmbeddings(lexicon: Lexicon): (body: unknown) => Response {
  return (raw) => {
    const { model, input, dimensions, encoding_format: encoding } = parse(body, raw);
    if (model === "reader" || model.startsWith("ft:"))
      throw new Fault(400, `model: "${model}" chats and makes no embeddings; "lexical" does`, "model");
    if (model !== "lexical") throw notFound("model", model, 'embeddings are made by "lexical"');
    const total = input.reduce((sum, one, i) => sum + tokensWithin([one], input.length === 1 ? "input" : `input.${i}`), 0);
    const data = input.map((one, index) => {
      const vector = embed(lexicon.read(one), dimensions ?? defaultDimensions);
      return { object: "embedding", index, embedding: encoding === "base64" ? base64Of(vector) : vector };
    });
    return json({ object: "list", model, data, usage: { prompt_tokens: total, total_tokens: total } });
  };
}

function base64Of(vector: ArrayLike<number>): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (let i = 0; i < vector.length; i++) bytes.writeFloatLE(vector[i] ?? 0, i * 4);
  return bytes.toString("base64");
}
