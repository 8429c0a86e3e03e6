import { expect, test } from "vitest";
import { z } from "zod";
import { defineScorer, defineStage } from "../plugin.ts";
import { EndpointFault, UserError } from "../errors.ts";
import { createRegistry } from "../registry.ts";
import rag from "../stages/rag.ts";
import { stages } from "../stages/index.ts";
import tokenF1 from "../scorers/token-f1.ts";
import type { Answered, Bucket, Case, Experiment, Passage, Program, Reply, StepLab } from "../types.ts";
import { AXES, diagnose } from "./diagnose.ts";
import type { Meter } from "./meter.ts";
import { createGrader, type Grade } from "./grade.ts";
import { experimentOf, namedScorer } from "./world.fixture.ts";

/** A simulated model: what it says depends on what it is shown, and on which try it is. */
type Model = (messages: string, demos: number, repeat: number) => string;

const kase: Case = { id: "c", fields: { question: "What is the code of the gate?" }, expected: "E-77", sources: ["gates"] };
const train: readonly Case[] = [{ id: "t", fields: { question: "What is the code of the door?" }, expected: "E-12" }];
const gold: readonly Passage[] = [{ id: "gates#1", source: "gates", title: "Gates", text: "The gate has code E-77.", score: 1 }];
const program: Program = { model: "x/y", params: {}, system: "", user: "{{question}}", demos: [], steps: [] };

const reply = (text: string): Reply => ({
  text,
  cut: false,
  spend: { calls: 1, cached_calls: 0, tokens: { in: 1, out: 1 }, usd: 0, list_usd: 0 },
  ms: 1,
  cached: false,
});
const meterOf = (model: Model): Meter => ({
  open({ repeat = 0 } = {}) {
    const lab: StepLab = {
      ask: async ({ messages }) =>
        reply(model(messages.map(({ content }) => content).join("\n"), messages.filter(({ role }) => role === "assistant").length, repeat)),
      embed: async (texts) => texts.map(() => [1]),
      search: async () => [{ id: "other#1", source: "other", title: "Other", text: "Nothing here.", score: 0.1 }],
    };
    return { lab, spent: () => reply("").spend, milliseconds: () => 0 };
  },
});

function rowOf(id: string, answer: string, passages: Answered["passages"] = []): Answered {
  return {
    case: id,
    split: "select",
    repeat: 0,
    program: "p",
    answer,
    scores: { f1: { value: 0 } },
    passages,
    usage: { in: 1, out: 1 },
    calls: 1,
    cached_calls: 0,
    usd: 0,
    list_usd: 0,
    ms: 1,
    cached: false,
  };
}

async function bucketOf(
  model: Model,
  answer: string,
  more: { program?: Program; passages?: Answered["passages"]; noKnowledge?: boolean; kase?: Case } = {},
): Promise<Bucket | undefined> {
  const one = more.kase ?? kase;
  const row = rowOf(one.id, answer, more.passages);
  const experiment: Experiment = { ...experimentOf([{ stage: rag }]), scorers: [namedScorer("f1", tokenF1)], repeat: 1 };
  const meter = meterOf(model);
  const { buckets } = await diagnose({
    program: more.program ?? program,
    cases: [one],
    rows: [row],
    train,
    experiment,
    registry: createRegistry(stages),
    passagesOf: more.noKnowledge === true ? undefined : () => gold,
    meter,
    grade: graderOf(experiment, meter),
    record: () => {},
    width: 2,
    watch: () => {},
  });
  return buckets[0]?.bucket;
}

function graderOf(experiment: Experiment, meter: Meter): Grade {
  return createGrader({ experiment, meter, execute: () => Promise.reject(new Error("no program is run here")) });
}

const shownGold = (messages: string) => messages.includes("E-77");
const retrieving: Program = { ...program, steps: [{ use: "rag", with: { top_k: 1, size: 60 } }] };

test.each<[Bucket, Model, string, Parameters<typeof bucketOf>[2]]>([
  ["format", () => "no", "The code is E-77, as you can see in the attached document, dear customer.", {}],
  ["unstable", (_messages, _demos, repeat) => (repeat > 0 ? "E-77" : "no"), "no", {}],
  ["missing knowledge", (messages) => (shownGold(messages) ? "E-77" : "no"), "no", {}],
  [
    "wrong retrieval",
    (messages) => (shownGold(messages) ? "E-77" : "no"),
    "no",
    { program: retrieving, passages: [{ id: "other#1", source: "other", score: 0.1, text: "" }] },
  ],
  [
    "ignored context",
    (messages) => (shownGold(messages) ? "E-77" : "no"),
    "no",
    { program: retrieving, passages: [{ id: "gates#1", source: "gates", score: 0.9, text: "" }] },
  ],
  ["behaviour", (_messages, demos) => (demos > 0 ? "E-77" : "no"), "no", {}],
  ["unexplained", () => "no", "no", {}],
])("a planted fault is named: %s", async (bucket, model, answer, more) => {
  expect(await bucketOf(model, answer, more)).toBe(bucket);
  expect(Object.keys(AXES)).toContain(bucket);
});

test("an answer inside text that is written without spaces is a matter of form", async () => {
  const chinese: Case = { id: "z", fields: { question: "首都是哪里？" }, expected: "北京" };
  expect(await bucketOf(() => "不知道", "答案是北京。", { kase: chinese })).toBe("format");
});

test("a probe whose call fails shows nothing; a key that is refused ends the walk", async () => {
  const overflow: Model = (messages) => {
    if (shownGold(messages)) throw new EndpointFault("bad request", "too long");
    return "no";
  };
  expect(await bucketOf(overflow, "no")).toBe("unexplained");
  const refused: Model = () => {
    throw new EndpointFault("auth", "401");
  };
  await expect(bucketOf(refused, "no")).rejects.toSatisfy((error) => error instanceof UserError && error.code === 4);
});

test("probes ask the whole program, its steps after the model included", async () => {
  const censor = defineStage({
    name: "censor",
    about: "takes every answer away",
    options: z.strictObject({}),
    fit: async (of) => of,
    after: async (turn) => ({ ...turn, answer: "no" }),
  });
  const registry = createRegistry([censor, defineScorer({ ...tokenF1, name: "f1" })]);
  const experiment = { ...experimentOf([]), scorers: [namedScorer("f1", tokenF1)] };
  const meter = meterOf(() => "E-77");
  const { buckets } = await diagnose({
    program: { ...program, steps: [{ use: "censor", with: {} }] },
    cases: [kase],
    rows: [rowOf("c", "no")],
    train: [],
    experiment,
    registry,
    passagesOf: undefined,
    meter,
    grade: graderOf(experiment, meter),
    record: () => {},
    width: 1,
    watch: () => {},
  });
  expect(buckets[0]?.bucket).toBe("unexplained");
});
