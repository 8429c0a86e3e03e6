/** `llmopt diagnose`: what is stored, and what is probed anew. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engine, llmopt, project, riverCases, riverExperiment } from "./cli.fixture.ts";
import type { Diagnosis } from "./types.ts";

type Document = Diagnosis & { readonly run: string; readonly rung: string };

/** The rivers without their passage, so that nearly all cases fail. */
function blind(url?: string, more = ""): string {
  const program = 'program: { system: Answer from the passage., user: "{{question}}" }\n';
  const yaml = riverExperiment(url, more).replace(/program:[^]*?(?=evals:)/u, program);
  return yaml.replace("ladder: [prompt]", "ladder: [few-shot]");
}

async function made(yaml: string, args: readonly string[] = []): Promise<string> {
  const folder = project({ "cases.jsonl": riverCases(160), "e.yaml": yaml });
  const { code, stderr } = await llmopt(folder, ["run", "e.yaml", "-q", ...args]);
  expect(code, stderr).toBe(0);
  return folder;
}

test("the winner's stored diagnosis is told, with counts, gains, examples and the next step, and nothing is asked", async () => {
  const folder = await made(riverExperiment());
  const text = await llmopt(folder, ["diagnose", "latest"]);
  expect(text.code, text.stderr).toBe(0);
  expect(text.stderr).toBe("");
  const json = await llmopt(folder, ["diagnose", "latest", "--json", "-o", "d.md", "-o", "d.json"]);
  const document = JSON.parse(json.stdout) as Document;
  expect(document.failing).toBeGreaterThan(0);
  for (const { bucket, examples, cases } of document.buckets) {
    expect(text.stdout).toContain(bucket);
    expect(cases.length).toBeGreaterThanOrEqual(examples.length);
    for (const { evidence } of examples) expect(text.stdout.replaceAll(/\s+/gu, " ")).toContain(evidence);
  }
  expect(text.stdout.replaceAll(/\s+/gu, " ")).toContain(document.next);
  expect(JSON.parse(readFileSync(join(folder, "d.json"), "utf8"))).toEqual(document);
  expect(readFileSync(join(folder, "d.md"), "utf8")).toContain(document.buckets[0]?.bucket ?? "?");
});

test("more cases are probed anew through the experiment, the run stays as it was, and the cache answers the second time", async () => {
  const folder = project({ "cases.jsonl": riverCases(160) });
  const { url, count } = await engine(folder);
  writeFileSync(join(folder, "e.yaml"), blind(url));
  expect((await llmopt(folder, ["run", "e.yaml", "-q"])).code).toBe(0);
  const stored = JSON.parse((await llmopt(folder, ["diagnose", "latest", "--rung", "baseline", "--json"])).stdout) as Document;
  expect(stored.probed).toBe(Math.min(30, stored.failing));
  const summary = () => readFileSync(join(folder, stored.run, "summary.json"), "utf8");
  const before = summary();

  const all = ["diagnose", "latest", "--rung", "baseline", "--cases", "999", "--json", "-q"];
  const anew = JSON.parse((await llmopt(folder, all)).stdout) as Document;
  expect(anew.probed).toBe(stored.failing);
  expect(anew.failing).toBe(stored.failing);
  expect(new Set(anew.buckets.flatMap(({ cases }) => cases)).size).toBe(anew.probed);
  const asked = count();
  expect(JSON.parse((await llmopt(folder, all)).stdout)).toEqual(anew);
  expect((await llmopt(folder, [...all, "--offline"])).code).toBe(0);
  expect(count()).toBe(asked);
  expect(summary()).toBe(before);

  const few = JSON.parse((await llmopt(folder, [...all, "--max-calls", "20", "--no-cache"])).stdout) as Document;
  expect(count() - asked).toBeLessThanOrEqual(20);
  expect(few.probed).toBeGreaterThan(0);
  expect(few.probed).toBeLessThan(anew.probed);
});

const idle = "walk: until-target\ntarget: { f1: 0 }\n";
const anew = ["diagnose", "latest", "--cases", "999", "-q"];

test("a rung that is not there is a fault of usage, and one without a program of its own cannot be probed", async () => {
  const folder = await made(blind(undefined, idle));
  const wrong = await llmopt(folder, ["diagnose", "latest", "--rung", "few-shots"]);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "few-shot"') });
  const skipped = await llmopt(folder, ["diagnose", "latest", "--rung", "few-shot"]);
  expect(skipped).toMatchObject({ code: 3, stderr: expect.stringContaining("skipped") });
});

test("an experiment that is not that of the run any more is refused, and it is said what changed; what changes no answer is not", async () => {
  const folder = await made(blind(undefined, idle));
  writeFileSync(join(folder, "others.jsonl"), riverCases(161));
  const file = join(folder, "e.yaml");
  const text = readFileSync(file, "utf8");
  const asked = async (change: (text: string) => string) => {
    writeFileSync(file, change(text));
    return await llmopt(folder, anew);
  };
  const changes: readonly (readonly [string, (text: string) => string])[] = [
    ["data", (was) => was.replace("cases.jsonl", "others.jsonl")],
    ["prompts", (was) => was.replace("Answer from", "Reply from")],
    ["primary scorer", (was) => was.replace("as: f1", "as: f1, threshold: 0.7")],
    ["writer model", (was) => `${was}\nmodels: { writer: embedded/classifier }\n`],
    ["seed", (was) => `${was}\nseed: 99\n`],
  ];
  for (const [part, change] of changes) expect(await asked(change), part).toMatchObject({ code: 3, stderr: expect.stringContaining(part) });
  const { code, stderr } = await asked((was) => `${was}\ngates: [{ metric: f1, min: 0 }]\nbudget: { calls: 100000 }\n`);
  expect(code, stderr).toBe(0);
});

test("a run of some cases is probed with the flags that chose them", async () => {
  const folder = await made(blind(undefined, idle), ["--sample", "120"]);
  expect(await llmopt(folder, anew)).toMatchObject({ code: 3, stderr: expect.stringContaining("--sample") });
  expect((await llmopt(folder, [...anew, "--sample", "120"])).code).toBe(0);
});

test("what there is no run of, or no kind of file for, is a fault of usage", async () => {
  const folder = await made(riverExperiment());
  expect((await llmopt(folder, ["diagnose", "nowhere"])).code).toBe(3);
  expect((await llmopt(folder, ["diagnose", "latest", "-o", "d.html"])).code).toBe(2);
  expect((await llmopt(folder, ["diagnose", "latest", "--cases", "0"])).code).toBe(2);
});

test("a diagnosis searches the documents as the ladder cuts them, so that none is embedded twice", async () => {
  const documents = Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [`docs/d${i}.md`, `# River ${i}\n\nThe river ${i} is long.\n`]),
  );
  const yaml = blind(undefined, "knowledge: { files: docs }\n").replace(
    "ladder: [few-shot]",
    "ladder: [{ use: rag, size: 320, top_k: 3 }]",
  );
  const folder = project({ "cases.jsonl": riverCases(60), "e.yaml": yaml, ...documents });
  const { code, stderr } = await llmopt(folder, ["run", "e.yaml", "-q"]);
  expect(code, stderr).toBe(0);
  const stored = JSON.parse((await llmopt(folder, ["diagnose", "latest", "--rung", "baseline", "--json"])).stdout) as Document;
  expect(stored.probed).toBeGreaterThan(0);
  expect(readdirSync(join(folder, ".llmopt", "indexes"))).toHaveLength(1);
});
