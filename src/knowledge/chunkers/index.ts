/** The ways to cut a document. A new one is a file here and a line in this list. */
import type { Chunker } from "./chunker.ts";
import { fixed } from "./fixed.ts";
import { markdown } from "./markdown.ts";
import { recursive } from "./recursive.ts";
import { sentence } from "./sentence.ts";

export const chunkers: readonly Chunker[] = [markdown, recursive, sentence, fixed];
