/** A small experiment on disk for tests: files written to a folder of their own, a registry of a few tiny plugins. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import { defineScorer, defineStage } from "../plugin.ts";
import { createRegistry } from "../registry.ts";
import command from "../scorers/command.ts";
import human from "../scorers/human.ts";
import python from "../scorers/python.ts";
import weighted from "../scorers/weighted.ts";
import { readExperiment, type ReadOptions } from "./read.ts";
import type { Experiment } from "../types.ts";

const polish = defineStage({
  name: "polish",
  about: "polishes",
  options: z.object({
    rounds: z.int().min(1).default(2).describe("how often"),
    size: z.union([z.int(), z.array(z.int()).min(1)]).default(3),
    model: z.string().optional(),
  }),
  fit: async (program) => program,
});

const search = defineStage({ name: "search", about: "searches", options: z.object({}), fit: async (program) => program });

const same = defineScorer({
  name: "same",
  about: "1 when the answer is the expected one",
  axis: "behaviour",
  options: z.object({ ignore_case: z.boolean().default(true) }),
  score: ({ answer }, { expected }) => ({ value: answer === expected ? 1 : 0 }),
});

const pattern = defineScorer({
  name: "pattern",
  about: "1 when the answer matches",
  axis: "behaviour",
  options: z.object({ pattern: z.string().min(1) }).refine(({ pattern: text }) => !text.startsWith("*"), {
    path: ["pattern"],
    message: "begins with *; write a regular expression",
  }),
  score: ({ answer }, _, options) => ({ value: new RegExp(options.pattern, "u").test(answer) ? 1 : 0 }),
});

const judged = defineScorer({
  name: "judged",
  about: "what a model says",
  axis: "behaviour",
  options: z.object({}),
  prompts: {
    verdict: { text: "Is {{answer}} right for {{question}}?", fields: ["question", "answer"] },
    reasons: { text: "Why is {{answer}} right?", fields: ["answer"] },
  },
  asks: () => 2,
  score: async (turn, _, __, lab) => ({ value: (await lab.ask({ model: "judge", messages: [] })).text === turn.answer ? 1 : 0 }),
});

/** Two that name files and programs, one that people fill, and the one that weights make, are the built-in ones. */
export const registry = createRegistry([polish, search, same, pattern, judged, human, command, python, weighted]);

/** 100 cases with different questions: `{ "id": "c0", "question": "…", "answer": "A0", "topic": "t0" }`. */
export function casesText(count = 100): string {
  const row = (n: number): string =>
    JSON.stringify({ id: `c${n}`, question: `What about ${(n * 104729 + 7919).toString(36)}?`, answer: `A${n % 4}`, topic: `t${n % 25}` });
  return Array.from({ length: count }, (_, n) => row(n)).join("\n");
}

const FILES: Readonly<Record<string, string>> = {
  "cases.jsonl": casesText(),
  "user.md": "---\nname: user\n---\nQ: {{question}}\n",
  "check.sh": "echo 1\n",
  "docs/one.md": "# One\n\nThe first document.\n",
  "docs/two.md": "# Two\n\nThe second document.\n",
};

export const YAML = `model: embedded/reader
data: { file: cases.jsonl, expected: answer }
program: { user: user.md }
evals: { scorers: [same] }
ladder: [polish]
`;

/** Writes the files (`experiment.yaml` as given) into a new folder, hands it to `use` and removes it. */
export async function inProject<R>(
  yaml: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (dir: string) => Promise<R>,
): Promise<R> {
  const dir = await mkdtemp(join(tmpdir(), "llmopt-experiment-"));
  try {
    for (const [name, content] of Object.entries({ ...FILES, ...files, "experiment.yaml": yaml })) {
      await mkdir(dirname(join(dir, name)), { recursive: true });
      await writeFile(join(dir, name), content);
    }
    return await use(dir);
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** The experiment that the files make. */
export async function reading(
  yaml: string,
  files: Readonly<Record<string, string | Uint8Array>> = {},
  options: Partial<ReadOptions> = {},
): Promise<Experiment> {
  return await inProject(yaml, files, (dir) => readExperiment(join(dir, "experiment.yaml"), registry, { env: {}, ...options }));
}

/** The lines of the error that reading ends with, places relative to the folder. */
export async function complaintsOf(
  yaml: string,
  files: Readonly<Record<string, string | Uint8Array>> = {},
  options: Partial<ReadOptions> = {},
): Promise<readonly string[]> {
  return await inProject(yaml, files, async (dir) => {
    try {
      await readExperiment(join(dir, "experiment.yaml"), registry, { env: {}, ...options });
    } catch (error) {
      return messageOf(error).replaceAll(`${dir}/`, "").split("\n");
    }
    return [];
  });
}
