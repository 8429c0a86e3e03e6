/** The file formats that knowledge is read from. A new format is a file here and a line in this list. */
import { csv, tsv } from "./csv.ts";
import { docx } from "./docx.ts";
import type { Format } from "./format.ts";
import { html } from "./html.ts";
import { jsonl } from "./jsonl.ts";
import { markdown } from "./markdown.ts";
import { pdf } from "./pdf.ts";
import { text } from "./text.ts";

export const formats: readonly Format[] = [markdown, text, html, pdf, docx, csv, tsv, jsonl];
