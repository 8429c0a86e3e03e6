/** One planted fault a program; the diagnosis must name it, and the rung that treats it. */
import { expect, test } from "vitest";
import { z } from "zod";
import { defineScorer, defineStage } from "../../plugin.ts";
import exact from "../../scorers/exact.ts";
import tokenF1 from "../../scorers/token-f1.ts";
import fewShot from "../../stages/few-shot/index.ts";
import rag from "../../stages/rag/index.ts";
import { seeded } from "../../stats/random.ts";
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
  expect(diagnosis.buckets[0]?.asks_for.toSorted()).toEqual(bucket === "no headroom" ? [] : treating.toSorted());
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
      ["answers nowhere, and another model", knows, { cases: flipped(noSources, share, seed), models: roles }],
    ];
    for (const [name, model, more] of worlds) {
      const { diagnosis } = await walked(model, { seed, ...more });
      expect(diagnosis.failing, name).toBeGreaterThan(0);
      expect(countsOf(diagnosis)["suspect label"] ?? 0, `${name} ${share} ${seed}`).toBeGreaterThanOrEqual(0.5 * diagnosis.probed);
    }
  }
});

test.each([0.1, 0.25])(
  "steady honest mistakes in %s of the cases are not blamed on the labels, but the thought is offered",
  async (share) => {
    const wrong = (text: string) => seeded(`mistake ${share} ${text}`)() < share;
    const otherOf = (text: string) => labels[(labels.indexOf(labelOf(text)) + 1 + Math.floor(seeded(text)() * 3)) % labels.length] ?? "";
    const worlds: readonly (readonly [Simulated, More])[] = [
      [({ question }) => (wrong(question) ? `E-${codeOf(question).length}999` : codeOf(question)), { cases: noSources }],
      [({ question }) => (wrong(question) ? `${priceOf(question) + 7} EUR` : `${priceOf(question)} EUR`), { cases: prices }],
      [
        ({ question }) => JSON.stringify({ code: codeOf(question), floor: floorOf(question) + (wrong(question) ? 1 : 0) }),
        { cases: objects },
      ],
      [({ question }) => (wrong(question) ? otherOf(question) : labelOf(question)), { cases: messages }],
    ];
    for (const [model, more] of worlds) {
      const { diagnosis } = await walked(model, more);
      expect(diagnosis.probed).toBeGreaterThan(0);
      // Where few were probed, one or two may look so by chance.
      expect(countsOf(diagnosis)["suspect label"] ?? 0).toBeLessThanOrEqual(Math.max(2, 0.15 * diagnosis.probed));
      expect(diagnosis.next).toContain("it may be the labels");
    }
  },
);

test("what the question itself says is no suspect label, whatever another model says", async () => {
  const told = objects.map((kase) => {
    const { code, floor } = kase.expected;
    return { ...kase, fields: { question: `${kase.fields["question"]} It is ${code}, on floor ${floor}.` } };
  });
  const { diagnosis } = await walked(() => JSON.stringify({ code: "E-9", floor: 7 }), { cases: told, models: roles });
  expect(countsOf(diagnosis)).not.toHaveProperty("suspect label");
});

test("two models that are wrong about yes and no prove nothing", async () => {
  const cases = codes.map(({ id, fields }, i) => ({ id, fields, expected: i % 4 === 1 ? "yes" : "no" }));
  const { diagnosis } = await walked(() => "no", { cases, models: roles });
  expect(countsOf(diagnosis)).not.toHaveProperty("suspect label");
});

/** Yes or no: the answer stands in every document and in none. */
const facts = things.map(({ name, id, code }, i) => ({ name, id, code, sold: i % 2 === 0 ? "yes" : "no" }));
const soldDocuments = facts.map(({ name, id, sold }) => ({
  id,
  title: `The ${name}`,
  text: `The ${name} stands in the hall. It is ${sold === "yes" ? "" : "not "}for sale.`,
}));
const soldCases = facts.map(({ name, id, sold }) => ({ id, fields: { question: `Is the ${name} for sale?` }, expected: sold }));
const seller: Simulated = (asked) => {
  const name = things.find((thing) => lastLine(asked).includes(thing.name))?.name ?? "";
  if (asked.question.includes(`${name} stands in the hall. It is not for sale`)) return "no";
  return asked.question.includes(`${name} stands in the hall. It is for sale`) ? "yes" : "I don't know";
};
const numbered = things.map(({ id, name }, i) => ({
  id,
  fields: { question: `On which shelf is the ${name}?` },
  expected: String(i % 97),
}));
const shelfDocuments = things.map(({ id, name }, i) => ({
  id,
  title: `The ${name}`,
  text: `The ${name} is on shelf ${i % 97}, near the door.`,
}));
const shelves: Simulated = (asked) => {
  const name = things.find((thing) => lastLine(asked).includes(thing.name))?.name ?? "";
  return asked.question.match(new RegExp(`${name} is on shelf (\\d+)`, "u"))?.[1] ?? "I don't know";
};

