import type { Classifier } from "./labels/classifier.ts";
import { createMemo, type Memo } from "./text/memo.ts";
import type { ReaderWeights } from "./reader/reader.ts";
import type { Lexicon } from "./text/text.ts";

/** What an engine knows and has worked out so far. */
export interface Mind {
  readonly lexicon: Lexicon;
  readonly reader: ReaderWeights;
  readonly fitted: Memo<Classifier>;
  readonly adapted: Memo<ReaderWeights>;
}

export function createMind(lexicon: Lexicon, reader: ReaderWeights): Mind {
  return { lexicon, reader, fitted: createMemo(32), adapted: createMemo(64) };
}
