/**
 * Measures the few-shot rung through the command line, on Banking77 (Casanueva et al. 2020, arXiv 2003.04807) with the embedded engine: 10
 * train messages of each of 77 labels to choose from, at most 20 of them in a prompt, against 20 at random.
 *
 *     node bench/few-shot.ts [FOLDER] [CASES] [SEED…]
 *
 * FOLDER holds `data/` (../shared by default); CASES of the test set are asked, all 3,080 by default. Exits 1 when a bar is missed.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { shuffled } from "../src/program/demos.ts";
import { comparePaired, type Pair } from "../src/stats/compare.ts";
import { seeded } from "../src/stats/random.ts";
import { valuesOf } from "../src/stats/values.ts";
import type { Answered, Program, Summary } from "../src/types.ts";
import { readLines, type Row } from "./embedded/row.ts";

/** E.g. `{"id": "test-0", "text": "How do I locate my card?", "label": "card_arrival"}` */
interface Message {
  readonly id: string;
  readonly text: string;
  readonly label: string;
}

const CLI = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
/** Cases to choose between candidates with, and to decide with. */
const SELECT = 100;
const CONFIRM = 150;
const MOST = 20;
const place = ["data", "banking77"];

const [train = [], bank = [], test = []] = await Promise.all(
  ["train.jsonl", "train_10.jsonl", "test.jsonl"].map((file) => readLines<Message>(...place, file)),
);
const labels = [...new Set(train.map(({ label }) => label))].sort();
const systems = {
  "no labels named": "Classify the customer's message. Answer with the intent only.",
  "labels listed": `Classify the customer's message. Answer with one of: ${labels.join(", ")}.`,
};
const [, , , cases = test.length, ...seeds] = process.argv;
const rows: Row[] = [];
for (const seed of seeds.length > 0 ? seeds.map(Number) : [1]) {
  for (const [how, system] of Object.entries(systems)) rows.push(...(await measure(seed, how, system)));
}
console.log("| on | value | bar | met |\n|---|---|---|---|");
for (const { on, value, bar, met } of rows) console.log(`| ${on} | ${value} | ${bar} | ${bar === "–" ? "" : met ? "yes" : "NO"} |`);
process.exitCode = rows.every((row) => row.met || row.bar === "–") ? 0 : 1;

async function measure(seed: number, how: string, system: string): Promise<Row[]> {
  const folder = await mkdtemp(path.join(tmpdir(), "llmopt-bench-"));
  try {
    const known = new Set(bank.map(({ text }) => text.toLowerCase()));
    const rest = shuffled(
      train.filter(({ text }) => !known.has(text.toLowerCase())),
      seeded(`${seed} rest`),
    );
    const files = {
      train: bank,
      select: rest.slice(0, SELECT),
      confirm: rest.slice(SELECT, SELECT + CONFIRM),
      test: shuffled(test, seeded(`${seed} test`)).slice(0, Number(cases)),
    };
    for (const [name, messages] of Object.entries(files)) {
      await writeFile(path.join(folder, `${name}.jsonl`), messages.map((message) => `${JSON.stringify(message)}\n`).join(""));
    }
    await writeFile(path.join(folder, "system.md"), system);
    await writeFile(path.join(folder, "experiment.yaml"), experiment(seed));
    const { stdout } = await promisify(execFile)(process.execPath, [CLI, "run", "experiment.yaml", "--json", "-q"], {
      cwd: folder,
      maxBuffer: 2 ** 28,
    });
    return await rowsOf(JSON.parse(stdout) as Summary, folder, `Banking77, ${how}, seed ${seed}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The first rung shows as many demonstrations at random, the second races whatever the rung races by default. */
function experiment(seed: number): string {
  return `name: banking77
model: embedded/reader
data:
  files: { train: train.jsonl, select: select.jsonl, confirm: confirm.jsonl, test: test.jsonl }
  input: [text]
  expected: label
program: { system: system.md, user: "{{text}}" }
evals: { primary: right, scorers: [{ use: exact, as: right }] }
ladder:
  - { use: few-shot, as: random, k: ${MOST}, choose: random, source: gold, order: best-last }
  - few-shot
seed: ${seed}
`;
}

async function rowsOf(summary: Summary, folder: string, on: string): Promise<Row[]> {
  const [random, chosen] = await Promise.all(
    ["1-random", "2-few-shot"].map(async (rung) => await valuesIn(path.join(folder, summary.run, rung, "answers.jsonl"))),
  );
  if (random === undefined || chosen === undefined) throw new Error("the run has no two rungs");
  const pairs = [...chosen].flatMap(([id, b]): Pair[] => {
    const a = random.get(id);
    return a === undefined ? [] : [{ case: id, group: undefined, a, b }];
  });
  const versus = comparePaired(pairs, { random: seeded(1), resamples: 2000 });
  const program = JSON.parse(await readFile(path.join(folder, summary.run, "2-few-shot", "program.json"), "utf8")) as Program;
  const [step] = program.steps;
  const shown = step === undefined ? program.demos.length : (step.with as { readonly k: number }).k;
  const right = average(chosen.values());
  const without = summary.rungs[0]?.scores.test?.["right"]?.mean ?? NaN;
  return [
    {
      on: `${on}: few-shot, ${shown} demonstrations in a prompt`,
      value: `${percent(right)}; without ${percent(without)}, ${MOST} at random ${percent(average(random.values()))}`,
      bar: `≥ 72 %, at most ${MOST}`,
      met: right >= 0.72 && shown <= MOST,
    },
    {
      on: `${on}: the same against ${MOST} at random, ${pairs.length} cases`,
      value: `${versus.delta.toFixed(3)} [${versus.low.toFixed(3)}, ${versus.high.toFixed(3)}] ${versus.verdict}`,
      bar: "better",
      met: versus.verdict === "better",
    },
  ];
}

/** The scores of a rung's test answers by case. */
async function valuesIn(file: string): Promise<ReadonlyMap<string, number>> {
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
  const answers = lines.map((line) => JSON.parse(line) as Answered).filter(({ split }) => split === "test");
  return valuesOf(answers, "right");
}

function average(values: Iterable<number>): number {
  const all = [...values];
  return all.reduce((sum, value) => sum + value, 0) / all.length;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
