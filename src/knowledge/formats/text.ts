/** Plain text: a file is a document, taken as it is. */
import type { Format } from "./format.ts";

export const text: Format = {
  extensions: [".txt"],
  read: (content) => ({ drafts: [{ text: content }], faults: [] }),
};
