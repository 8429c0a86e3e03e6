/**
 * Trains the verdicts on claims, prints how good they are, and writes src/embedded/claims/weights.ts. Run from the repository root:
 *
 *     node tools/claims/train.ts SCIFACT_FOLDER TRAIN.jsonl.gz [paragraphs] [seed]
 *
 * SCIFACT_FOLDER: claims.jsonl and corpus.jsonl.gz of SciFact's train part (claims CC BY 4.0). TRAIN: a line a paragraph, {"title", "context",
 * "qas": [{"question", "answers": [..]}]}, as of SQuAD 1.1 train (CC BY-SA 4.0). The weights in the repository: 1,200 paragraphs, seed 7.
 */
import { writeFileSync } from "node:fs";
import { answerFeatureNames } from "../../src/embedded/claims/answers.ts";
import { featureNames } from "../../src/embedded/claims/features.ts";
import { probabilitiesOf, verdicts, type VerdictWeights } from "../../src/embedded/claims/model.ts";
import { createRandom, shuffled } from "../../src/embedded/text/hash.ts";
import { createIdf } from "../../src/embedded/text/idf.ts";
import { createLexicon } from "../../src/embedded/text/text.ts";
import { idfTable } from "../../src/embedded/text/idf-table.ts";
import { unpack } from "../../src/embedded/text/bytes.ts";
import { readScifact } from "./data.ts";
import { fitVerdicts } from "./fit.ts";
import { balanced, crossValidate, fitStatements, measure, rowOf, settings, type ExampleRow, type Measures } from "./model.ts";
import { readMade } from "./squad.ts";

const [scifact = "", train = "", paragraphs = "1200", seed = "7"] = process.argv.slice(2);
const lexicon = createLexicon(createIdf(unpack(idfTable)));
const own = readScifact(scifact).map((example) => rowOf(example, lexicon));
const all = readMade(train, Number(paragraphs), lexicon, Number(seed)).map((example) => rowOf(example, lexicon));
const titles = shuffled([...new Set(all.map((row) => row.group))], createRandom(Number(seed)));
const held = new Set(titles.slice(0, Math.ceil(titles.length / 5)));
const part = (form: ExampleRow["form"], isHeld: boolean): readonly ExampleRow[] =>
  all.filter((row) => row.form === form && held.has(row.group) === isHeld);

const majority = Math.max(...verdicts.map((_, k) => own.filter((row) => row.label === k).length)) / own.length;
console.log(`SciFact, ${own.length} claims, 10 folds by document; the most frequent verdict alone: ${percent(majority)}`);
for (const [name, made] of [
  ["trained on SciFact alone", []],
  ["trained on SciFact and made claims", balanced(part("statement", false), settings.made)],
] as const) {
  const results = [1, 2, 3, 4, 5].map((s) => crossValidate(own, made, 10, s));
  console.log(
    `\n${name}: accuracy ${results.map((r) => percent(r.accuracy)).join(" ")}, mean ${percent(mean(results.map((r) => r.accuracy)))}`,
  );
  if (results[0] !== undefined) describe(results[0]);
  console.log(`made statements of other articles:`);
  describe(test(part("statement", true), fitStatements(own, made)));
}
console.log(`\nquestions with answers, of other articles:`);
describe(test(part("answer", true), fitVerdicts(part("answer", false), verdicts.length, settings.answerL2)));

const statement = fitStatements(own, balanced(part("statement", false), settings.made));
const answer = fitVerdicts(part("answer", false), verdicts.length, settings.answerL2);
const file = "src/embedded/claims/weights.ts";
writeFileSync(
  file,
  `/** Made by tools/claims/train.ts from SciFact train (CC BY 4.0) and SQuAD 1.1 train (CC BY-SA 4.0), ${paragraphs} paragraphs, seed ${seed}; do not edit. */
import type { VerdictWeights } from "./model.ts";

${written("statementWeights", statement, featureNames)}
${written("answerWeights", answer, answerFeatureNames)}`,
);
console.log(`\nwrote ${file}`);

function test(rows: readonly ExampleRow[], weights: VerdictWeights): Measures {
  return measure(rows.map((row) => ({ label: row.label, chances: probabilitiesOf(row.features, weights) })));
}

function describe({ accuracy, confusion, ece, brier }: Measures): void {
  console.log(`  accuracy ${percent(accuracy)}, ECE ${ece.toFixed(3)}, Brier ${brier.toFixed(3)}`);
  verdicts.forEach((name, k) => {
    const given = confusion.reduce((sum, row) => sum + (row[k] ?? 0), 0);
    const right = confusion[k]?.[k] ?? 0;
    const real = confusion[k]?.reduce((a, b) => a + b, 0) ?? 0;
    const [p, r] = [right / (given || 1), right / (real || 1)];
    console.log(
      `  ${name.padEnd(13)} P ${percent(p)} R ${percent(r)} F1 ${percent((2 * p * r) / (p + r || 1))}   given ${confusion[k]?.join(" ")}`,
    );
  });
}

function written(name: string, weights: VerdictWeights, names: readonly string[]): string {
  const columns = names.map((feature, j) => `  [${weights.map((row) => Number((row[j] ?? 0).toFixed(4))).join(", ")}], // ${feature}`);
  return `/** For each feature: ${verdicts.join(", ")}. */\nconst ${name}ByFeature = [\n${columns.join("\n")}\n] as const;\nexport const ${name}: VerdictWeights = [0, 1, 2].map((k) => ${name}ByFeature.map((row) => row[k] ?? 0));\n`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
