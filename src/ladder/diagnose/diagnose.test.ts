/** What holds for every diagnosis, whatever the program. */
import { expect, test } from "vitest";
import { z } from "zod";
import { UserError } from "../../errors.ts";
import { defineScorer, defineStage } from "../../plugin.ts";
import exact from "../../scorers/exact.ts";
import { temporary } from "../world.fixture.ts";
import { AXES } from "./cause.ts";
import {
  asking,
  chance,
  codeOf,
  codes,
  countsOf,
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

const SELECT = 40;
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

test("every probed case is in exactly one bucket, and examples are cases of their bucket", async () => {
  for (const seed of seeds.slice(0, 3)) {
    const random = chance(seed);
    const model: Simulated = (asked) =>
      random(asked) < 0.3 ? codeOf(lastLine(asked)) : random(asked) < 0.5 ? `It is ${codeOf(lastLine(asked))}.` : reads(asked);
    const { diagnosis } = await walked(model, { documents: handbook, seed });
    const named = diagnosis.buckets.flatMap(({ cases }) => cases);
    expect(named).toHaveLength(diagnosis.probed);
    expect(new Set(named).size).toBe(diagnosis.probed);
    for (const { bucket, axis, cases, examples } of diagnosis.buckets) {
      expect(axis).toBe(AXES[bucket]);
      expect(cases).toEqual(expect.arrayContaining(examples.map((example) => example.case)));
      expect(examples).toHaveLength(Math.min(3, cases.length));
    }
  }
});

test("probes never see a case of confirm or test", async () => {
  const { diagnosis, experiment, heard } = await walked(reads, { documents: handbook });
  const { select, confirm, test: held } = experiment.splits;
  const probing = heard.slice(select.length + confirm.length, -held.length);
  expect(probing).toHaveLength(diagnosis.calls);
  const hidden = [...confirm, ...held].map(({ id }) => things.find((thing) => thing.id === id)?.name ?? "");
  for (const { text } of probing) expect(hidden.filter((name) => text.includes(`code of the ${name}?`))).toEqual([]);
});

test("a model that says the same to the same messages is never unstable, however arbitrary it is", async () => {
  for (const seed of seeds) {
    const arbitrary: Simulated = (asked) => {
      const x = chance(seed)(asked);
      return x < 0.4 ? labelOf(asked.question) : (labels[Math.floor(x * 4)] ?? "");
    };
    const { diagnosis } = await walked(arbitrary, { cases: messages, seed });
    expect(countsOf(diagnosis)).not.toHaveProperty("unstable");
  }
});

test("of a model that is right by chance no probe seems to gain anything beyond its interval", async () => {
  const found: boolean[] = [];
  for (const seed of seeds) {
    const random = chance(`useless ${seed}`);
    const { diagnosis } = await walked((asked) => (random(asked) < 0.5 ? codeOf(lastLine(asked)) : "nothing"), {
      documents: handbook,
      seed,
    });
    const gains = diagnosis.probes.filter(({ probe }) => probe !== "repeat").map(({ gain }) => gain);
    for (const gain of gains) found.push(gain !== null && gain.low <= 0 && gain.high >= 0);
    // The cases were chosen because they failed, so a repeat does better; that is nobody's gain.
    expect(diagnosis.probes.find(({ probe }) => probe === "repeat")?.gain?.delta).toBeGreaterThan(0.05);
  }
  expect(found.length).toBe(4 * seeds.length);
  expect(found.filter((covered) => covered).length / found.length).toBeGreaterThanOrEqual(0.9);
});

test("a gain counts all probed cases, those that no passage can help included, as a share of select", async () => {
  const half = codes.map((kase, i) => (i % 8 < 4 ? kase : { ...kase, expected: "I was never told", sources: [] }));
  const { diagnosis } = await walked(reads, { cases: half, documents: handbook });
  const gold = diagnosis.probes.find(({ probe }) => probe === "gold passages");
  expect(gold?.passed).toBe(gold?.n);
  expect(gold?.gain?.n).toBe(diagnosis.probed);
  expect(gold?.gain?.delta).toBeCloseTo(((gold?.n ?? 0) / diagnosis.probed) * (diagnosis.failing / diagnosis.total), 10);
  expect(diagnosis.buckets.find(({ bucket }) => bucket === "missing knowledge")?.gain).toEqual(gold?.gain);
});

test("the same probes again cost no calls, and say the same", async () => {
  const { folder, remove } = temporary();
  const first = await walked(reads, { documents: handbook }, folder);
  const again = await walked(reads, { documents: handbook, endpoints: first.experiment.endpoints }, folder);
  expect(first.heard.length).toBeGreaterThan(diagnosisCalls(first));
  expect(again.heard).toHaveLength(0);
  expect(again.diagnosis).toEqual(first.diagnosis);
  remove();
});

function diagnosisCalls({ diagnosis }: Awaited<ReturnType<typeof walked>>): number {
  return diagnosis.calls;
}

test.each([120, 200, 400])("with %s calls besides all answers a diagnosis takes a fifth of them, and the walk goes on", async (calls) => {
  const { diagnosis, summary } = await walked(reads, { documents: handbook, budget: { calls: calls + 3 * SELECT } });
  expect(diagnosis.calls).toBeLessThanOrEqual(calls / 5);
  expect(diagnosis.probed).toBeGreaterThan(0);
  expect(diagnosis.probed).toBeLessThanOrEqual(30);
  expect(summary?.status).toBe("complete");
});

test("where nothing is left for probes the diagnosis says so and names no cause", async () => {
  const { diagnosis } = await walked(reads, { documents: handbook, budget: { calls: 3 * SELECT + 5 } });
  expect(diagnosis).toMatchObject({ probed: 0, failing: SELECT, buckets: [], calls: 0, next: expect.stringContaining("budget") });
});

test("a probe whose call fails shows nothing; a key that is refused ends the walk with code 4", async () => {
  const overflow: Simulated = (asked) => (asked.question.includes("code is") ? 400 : "no");
  expect(countsOf((await walked(overflow, { documents: handbook })).diagnosis)).toEqual({ unexplained: 30 });
  let count = 0;
  const refused: Simulated = () => (++count > 2 * SELECT + 10 ? 401 : "no");
  await expect(walked(refused, { documents: handbook })).rejects.toSatisfy((error) => error instanceof UserError && error.code === 4);
});

test("another model that is asked only by a probe may refuse, and the walk goes on", async () => {
  const models = { task: "local/sim", writer: "local/big", judge: "local/sim", embed: "embedded/lexical" };
  const { diagnosis, summary } = await walked(({ model }) => (model === "big" ? 401 : "no"), { models });
  expect(summary?.status).toBe("complete");
  expect(diagnosis.probes.map(({ probe }) => probe)).not.toContain("another model");
  expect(countsOf(diagnosis)).toEqual({ unexplained: 30 });
});

test("probes ask the whole program, its steps before and after the model included", async () => {
  const censor = defineStage({
    name: "censor",
    about: "takes every answer away",
    options: z.strictObject({}),
    fit: async (of) => of,
    after: async (turn) => ({ ...turn, answer: "no" }),
  });
  const program = { ...retrieving(3), steps: [...retrieving(3).steps, { use: "censor", with: {} }] };
  const { diagnosis } = await walked(reads, { documents: handbook, program, rungs: [{ stage: censor }], walk: "until-target", target: 0 });
  expect(diagnosis.probes.filter(({ passed }) => passed > 0)).toEqual([]);
});

test("a judge grades what probes answer, is asked for no lenient reading, and its calls are counted", async () => {
  const judge = defineScorer({
    ...exact,
    name: "judge",
    asks: () => 1,
    async score({ answer }, kase, _options, lab) {
      const reply = await lab.ask({
        model: "judge",
        messages: [{ role: "user", content: `Is ${answer} right for ${String(kase.expected)}?` }],
      });
      return { value: reply.text === "yes" ? 1 : 0 };
    },
  });
  const models = { task: "local/sim", writer: "local/sim", judge: "local/judge", embed: "embedded/lexical" };
  const model: Simulated = (asked) => {
    const [, answer, wanted] = /^Is (.*) right for (.*)\?$/u.exec(asked.text) ?? [];
    return asked.model !== "judge" ? reads(asked) : answer === wanted ? "yes" : "no";
  };
  const { diagnosis, journal, heard } = await walked(model, { documents: handbook, scorer: judge, models });
  expect(countsOf(diagnosis)).toEqual({ "missing knowledge": 30 });
  expect(diagnosis.probes.map(({ probe }) => probe)).not.toContain("lenient reading");
  const billed = [
    ...journal.rows("baseline").map((row) => row.calls + (row.judging?.calls ?? 0)),
    ...journal.spends("baseline").map(({ calls }) => calls),
  ];
  // The embedder is in this process; the fixture's server hears all other calls.
  const embedded = journal.spends("baseline").filter(({ tokens }) => tokens.out === 0).length;
  expect(billed.reduce((sum, calls) => sum + calls, 0) - embedded).toBe(heard.length);
});

test("answers of a program that asks another field than the first are probed as it asks", async () => {
  const cases = codes.map((kase) => ({ ...kase, fields: { note: "nothing", ...kase.fields } }));
  const { diagnosis } = await walked(reads, { cases, documents: handbook, program: asking("question") });
  expect(countsOf(diagnosis)).toEqual({ "missing knowledge": 30 });
});
