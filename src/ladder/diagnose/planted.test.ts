/** One planted fault a program; the diagnosis must name it, and the rung that treats it. */
import { expect, test } from "vitest";
import { z } from "zod";
import { defineScorer, defineStage } from "../../plugin.ts";
import exact from "../../scorers/exact.ts";
import tokenF1 from "../../scorers/token-f1.ts";
import { stages } from "../../stages/index.ts";
import type { Bucket } from "../../types.ts";
import { namedScorer } from "../world.fixture.ts";
import {
  asking,
  chance,
  codeOf,
  codes,
  countsOf,
  flipped,
  handbook,
  labelOf,
  labels,
  lastLine,
  messages,
  reads,
  retrieving,
  things,
  walked,
  type Simulated,
} from "./planted.fixture.ts";

/** Searches, and finds nothing. */
const blind = defineStage({
  name: "blind",
  about: "finds nothing",
  options: z.strictObject({}),
  fit: async (program) => program,
  before: async (turn) => ({ ...turn, retrieved: true }),
});

type More = Parameters<typeof walked>[1];

const noSources = codes.map(({ id, fields, expected }) => ({ id, fields, expected }));
const objects = codes.map((kase, i) => ({ ...kase, expected: { code: String(kase.expected), floor: i % 5 } }));
const floorOf = (question: string) => codes.findIndex(({ expected }) => expected === codeOf(question)) % 5;
const priceOf = (question: string) => 1000 + ((codes.findIndex(({ expected }) => expected === codeOf(question)) * 7919) % 5000);
const prices = codes.map((kase) => ({ ...kase, expected: `${priceOf(kase.fields["question"] ?? "")} EUR` }));
/** The answer stands in a field of the question, amid other things. */
const withText = things.map(({ name, id, code }) => ({
  id,
  fields: {
    question: `What is the code of the ${name}?`,
    text: `In the hall there are machines of all kinds. Most of them are old. The ${name} stands near the door. Its code is ${code}. It was bought long ago. Nobody knows who paid for it. The hall is closed on Sundays. Visitors ring twice.`,
  },
  expected: code,
}));
const textProgram = { ...asking("question"), user: "{{text}}\n\n{{question}}" };
/** Every third document tells its thing only in the title, and titles went astray: retrieval finds the wrong ones. */
const astray = handbook.map((document, i) => ({
  ...document,
  title: "A machine",
  text: document.text.replace(/The \w+ \w+ stands/u, `The ${handbook[(i + 7) % handbook.length]?.title.slice(4)} stands`),
}));
const roles = { task: "local/sim", writer: "local/big", judge: "local/sim", embed: "embedded/lexical" };

