import type { Chunker } from "./chunker.ts";

/** As many tokens as fit, wherever that ends. */
export const fixed: Chunker = {
  name: "fixed",
  about: "after as many tokens as fit, wherever that is",
  outline: () => ({ boundaries: [] }),
};
