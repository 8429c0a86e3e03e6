/** Adapts the reader to demonstrations with passages: a few small steps on their spans, kept for the next request that shows the same. */
import { goldCharacterSpans } from "./cjk-reader.ts";
import { isSpaceless, learnCharacters, scoreCharacterSpans } from "./cjk-spans.ts";
import type { Mind } from "../mind.ts";
import { findCandidates } from "./candidates.ts";
import { analyse } from "./question.ts";
import type { ReaderWeights } from "./reader.ts";
import { featuresOf, goldOf, learn, rerankSize } from "./rerank.ts";
import type { Demonstration } from "../prompt/request.ts";
import { lossOf } from "./likelihood.ts";
import { createMemo } from "../text/memo.ts";

const passes = 2;
const rate = 0.02;
/** Adapted readers kept for each reader that they were made from. */
const kept = 32;

export function adapt(demonstrations: readonly Demonstration[], base: ReaderWeights, mind: Mind): ReaderWeights {
  const shown = demonstrations.filter((d) => d.passages.some((p) => p.text.includes(d.answer)));
  if (shown.length === 0) return base;
  const memo = mind.adapted.get(base) ?? createMemo<ReaderWeights>(kept);
  mind.adapted.set(base, memo);
  return memo.get(JSON.stringify(shown), () => {
    const read = shown.map(({ passages, question, answer }) => ({
      texts: passages.map((p) => mind.lexicon.read(p.text)),
      question: analyse(mind.lexicon.read(question)),
      answer,
    }));
    const inCharacters = read.filter(({ texts }) => isSpaceless(texts));
    const inWords = read.filter((shown) => !inCharacters.includes(shown));
    let { words, characters } = base;
    if (inWords.length > 0) {
      const ranking = words.ranking === undefined ? new Float32Array(rerankSize) : Float32Array.from(words.ranking);
      const squares = new Float32Array(rerankSize).fill(1);
      const examples = inWords.flatMap(({ texts, question, answer }) => {
        const candidates = findCandidates(texts, question, mind.network());
        return candidates === undefined ? [] : [{ features: featuresOf(candidates), gold: goldOf(candidates, answer) }];
      });
      for (let pass = 0; pass < passes; pass++) for (const { features, gold } of examples) learn(features, gold, ranking, squares, rate);
      words = { ...words, ranking };
    }
    if (inCharacters.length > 0) {
      const weights = Float32Array.from(characters.weights);
      const squares = new Float32Array(weights.length).fill(1);
      for (let pass = 0; pass < passes; pass++) {
        for (const { texts, question, answer } of inCharacters) {
          const scores = scoreCharacterSpans(texts, question, weights);
          const gold = goldCharacterSpans(scores, answer);
          if (gold.length > 0) learnCharacters(scores, lossOf(scores.score, gold).gradient, weights, squares, rate);
        }
      }
      characters = { ...characters, weights };
    }
    return { words, characters };
  });
}