const faults: readonly (readonly [string, Bucket, Simulated, More])[] = [
  ["no context", "missing knowledge", reads, { documents: handbook }],
  ["no context, and sources that nobody named", "missing knowledge", reads, { documents: handbook, cases: noSources }],
  [
    "no context, and long-winded once it is there",
    "missing knowledge",
    (asked) => (reads(asked) === "I don't know" ? "I don't know" : `Dear customer, the code that you look for is ${reads(asked)}.`),
    { documents: handbook },
  ],
  ["wrong context: passages that do not hold the answer", "wrong retrieval", reads, { documents: astray, program: retrieving(1) }],
  [
    "wrong context: nothing at all is found",
    "wrong retrieval",
    reads,
    {
      documents: handbook,
      program: { ...retrieving(1), steps: [{ use: "blind", with: {} }] },
      rungs: [...stages, blind].map((stage) => ({ stage })),
    },
  ],
  [
    "long, distracting context",
    "ignored context",
    (asked) => (asked.question.length > 600 ? "I don't know" : reads(asked)),
    { documents: handbook, program: retrieving(12) },
  ],
  [
    "refuses although the context holds the answer",
    "ignored context",
    () => "I cannot answer that from the passages.",
    { documents: handbook, program: retrieving(3) },
  ],
  [
    "refuses although the question brings the text",
    "ignored context",
    () => "The text does not say.",
    { cases: withText, program: textProgram },
  ],
  [
    "lost in the text that the question brings",
    "ignored context",
    (asked) => (asked.question.length > 200 ? "unclear" : codeOf(lastLine(asked))),
    { cases: withText, program: textProgram },
  ],
  [
    "labels in a sentence",
    "format",
    ({ question }) => `I would file this under ${labelOf(question).replace("_", " ")}, I think.`,
    { cases: messages },
  ],
  ["labels as JSON in a fence", "format", ({ question }) => `\`\`\`json\n{"label": "${labelOf(question)}"}\n\`\`\``, { cases: messages }],
  [
    "labels in the wrong case",
    "format",
    ({ question }) => labelOf(question).toUpperCase(),
    { cases: messages, scorers: [{ ...namedScorer("score", exact), options: { ignore_case: false, normalize: "none" } }] },
  ],
  [
    "objects in prose, with other keys and types",
    "format",
    ({ question }) => `Here you are:\n{"Code": "${codeOf(question)}", "floor": "${floorOf(question)}"}`,
    { cases: objects },
  ],
  ["other notation and unit", "format", ({ question }) => `€${priceOf(question).toLocaleString("en")}.00`, { cases: prices }],
  [
    "long-winded",
    "format",
    ({ question }) => `Thank you for asking. According to our records that code is ${codeOf(question)}, and we hope that this helps.`,
    { scorer: tokenF1 },
  ],
  [
    "a prompt without the labels",
    "behaviour",
    ({ question, text }) => (text.includes(labels[0] ?? "") ? labelOf(question) : "an unhappy customer"),
    { cases: messages },
  ],
  [
    "acts as wanted only when it is shown how",
    "behaviour",
    ({ question, demos }) => (demos.length > 0 ? labelOf(question) : "an unhappy customer"),
    { cases: messages },
  ],
  [
    "demonstrations that are wrong",
    "behaviour",
    ({ question, demos }) => (demos.length > 0 && demos.every((demo) => demo === "praise") ? "praise" : labelOf(question)),
    {
      cases: messages,
      program: { ...asking("text"), demos: messages.slice(0, 4).map(({ id, fields }) => ({ id, fields, answer: "praise" })) },
    },
  ],
  [
    "a model that cannot, where another can",
    "behaviour",
    ({ question, model }) => (model === "big" ? codeOf(question) : "E-1"),
    { models: roles },
  ],
  [
    "a scorer that never passes",
    "no headroom",
    ({ question }) => codeOf(question),
    { scorer: defineScorer({ ...exact, name: "never", score: () => ({ value: 0 }) }) },
  ],
  ["nothing to mend", "no headroom", ({ question }) => codeOf(question), {}],
];

test.each(faults)("%s: %s", async (_, bucket, model, more) => {
  const { diagnosis, experiment } = await walked(model, {
    rungs: stages.map((stage) => ({ stage })),
    walk: "until-target",
    target: 0,
    ...more,
  });
  expect(countsOf(diagnosis)).toEqual({ [bucket]: diagnosis.probed });
  const treating = experiment.ladder.filter(({ stage }) => stage.treats?.includes(bucket)).map(({ name }) => name);
  expect(diagnosis.buckets[0]?.asks_for).toEqual(bucket === "no headroom" ? [] : treating);
  for (const name of diagnosis.failing === 0 ? [] : treating) expect(diagnosis.next).toContain(name);
  for (const example of diagnosis.buckets[0]?.examples ?? []) expect(example.evidence).not.toBe("");
});

test.each([0.5, 0.2, 0.8])("a model that is right by chance in %s of its answers is unstable", async (share) => {
  for (const seed of [1, 2, 3]) {
    const random = chance(`${share} ${seed}`);
    const fixed: Simulated = (asked) => (random(asked) < share ? codeOf(lastLine(asked)) : "nothing");
    const free: Simulated = (asked) => {
      const x = random(asked);
      return x < share ? labelOf(asked.question) : (labels[Math.floor(((x - share) / (1 - share)) * labels.length)] ?? "");
    };
    for (const { diagnosis } of [await walked(fixed, { seed, documents: handbook }), await walked(free, { seed, cases: messages })]) {
      expect(countsOf(diagnosis)["unstable"] ?? 0, `${share} ${seed}`).toBeGreaterThanOrEqual(0.75 * diagnosis.probed);
      expect(diagnosis.next).toContain("unstable");
    }
  }
});

test("a model that says something else every time is unstable, though it is never right", async () => {
  const random = chance("new");
  const { diagnosis } = await walked((asked) => `E-${Math.floor(random(asked) * 1e6)}`);
  expect(countsOf(diagnosis)).toEqual({ unstable: 30 });
});

