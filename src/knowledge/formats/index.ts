/** The file formats that knowledge is read from. A new format is a file here and a line in this list. */
import type { Format } from "./format.ts";
import { html } from "./html.ts";
import { jsonl } from "./jsonl.ts";
import { markdown } from "./markdown.ts";
import { text } from "./text.ts";

export const formats: readonly Format[] = [markdown, text, html, jsonl];
