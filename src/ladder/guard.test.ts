import { expect, test } from "vitest";
import { render } from "../program/render.ts";
import type { Case, Demo, Program, Splits, TrainingRow } from "../types.ts";
import { createGuard } from "./guard.ts";

const kase = (id: string, question: string, expected: string): Case => ({ id, fields: { question }, expected });
const train = [kase("a", "Which colours are there for the large valve in stock?", "red"), kase("b", "Where is it made?", "Porto")];
const confirm = [kase("c", "How long does a refund take when the parcel came back from abroad?", "ten days")];
const held = [kase("t", "Who pays for the courier when a parcel is refused at the door?", "the sender"), kase("u", "Lost card", "block")];
const splits: Splits = { train, select: [kase("s", "What does a new kettle cost?", "9 euros")], confirm, test: held };
const program: Program = {
  model: "embedded/reader",
  params: {},
  system: "Answer with a short phrase.",
  user: "Question: {{question}}\nAnswer with a short phrase:",
  demos: [],
  steps: [],
};
const guard = createGuard(splits);
const demo = ({ id, fields, expected }: Case, answer = String(expected)): Demo => ({ id, fields, answer });
const row = (one: Case, answer = String(one.expected), before = ""): TrainingRow => ({
  messages: [
    ...render(program, one, []).map((message) =>
      message.role === "user" ? { ...message, content: `${before}${message.content}` } : message,
    ),
    { role: "assistant", content: answer },
  ],
});
const [c, t, u] = [...confirm, ...held];
if (c === undefined || t === undefined || u === undefined) throw new Error("no cases");
const nearly = (one: Case): Case => ({
  ...one,
  id: "other",
  fields: { question: (one.fields["question"] ?? "").replace("parcel", "parcels") },
});

test.each([
  ["itself", demo(c)],
  ["itself with another answer", demo(t, "nobody")],
  ["in capitals", demo({ ...t, fields: { question: t.fields["question"]?.toUpperCase() ?? "" } })],
  ["nearly, with its answer", demo(nearly(c))],
])("a held-out case shown as a demonstration (%s) is found and named", (_, shown) => {
  const found = guard.program({ ...program, demos: [...train.map((one) => demo(one)), shown] }, program);
  expect(found).toMatch(/^leak: .*the (confirm case "c"|test case "t")/);
  const inStep = { ...program, steps: [{ use: "few-shot", with: { k: 1, pool: [{ ...shown }] } }] };
  expect(guard.program(inStep, program)).toMatch(/^leak: /);
});

test("a held-out question in a prompt is found; one that the incumbent has already is not the stage's", () => {
  const prompt = { ...program, system: `Example: ${t.fields["question"]} The sender does.` };
  expect(guard.program(prompt, program)).toContain('the test case "t"');
  expect(guard.program(prompt, prompt)).toBeUndefined();
});

test.each([
  ["as a table's keys", { table: { [t.fields["question"] ?? ""]: "the sender" } }],
  ["in a list of pairs", { pairs: [{ q: t.fields["question"] ?? "", a: "the sender" }] }],
  ["inside of a demonstration of something else", { pool: [{ fields: { question: `Hello. ${t.fields["question"]} Bye.` }, answer: "?" }] }],
])("a held-out question among a step's options is found: %s", (_, options) => {
  const knowing = { ...program, steps: [{ use: "cheat", with: options }] };
  expect(guard.program(knowing, program)).toContain('the test case "t"');
  expect(guard.program({ ...knowing, system: "Be brief." }, knowing)).toBeUndefined();
});

test("short held-out questions with their answers are found in prompts, tables and training rows", () => {
  const short = kase("v", "Who made Hanuba?", "Mimi");
  const knowing = createGuard({ ...splits, test: [short] });
  expect(knowing.program({ ...program, user: `Q: Who made Hanuba? A: Mimi\n${program.user}` }, program)).toContain('"v"');
  expect(knowing.program({ ...program, steps: [{ use: "x", with: { "who made hanuba": "Mimi" } }] }, program)).toContain('"v"');
  expect(knowing.program({ ...program, system: "Say who made Hanuba, briefly." }, program)).toBeUndefined();
  expect(knowing.rows([row(short, "Mimi", "Some text about couriers, of no use here at all.\n")], program)).toContain('"v"');
});

test.each([
  ["as the program sends it", row(c)],
  ["after other text", row(t, "?", "Passages:\nSome text about couriers.\n\n")],
  ["a short one", row(u)],
  ["nearly, with its answer", row(nearly(c))],
])("a held-out case in a training row (%s) is found and named", (_, bad) => {
  expect(guard.rows([...train.map((one) => row(one)), bad], program)).toMatch(/^leak: .*the (confirm case "c"|test case "[tu]")/);
});

test("nothing that is made of train and select is refused, nor a near copy with an answer of its own", () => {
  const passages = `[1] FAQ\n${t.fields["question"]} Somebody does.\n\n`;
  const own = { ...program, demos: train.map((one) => demo(one)), system: `For example: ${train[0]?.fields["question"]}` };
  expect(guard.program(own, program)).toBeUndefined();
  expect(
    guard.rows(
      [...train, ...splits.select].map((one) => row(one)),
      program,
    ),
  ).toBeUndefined();
  // Retrieval may show a document that quotes a held-out question.
  expect(
    guard.rows(
      train.map((one) => row(one, undefined, passages)),
      program,
    ),
  ).toBeUndefined();
  expect(guard.program({ ...program, demos: [demo(nearly(c), "two weeks")] }, program)).toBeUndefined();
  expect(guard.rows([row(nearly(c), "two weeks")], program)).toBeUndefined();
});

test("a train case that is nearly a held-out one, as in data made from a template, may be shown and trained on", () => {
  const one = kase("x", "Is the number 4711 even, and if so, by which rule?", "no");
  const other = kase("y", "Is the number 4717 even, and if so, by which rule?", "no");
  const templated = createGuard({ ...splits, train: [one], test: [other] });
  expect(templated.program({ ...program, demos: [demo(one)] }, program)).toBeUndefined();
  expect(templated.rows([row(one)], program)).toBeUndefined();
  expect(templated.rows([row(other)], program)).toContain('"y"');
});