test.each([0.1, 0.2, 0.3])("labels of which %s are wrong are suspect, and nearly nothing else is", async (share) => {
  for (const seed of [1, 2]) {
    const knows: Simulated = (asked) => codeOf(lastLine(asked));
    const worlds: readonly (readonly [string, Simulated, More])[] = [
      ["labels", ({ question }) => labelOf(question), { cases: flipped(messages, share, seed) }],
      ["answers in passages", reads, { cases: flipped(codes, share, seed), documents: handbook, program: retrieving(5) }],
      ["answers in documents", knows, { cases: flipped(codes, share, seed), documents: handbook }],
      ["answers in the question's text", knows, { cases: flipped(withText, share, seed), program: textProgram }],
      ["answers nowhere", knows, { cases: flipped(noSources, share, seed) }],
      ["answers nowhere, and another model", knows, { cases: flipped(noSources, share, seed), models: roles }],
    ];
    for (const [name, model, more] of worlds) {
      const { diagnosis } = await walked(model, { seed, ...more });
      expect(diagnosis.failing, name).toBeGreaterThan(0);
      expect(countsOf(diagnosis)["suspect label"] ?? 0, `${name} ${share} ${seed}`).toBeGreaterThanOrEqual(0.6 * diagnosis.probed);
    }
  }
});

test("labels that nobody can know without context are suspect only where they are wrong", async () => {
  const cases = flipped(codes, 0.2, 2);
  const { diagnosis } = await walked(reads, { cases, documents: handbook });
  const suspect = diagnosis.buckets.find(({ bucket }) => bucket === "suspect label")?.cases ?? [];
  const missing = diagnosis.buckets.find(({ bucket }) => bucket === "missing knowledge")?.cases ?? [];
  const isFlipped = (id: string) => cases.find((kase) => kase.id === id)?.expected !== codes.find((kase) => kase.id === id)?.expected;
  expect(suspect.length + missing.length).toBe(diagnosis.probed);
  expect(suspect.every(isFlipped)).toBe(true);
  expect(missing.some(isFlipped)).toBe(false);
});

test.each<[string, Simulated, More]>([
  ["always says the same label", () => "praise", { cases: messages }],
  [
    "takes one label for another",
    ({ question }) => (labelOf(question) === "praise" ? "broken_item" : labelOf(question)),
    { cases: messages },
  ],
  ["counts wrong", ({ question }) => `${priceOf(question) + 1} EUR`, { cases: prices }],
  ["fills one field wrong", ({ question }) => JSON.stringify({ code: codeOf(question), floor: 9 }), { cases: objects }],
  ["takes it back", ({ question }) => `It is not ${codeOf(question)}.`, {}],
])("a program that %s is not excused: neither the form nor the labels are at fault", async (_, model, more) => {
  const { diagnosis } = await walked(model, more);
  expect(countsOf(diagnosis)).toEqual({ unexplained: diagnosis.probed });
});

test("two faults are told apart case by case", async () => {
  const flaky = /(red|green|blue|white|black) \w+\?$/u;
  const random = chance("two");
  const model: Simulated = (asked) => (!flaky.test(asked.question) ? reads(asked) : random(asked) < 0.5 ? codeOf(lastLine(asked)) : "E-1");
  const { diagnosis } = await walked(model, { documents: handbook });
  const of = (name: Bucket) => diagnosis.buckets.find(({ bucket }) => bucket === name)?.cases ?? [];
  const isFlaky = (id: string) => flaky.test(`${id.replace("-", " ")}?`);
  expect(of("missing knowledge").filter((id) => !isFlaky(id))).toHaveLength(of("missing knowledge").length);
  expect(of("unstable").filter(isFlaky)).toHaveLength(of("unstable").length);
  expect(of("missing knowledge").length).toBeGreaterThan(10);
  expect(of("unstable").length).toBeGreaterThan(5);
});

test("who guesses without the passages and knows with them lacks knowledge", async () => {
  const random = chance("guess");
  const model: Simulated = (asked) =>
    reads(asked) !== "I don't know" ? reads(asked) : random(asked) < 0.3 ? codeOf(lastLine(asked)) : "E-1";
  const { diagnosis } = await walked(model, { documents: handbook });
  expect(countsOf(diagnosis)["missing knowledge"]).toBeGreaterThanOrEqual(0.85 * diagnosis.probed);
});
