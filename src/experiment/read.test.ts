import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SPLITS } from "../data/splits.ts";
import { peekPlugins, readExperiment } from "./read.ts";
import { casesText, inProject, reading, registry, YAML } from "./project.fixture.ts";
import type { Experiment } from "../types.ts";

const ids = ({ splits }: Experiment): readonly string[] => SPLITS.flatMap((name) => splits[name].map(({ id }) => id));

describe("what is left out has its default", () => {
  test("in the experiment", async () => {
    expect(await reading(YAML)).toMatchObject({
      name: "experiment",
      text: YAML,
      models: { task: "embedded/reader", writer: "embedded/reader", judge: "embedded/reader", embed: "embedded/lexical" },
      exploratory: true,
      documents: [],
      program: { model: "embedded/reader", params: {}, system: "", user: "Q: {{question}}", demos: [], steps: [] },
      variants: {},
      scorers: [
        { name: "same", axis: "behaviour", threshold: 0.5, not: false, prompts: {}, files: new Map(), options: { ignore_case: true } },
      ],
      primary: "same",
      ladder: [{ name: "polish", options: { rounds: 2, size: 3 } }],
      walk: "all",
      target: undefined,
      budget: {},
      gates: [],
      repeat: 1,
      seed: 0,
      margin: 0.01,
      maxErrors: 0.1,
      prices: {},
    });
  });

  test("in endpoints, the built-in ones included", async () => {
    const { endpoints } = await reading(
      `${YAML}endpoints: { local: { base_url: "http://127.0.0.1:11434/v1", compat: ollama, timeout_s: 5 } }\n`,
    );
    expect(endpoints).toEqual({
      embedded: { name: "embedded", baseUrl: "http://embedded.invalid/v1", compat: "generic", concurrency: 4, timeout: 120, deadline: 300 },
      openai: { name: "openai", baseUrl: "https://api.openai.com/v1", compat: "openai", concurrency: 8, timeout: 120, deadline: 300 },
      local: { name: "local", baseUrl: "http://127.0.0.1:11434/v1", compat: "ollama", concurrency: 8, timeout: 5, deadline: 300 },
    });
  });

  test("in the name: the file's, with what a folder cannot hold as dashes", async () => {
    await inProject(YAML, { "a b+c.exp.yaml": YAML }, async (dir) => {
      expect((await readExperiment(join(dir, "a b+c.exp.yaml"), registry, { env: {} })).name).toBe("a-b-c.exp");
    });
  });
});

