import type { Classifier } from "./labels/classifier.ts";
import type { Shown } from "./slots/in-context.ts";
import { createMemo, type Memo } from "./text/memo.ts";
import type { Network } from "./network/network.ts";
import type { Divided } from "./prompt/divide.ts";
import type { ReaderWeights } from "./reader/reader.ts";
import type { Lexicon } from "./text/text.ts";

/** What an engine knows and has worked out so far. */
export interface Mind {
  readonly lexicon: Lexicon;
  readonly reader: ReaderWeights;
  /** The reading network; its weights are loaded when it is first asked for. */
  readonly network: () => Network;
  readonly fitted: Memo<Classifier>;
  /** The reader adapted to demonstrations, by what it was before. */
  readonly adapted: WeakMap<ReaderWeights, Memo<ReaderWeights>>;
  readonly shown: Memo<Shown>;
  /** Messages as they were divided; the same demonstrations come with many questions. */
  readonly divided: Memo<Divided>;
}

export function createMind(lexicon: Lexicon, reader: ReaderWeights, load: () => Network): Mind {
  let network: Network | undefined;
  return {
    lexicon,
    reader,
    network: () => (network ??= load()),
    fitted: createMemo(32),
    adapted: new WeakMap(),
    shown: createMemo(32),
    divided: createMemo(4_000),
  };
}
