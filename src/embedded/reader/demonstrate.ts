/** Adapts the reader to demonstrations with passages: a few small steps on their spans, kept for the next request that shows the same. */
import type { Mind } from "../mind.ts";
import { analyse } from "./question.ts";
import { goldSpans, type ReaderWeights } from "./reader.ts";
import type { Demonstration } from "../prompt/request.ts";
import { learn, scoreSpans, weightCount } from "./spans.ts";

const passes = 2;
const rate = 0.02;

export function adapt(demonstrations: readonly Demonstration[], base: ReaderWeights, mind: Mind): ReaderWeights {
  const shown = demonstrations.filter((d) => d.passages.some((p) => p.text.includes(d.answer)));
  if (shown.length === 0) return base;
  const key = `${base === mind.reader ? "" : "tuned"}${JSON.stringify(shown)}`;
  return mind.adapted.get(key, () => {
    const spans = Float32Array.from(base.spans);
    const squares = new Float32Array(weightCount).fill(1);
    for (let pass = 0; pass < passes; pass++) {
      for (const { passages, question, answer } of shown) {
        const scores = scoreSpans(
          passages.map((p) => mind.lexicon.read(p.text)),
          analyse(mind.lexicon.read(question)),
          spans,
        );
        learn(scores, goldSpans(scores, [answer]), spans, squares, rate);
      }
    }
    return { spans, confidence: base.confidence };
  });
}