describe("what is written is what counts", () => {
  test("for roles, parameters, rungs and scorers", async () => {
    const experiment = await reading(`
model: embedded/reader
models: { task: local/org/model, writer: local/w }
params: { temperature: 0, stop: [x], extra: { deep: true } }
endpoints: { local: { base_url: "http://h/v1", prices: { org/model: { in: 0.5, out: 2 } } } }
data: { file: cases.jsonl, expected: answer, group: topic }
knowledge: { files: [docs/*.md] }
program: { user: "{{question}}", system: "Answer.", variants: { b: { system: "Answer well." }, c: { user: "{{question}}!" } } }
evals: { primary: best, scorers: [{ use: same, as: best, axis: context, threshold: 1, ignore_case: false }, { use: pattern, pattern: "^A" }] }
ladder: [polish, { use: polish, as: again, rounds: 5, size: [1, 2] }]
walk: until-target
target: { best: 0.9 }
`);
    expect(experiment).toMatchObject({
      models: { task: "local/org/model", writer: "local/w", judge: "embedded/reader" },
      prices: { "local/org/model": { in: 0.5, out: 2 } },
      program: { model: "local/org/model", params: { temperature: 0, stop: ["x"], extra: { deep: true } }, system: "Answer." },
      variants: { b: { system: "Answer well." }, c: { user: "{{question}}!" } },
      documents: [{ id: "one" }, { id: "two" }],
      scorers: [
        { name: "best", axis: "context", threshold: 1, options: { ignore_case: false } },
        { name: "pattern", options: { pattern: "^A" } },
      ],
      ladder: [
        { name: "polish", options: { rounds: 2 } },
        { name: "again", options: { rounds: 5, size: [1, 2] } },
      ],
      target: 0.9,
    });
  });

  test("for what a scorer does not do, and the templates that it asks with", async () => {
    const scorers = "[{ use: judged, not: true, prompts: { verdict: judge.md } }, { use: judged, as: plain }]";
    const experiment = await reading(YAML.replace("[same]", scorers).replace("scorers:", "primary: plain, scorers:"), {
      "judge.md": "---\nversion: 2\n---\nIs {{answer}} polite?\n",
    });
    expect(experiment.scorers).toMatchObject([
      { not: true, prompts: { verdict: "Is {{answer}} polite?" } },
      { not: false, prompts: {} },
    ]);
  });

  test("for weights: those that have one make the mean that decides, the others are only shown", async () => {
    const scorers = "[{ use: same, weight: 3 }, { use: pattern, pattern: ^A, as: form, weight: 1 }, { use: same, as: shown }]";
    const { scorers: named, primary } = await reading(YAML.replace("[same]", scorers));
    expect(named.map(({ name }) => name)).toEqual(["same", "form", "shown", "weighted"]);
    expect(named.at(-1)).toMatchObject({ options: { of: { same: 3, form: 1 } } });
    expect(primary).toBe("weighted");
    const other = await reading(YAML.replace("[same]", scorers).replace("scorers:", "primary: same, scorers:"));
    expect(other.primary).toBe("same");
  });

  test("for a mean by hand, by another name than that of the weights", async () => {
    const scorers = "[{ use: same, weight: 3 }, { use: weighted, as: half, of: { same: 1 } }]";
    expect((await reading(YAML.replace("[same]", scorers))).scorers.map(({ name }) => name)).toEqual(["same", "half", "weighted"]);
  });

  test("for files: their texts, and of programs the hash of what is beside the experiment", async () => {
    const scorers =
      "[{ use: human, file: labels.csv }, { use: command, argv: [node, check.mjs, words, --words, docs, also.txt] }, { use: python, file: check.py, interpreter: node }]";
    const yaml = YAML.replace("[same]", scorers).replace("scorers:", "primary: human, scorers:");
    const files = { "labels.csv": "case,value\nc1,1\n", "check.mjs": "1", words: new Uint8Array([0xff, 0]), "check.py": "print(1)" };
    const { scorers: named } = await reading(yaml, files);
    const hash = expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string;
    expect(named.map((one) => Object.fromEntries(one.files))).toEqual([
      { "labels.csv": "case,value\nc1,1\n" },
      { "check.mjs": hash, words: hash },
      { "check.py": "print(1)" },
    ]);
  });

  test("for cases that may fail: a share, or a count from 2", async () => {
    for (const most of [0, 0.5, 1, 2, 40]) expect((await reading(`${YAML}max_errors: ${most}\n`)).maxErrors).toBe(most);
  });

  test("aliases and merged maps are read", async () => {
    const yaml = YAML.replace("ladder: [polish]", "ladder: [&p { use: polish, rounds: 7 }, { <<: *p, as: again, size: 1 }]");
    expect((await reading(yaml)).ladder.map(({ options }) => options)).toEqual([
      { rounds: 7, size: 3 },
      { rounds: 7, size: 1 },
    ]);
  });

  test("columns of a CSV with quotes, line breaks and separators", async () => {
    const rows = Array.from({ length: 30 }, (_, n) => `${n},"Is ""${n * 7919}"" right,\nor not?",yes,a; b`);
    const yaml = YAML.replace("{ file: cases.jsonl, expected: answer }", "{ file: cases.csv, expected: answer, tags: tags }");
    const experiment = await reading(yaml, { "cases.csv": `\uFEFFid,question,answer,tags\r\n${rows.join("\r\n")}\r\n` });
    expect(ids(experiment)).toHaveLength(new Set(ids(experiment)).size + experiment.splits.select.length);
    const first = SPLITS.flatMap((name) => experiment.splits[name]).find(({ id }) => id === "0");
    expect(first).toEqual({ id: "0", fields: { question: 'Is "0" right,\nor not?' }, expected: "yes", tags: ["a", "b"] });
  });

  test("Chinese questions, columns and placeholders", async () => {
    const rows = Array.from({ length: 40 }, (_, n) =>
      JSON.stringify({ 编号: n, 问题: `第${n * 7919}个问题是什么？`, 答案: [`答${n}`, `回答${n}`] }),
    );
    const yaml = YAML.replace("{ file: cases.jsonl, expected: answer }", "{ file: 数据.jsonl, id: 编号, expected: 答案 }").replace(
      "user.md",
      '"问：{{问题}}"',
    );
    const { splits, program } = await reading(yaml, { "数据.jsonl": rows.join("\n") });
    expect(program.user).toBe("问：{{问题}}");
    expect(splits.test[0]?.fields["问题"]).toMatch(/^第\d+个问题是什么？$/);
  });
});

