/** `again: true`, from the file to the rungs that are climbed. */
import { expect, test } from "vitest";
import { planOf } from "../ladder/plan.ts";
import { createRegistry } from "../registry.ts";
import { stages } from "../stages/index.ts";
import exact from "../scorers/exact.ts";
import { trainers } from "../trainers/index.ts";
import { inProject, YAML } from "./project.fixture.ts";
import { readExperiment } from "./read.ts";

const registry = createRegistry([...stages, ...trainers, exact]);

async function ladderIn(ladder: string): Promise<readonly (readonly [string, string | undefined])[]> {
  const yaml = YAML.replace("[same]", "[exact]").replace("[polish]", ladder).concat("knowledge: { files: docs/*.md }\n");
  const experiment = await inProject(yaml, {}, async (dir) => await readExperiment(`${dir}/experiment.yaml`, registry, { env: {} }));
  // What `--dry-run` prints is what is climbed.
  expect(planOf(experiment, () => null).rungs.map(({ name }) => name)).toEqual(["baseline", ...experiment.ladder.map(({ name }) => name)]);
  return experiment.ladder.map(({ name, after }) => [name, after] as const);
}

test.each([
  [
    "[{ use: prompt, again: true, write: false }, few-shot, rag, fine-tune]",
    [["prompt"], ["few-shot"], ["rag"], ["prompt-after-rag", "rag"], ["fine-tune"], ["prompt-after-fine-tune", "fine-tune"]],
  ],
  ["[prompt, rag, { use: prompt, again: true }]", [["prompt"], ["rag"], ["prompt-after-rag", "rag"]]],
  ["[prompt, rag, few-shot, { use: prompt, as: wording, again: true }]", [["prompt"], ["rag"], ["few-shot"], ["wording", "rag"]]],
  [
    "[{ use: prompt, again: true }, rag, { use: prompt, again: true, calls: 50 }, fine-tune]",
    [["prompt"], ["rag"], ["prompt-after-rag", "rag"], ["fine-tune"], ["prompt-after-fine-tune", "fine-tune"]],
  ],
  ["[{ use: prompt, as: wording, again: true }, rag]", [["wording"], ["rag"], ["wording-after-rag", "rag"]]],
  ["[{ use: prompt, again: false }, rag]", [["prompt"], ["rag"]]],
])("%s climbs", async (ladder, names) => {
  expect(await ladderIn(ladder)).toEqual(names.map(([name, after]) => [name, after]));
});

test.each([
  [
    "[{ use: prompt, again: true }]",
    /again: true: nothing changes what is known or the model for "prompt" to come again after; put such a rung \(.*rag.*\) below it/,
  ],
  ["[{ use: prompt, again: true }, few-shot]", /again: true: nothing changes/],
  ["[rag, { use: prompt, again: true }]", /again: true: nothing changes/],
  ["[prompt, { use: prompt, again: true }, rag, prompt]", /a second rung is named "prompt"/],
  [
    "[{ use: prompt, again: true }, rag, { use: few-shot, as: prompt-after-rag }]",
    /rung "prompt-after-rag" has the name of one that again: true makes/,
  ],
  ["[{ use: prompt, again: rag }, rag]", /again/],
  ["[{ use: prompt, agian: true }, rag]", /unknown option "agian".*again/],
])("%s is refused with its place", async (ladder, complaint) => {
  const failed = ladderIn(ladder);
  await expect(failed).rejects.toThrow(complaint);
  await expect(failed).rejects.toThrow(/experiment\.yaml:\d+:\d+: /);
});
