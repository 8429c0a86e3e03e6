/** Plain text: a file is a document, taken as it is. */
import { decode } from "./decode.ts";
import type { Format } from "./format.ts";

export const text: Format = {
  extensions: [".txt", ".text"],
  read: (bytes) => ({ drafts: [decode(bytes)], faults: [] }),
};
