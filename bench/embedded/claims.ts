/** Verdicts on claims: SciFact (Wadden et al. 2020, arXiv 2004.14974) with the cited documents as passages, and claims made from SQuAD dev by rules. */
import path from "node:path";
import { verdicts } from "../../src/embedded/claims/model.ts";
import { createIdf } from "../../src/embedded/text/idf.ts";
import { createLexicon } from "../../src/embedded/text/text.ts";
import { idfTable } from "../../src/embedded/text/idf-table.ts";
import { unpack } from "../../src/embedded/text/bytes.ts";
import { type Example, readScifact } from "../../tools/claims/data.ts";
import { balanced, crossValidate, rowOf, settings } from "../../tools/claims/model.ts";
import { readMade } from "../../tools/claims/squad.ts";
import type OpenAI from "openai";
import { type Row, shared, withEngine } from "./row.ts";

const system = "You check claims against passages. Answer supported, contradicted or not_found, going by the passages alone.";
const seeds = [1, 2, 3, 4, 5];
const folds = 10;

export default async function claims(): Promise<Row[]> {
  const lexicon = createLexicon(createIdf(unpack(idfTable)));
  const scifact = readScifact(path.join(shared, "data", "scifact_train_mini"));
  const own = scifact.map((example) => rowOf(example, lexicon));
  const made = readMade(path.join(shared, "reader", "train.jsonl.gz"), 1200, lexicon, 7).map((example) => rowOf(example, lexicon));
  const statements = balanced(
    made.filter((row) => row.form === "statement"),
    settings.made,
  );
  const accuracies = seeds.map((seed) => crossValidate(own, statements, folds, seed).accuracy);
  const dev = readMade(path.join(shared, "reader", "dev.jsonl.gz"), 300, lexicon, 7);
  const majority = majorityOf(scifact);
  const mean = accuracies.reduce((a, b) => a + b, 0) / accuracies.length;
  const spread = `${percent(Math.min(...accuracies))}–${percent(Math.max(...accuracies))}`;
  return await withEngine(async (client) => [
    {
      on: `SciFact verdicts, ${scifact.length} claims, ${folds} folds by document, mean of ${seeds.length} seeds (majority ${percent(majority)})`,
      value: `accuracy ${percent(mean)} (${spread})`,
      bar: `≥ ${percent(majority + 0.08)}`,
      met: mean >= majority + 0.08,
    },
    {
      on: "the same claims over the wire, by the shipped weights, which were trained on them",
      value: `accuracy ${percent(await accuracyOf(client, scifact))}`,
      bar: "–",
      met: true,
    },
    {
      on: `${dev.length} claims made from SQuAD dev by rules, over the wire (majority ${percent(majorityOf(dev))})`,
      value: `accuracy ${percent(await accuracyOf(client, dev))}`,
      bar: "–",
      met: true,
    },
  ]);
}

async function accuracyOf(client: OpenAI, examples: readonly Example[]): Promise<number> {
  let right = 0;
  for (const { claim, passages, label } of examples) {
    const evidence = passages.map((text, i) => `[${i + 1}] ${text}`).join("\n\n");
    const user = `Passages:\n${evidence}\n\nClaim: ${claim.replace(/\s+/gu, " ")}`;
    const reply = await client.chat.completions.create({
      model: "reader",
      messages: [
        { role: "system", content: system },
        { role: "user", content: user },
      ],
    });
    if (reply.choices[0]?.message.content === label) right++;
  }
  return right / examples.length;
}

function majorityOf(examples: readonly Example[]): number {
  return Math.max(...verdicts.map((verdict) => examples.filter(({ label }) => label === verdict).length)) / examples.length;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