test.each<[string, Simulated, More]>([
  ["yes or no, and no sources", seller, { cases: soldCases, documents: soldDocuments }],
  ["small numbers, and no sources", shelves, { cases: numbered, documents: shelfDocuments }],
  [
    "sources that hold none of the answers",
    reads,
    { cases: codes.map((kase, i) => ({ ...kase, sources: [things[(i + 9) % things.length]?.id ?? ""] })), documents: handbook },
  ],
])("missing knowledge is found where nothing says which passage holds the answer: %s", async (_, model, more) => {
  const { diagnosis, summary } = await walked(model, { ...more, rungs: [{ stage: fewShot }, { stage: rag }], walk: "diagnose" });
  expect(countsOf(diagnosis)["missing knowledge"]).toBeGreaterThanOrEqual(0.9 * diagnosis.probed);
  expect(diagnosis.next).toContain("asks for rag");
  expect(summary?.winner).toBe("rag");
});

test("what could not be probed is told, and the rungs that treat it are not skipped for it", async () => {
  const { diagnosis, summary } = await walked(() => "I don't know", {
    cases: soldCases,
    documents: soldDocuments,
    program: retrieving(1),
    rungs: [{ stage: rag, options: { top_k: 2 } }],
    walk: "diagnose",
  });
  expect(diagnosis.untold).toEqual({ cases: diagnosis.probed, buckets: ["wrong retrieval"] });
  expect(diagnosis.next).toContain("could not be probed");
  expect(summary?.rungs[1]?.status).not.toBe("skipped");
});

test.each<[string, Bucket, Simulated, More]>([
  [
    "retrieval that finds the wrong passages",
    "wrong retrieval",
    reads,
    { documents: astray.map((one) => ({ ...one, text: one.text.replace("Its code", `${"Nobody knows why. ".repeat(60)} Its code`) })) },
  ],
  [
    "a model that long contexts distract",
    "ignored context",
    (asked) => (asked.question.length > 400 ? "E-1" : reads(asked)),
    { documents: handbook },
  ],
])("a rung that was rejected is not promised again, and what fails with it is named: %s", async (_, bucket, model, more) => {
  const { diagnosis, summary, events } = await walked(model, { ...more, rungs: [{ stage: rag, options: { top_k: 8 } }] });
  expect(diagnosis.next).toContain("asks for rag");
  expect(summary?.rungs[1]?.status).toBe("rejected");
  expect(summary?.diagnosis?.next).not.toContain("asks for rag");
  expect(summary?.diagnosis?.next).toContain("rag was tried: rejected");
  expect(summary?.diagnosis?.next).toContain(bucket);
  expect(events.flatMap((event) => (event.type === "diagnosis" ? [event.rung] : []))).toEqual(["baseline", "rag"]);
});

test.each<[string, string, Simulated, More]>([
  [
    "demonstrations",
    "few-shot",
    ({ question, demos }) => (demos.length > 0 ? labelOf(question) : "an unhappy customer"),
    { cases: messages },
  ],
  ["wording", "prompt", ({ question, system }) => (system.includes(labels[0] ?? "") ? labelOf(question) : "unhappy"), { cases: messages }],
  ["another model", "fine-tune", ({ question, model }) => (model === "big" ? codeOf(question) : "E-1"), { models: roles }],
])("where %s mend it, %s is named first, and no other rung is promised their gain", async (_, first, model, more) => {
  const { diagnosis } = await walked(model, { ...more, rungs: stages.map((stage) => ({ stage })), walk: "until-target", target: 0 });
  expect(diagnosis.next).toMatch(new RegExp(`asks for ${first}, which could gain \\+1\\.000`, "u"));
  const other = first === "prompt" ? "few-shot" : "prompt";
  expect(diagnosis.next).toMatch(new RegExp(`${other} \\(\\+0\\.000`, "u"));
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
