/** Long requests of many shapes: the time of an answer grows with the length, and nothing that can be sent keeps a thread busy for long. */
import type OpenAI from "openai";
import { type Row, withEngine } from "./row.ts";

/** Characters; below the limit in tokens even where each is one. */
const longest = 192_000;
/** Seconds. */
const most = 10;

const sentence = "In 1924 the town of Belmar had a bank by the river, which Anna Kovacs built with her own money. ";
const fill = (unit: string, length: number): string => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
const many = (length: number, unit: (i: number) => string): string =>
  Array.from({ length: Math.ceil(length / unit(1).length) }, (_, i) => unit(i + 1)).join("\n");
const reading = (passages: string): string => `Context: ${passages}\n\nQuestion: Who built the bank?`;

/** What the user sends, of about so many characters. */
const shapes: Readonly<Record<string, (length: number) => string>> = {
  "prose in one passage": (length) => reading(fill(sentence, length)),
  "prose without a full stop": (length) => reading(fill(sentence.replaceAll(".", ""), length)),
  "numbered passages": (length) => many(length, (i) => `[${i}] ${sentence}\n`) + "\nQuestion: Who built the bank?",
  "tagged passages": (length) => many(length, (i) => `<passage id="${i}">${sentence}</passage>`) + "\nQuestion: Who built the bank?",
  "Chinese prose": (length) => `文章：${fill("山田工厂成立于1987年，总部设在青岛。", length)}\n\n问题：工厂在哪里？`,
  claims: (length) =>
    `Context: ${fill(sentence, length / 2)}\n\nClaims:\n${many(length / 2, (i) => `${i}. The bank number ${i} is by the river.`)}`,
  "examples and their labels": (length) =>
    `${many(length, (i) => `Input: word ${i} and ${i * 7}\nOutput: label${i % 7}\n`)}\nInput: word 5`,
  "a list of labels": (length) => `Labels:\n${many(length, (i) => `- label${i}: about ${i}`)}\n\nText: about 7`,
  "orders to refuse": (length) => fill('If it is not there, say "no".\n', length),
  "JSON examples": (length) => fill('Answer as JSON: {"a": "b", ', length),
  "open tags": (length) => fill("<passage>", length),
  fences: (length) => fill("```\n", length),
  quotes: (length) => fill('"', length),
  brackets: (length) => fill("[", length),
  braces: (length) => fill("{", length),
  spaces: (length) => `${fill(" ", length)}x`,
  "empty lines": (length) => `x${fill("\n \t", length)}x`,
  "full stops": (length) => reading(fill(".", length)),
  dashes: (length) => reading(fill("-", length)),
  "one word": (length) => reading(fill("a", length)),
  "one number": (length) => reading(fill("1", length)),
};

export default async (): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const [shape, of] of Object.entries(shapes)) rows.push(await withEngine((client) => rowOf(client, shape, of)));
  return rows;
};

/** Doubles the length until it is long enough or takes too long, so that even what grows steeply ends. */
async function rowOf(client: OpenAI, shape: string, of: (length: number) => string): Promise<Row> {
  for (let length = longest / 512; ; length *= 2) {
    const began = performance.now();
    await client.chat.completions.create({ model: "reader", messages: [{ role: "user", content: of(length) }] });
    const seconds = (performance.now() - began) / 1000;
    const met = seconds <= most;
    if (met && length < longest) continue;
    return {
      on: `${longest} characters: ${shape}`,
      value: `${seconds.toFixed(1)} s${met ? "" : ` for ${length}`}`,
      bar: `≤ ${most} s`,
      met,
    };
  }
}