describe("a program sees", () => {
  const rows = Array.from({ length: 40 }, (_, n) =>
    JSON.stringify({ id: n, q: `Question ${n * 104729}`, hint: n % 2 === 0, note: `n${n}`, answer: "a", parts: ["x"] }),
  );
  const read = (data: string): Promise<Experiment> =>
    reading(YAML.replace("{ file: cases.jsonl, expected: answer }", data).replace("user.md", '"{{q}} {{#hint}}{{hint}}{{/hint}}"'), {
      "cases.jsonl": rows.join("\n"),
    });

  test("only the columns that templates name, as text, and hears of the others", async () => {
    const { splits, warnings } = await read("{ file: cases.jsonl, expected: answer }");
    expect(Object.keys(splits.test[0]?.fields ?? {})).toEqual(["q", "hint"]);
    expect(splits.test[0]?.fields["hint"]).toMatch(/^(true|false)$/);
    expect(warnings).toEqual(['data: no template names "note", so the model does not see it']);
  });

  test("all the columns that data.input names", async () => {
    const { splits } = await read("{ file: cases.jsonl, expected: answer, input: [q, hint, note] }");
    expect(Object.keys(splits.test[0]?.fields ?? {})).toEqual(["q", "hint", "note"]);
  });
});

describe("secrets", () => {
  const yaml =
    YAML.replace("embedded/reader", "h/m") +
    'endpoints: { h: { base_url: "http://h/v1", api_key: "Key ${H_KEY}" }, idle: { base_url: "http://i/v1", api_key: "${IDLE}" } }\n';

  test("come from the environment and stay out of the text", async () => {
    const experiment = await reading(yaml, {}, { env: { H_KEY: "s3cret" } });
    expect(experiment.endpoints["h"]?.apiKey).toBe("Key s3cret");
    expect(experiment.text).toBe(yaml);
  });

  test("are not needed for endpoints that nothing uses", async () => {
    expect((await reading(yaml, {}, { env: { H_KEY: "x" } })).endpoints["idle"]).not.toHaveProperty("apiKey");
  });

  test("are needed where an option of a stage names the endpoint", async () => {
    const named = yaml.replace("ladder: [polish]", "ladder: [{ use: polish, model: idle/m }]");
    await expect(reading(named, {}, { env: { H_KEY: "x" } })).rejects.toThrow("the environment variable IDLE is not set");
  });
});

