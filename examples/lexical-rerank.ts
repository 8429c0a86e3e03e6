import { defineStage, z } from "llmopt";

/** An outside rung: puts first the passages that share most words with the question. Needs no build; name it under `plugins:`. */
export default defineStage({
  name: "lexical-rerank",
  about: "reorders retrieved passages by the words they share with the question",
  options: z.strictObject({ keep: z.int().min(1).default(3).describe("passages that are shown afterwards") }),
  needs: ["knowledge"],

  async fit(program, options, lab) {
    const reranked = { ...program, steps: [...program.steps, { use: "lexical-rerank", with: options }] };
    return (
      await lab.race([
        { name: "as it was", program },
        { name: "reranked", program: reranked },
      ])
    ).winner.program;
  },

  async before(turn, options) {
    const asked = wordsOf(turn.queries.join(" "));
    const shared = (text: string) => wordsOf(text).intersection(asked).size;
    return { ...turn, passages: turn.passages.toSorted((a, b) => shared(b.text) - shared(a.text)).slice(0, options.keep) };
  },
});

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/\p{L}+|\p{N}+/gu));
}