describe("splits", () => {
  const files = {
    "train.jsonl": casesText(200),
    "test.jsonl": casesText(60).replaceAll('"c', '"t').replaceAll("What about", "And what of the much longer"),
  };
  const yaml = YAML.replace("file: cases.jsonl", "files: { train: train.jsonl, test: test.jsonl }");

  test("given by files are kept, and select and confirm are cut from train", async () => {
    const { splits, exploratory } = await reading(yaml, files);
    expect(splits.test.map(({ id }) => id)).toEqual(Array.from({ length: 60 }, (_, n) => `t${n}`));
    expect(splits.train.length + splits.select.length + splits.confirm.length).toBe(200);
    expect(exploratory).toBe(false);
  });

  test("given by a column are kept", async () => {
    const rows = Array.from({ length: 120 }, (_, n) => ({ id: n, question: `Question ${n * 104729}`, answer: "a", part: SPLITS[n % 4] }));
    const { splits } = await reading(YAML.replace("expected: answer", "expected: answer, split: part"), {
      "cases.jsonl": rows.map((row) => JSON.stringify(row)).join("\n"),
    });
    for (const [index, name] of SPLITS.entries()) expect(splits[name].every(({ id }) => Number(id) % 4 === index)).toBe(true);
  });

  test("with ids of one file in another are refused", async () => {
    await expect(reading(yaml, { ...files, "test.jsonl": casesText(1) })).rejects.toThrow(
      /test\.jsonl:1: id "c0" is also the id of .*train\.jsonl:1/,
    );
  });

  test("are limited each where files give them", async () => {
    const { splits } = await reading(yaml, files, { limit: 50 });
    expect([splits.test.length, splits.train.length + splits.select.length]).toEqual([50, 50]);
  });

  test("hold what the filter chooses and nothing else", async () => {
    const experiment = await reading(YAML, {}, { filter: "/^c[1-4]\\d$/" });
    expect(new Set(ids(experiment))).toEqual(new Set(Array.from({ length: 40 }, (_, n) => `c${n + 10}`)));
  });

  test("are the same for the same file and seed, and others for another seed", async () => {
    const [one, two, other] = [await reading(YAML), await reading(YAML), await reading(`${YAML}seed: 5\n`)];
    expect(ids(one)).toEqual(ids(two));
    expect(ids(one)).not.toEqual(ids(other));
  });
});

describe("plugins and scorers are peeked at", () => {
  test("from a file that is otherwise wrong", async () => {
    await inProject("plugins: [./a.ts, 3, pkg]\nevals: { scorers: [{ use: ./x.ts }, y, 3, ./x.ts] }\nmodle: [\n", {}, async (dir) =>
      expect(await peekPlugins(join(dir, "experiment.yaml"))).toEqual({ plugins: ["./a.ts", "pkg"], scorers: ["./x.ts", "y"] }),
    );
  });
  test("and are none where there is no file", async () =>
    expect(await peekPlugins("/nowhere/experiment.yaml")).toEqual({ plugins: [], scorers: [] }));
});

test("what gives held-out cases away is found in other splits, documents and prompts: a short warning, and all pairs beside it", async () => {
  const question = (n: number): string =>
    `Which of the many large valves in the storehouse is made by workshop ${(n * 104729 + 7919).toString(36)}?`;
  const rows = Array.from({ length: 60 }, (_, n) => ({
    id: `c${n}`,
    question: question(n),
    answer: `A${n}`,
    split: ["train", "select", "test"][n % 3],
  }));
  const copy = { ...rows[2], id: "copy", split: "train" };
  const { splits, warnings, leaks } = await reading(
    `${YAML.replace("answer }", "answer, split: split }").replace("user.md", `"For example: ${question(5)}\\n{{question}}"`)}knowledge: { files: faq.md }\n`,
    {
      "cases.jsonl": [...rows, copy].map((row) => JSON.stringify(row)).join("\n"),
      "faq.md": `# FAQ\n\n${question(2).toUpperCase()} Ours.`,
    },
  );
  expect(splits.train.map(({ id }) => id)).not.toContain("copy");
  expect(leaks.cases).toContainEqual({
    kind: "exact",
    case: "copy",
    split: "train",
    other: "c2",
    other_split: "test",
    same_answer: true,
    removed: true,
  });
  expect(leaks.quotes).toEqual([
    { case: "c2", split: "test", in: "faq" },
    { case: "c5", split: "test", in: "program.user" },
  ]);
  expect(warnings).toContainEqual(expect.stringMatching(/^data: 1 of 21 train cases repeat a case of test \(1 exactly/));
  expect(warnings).toContainEqual(
    expect.stringMatching(/^knowledge: 1 confirm or test question stands word for word in "c2" \(test\) in faq/),
  );
  expect(warnings).toContainEqual(
    expect.stringMatching(/^program: 1 confirm or test question stands word for word in "c5" \(test\) in program.user/),
  );
});
