/** `walk: diagnose` climbs by what was found, and stops by it. */
import { expect, test } from "vitest";
import fewShot from "../../stages/few-shot/index.ts";
import prompt from "../../stages/prompt/index.ts";
import rag from "../../stages/rag/index.ts";
import { codeOf, flipped, codes, handbook, labelOf, lastLine, messages, reads, walked, type Simulated } from "./planted.fixture.ts";

const rungs = [
  { stage: prompt },
  { stage: fewShot, options: { k: [2], choose: "random" } },
  { stage: rag, options: { top_k: 3, size: 60 } },
];
const variants = { short: { system: "Answer shortly.", user: "{{question}}" } };
const order = ({ events }: Awaited<ReturnType<typeof walked>>): readonly string[] => [
  ...new Set(events.flatMap((event) => (event.type === "rung" ? [event.rung.name] : []))),
];

test("the rung that treats the fault is climbed first, and nothing after it once nothing fails", async () => {
  const world = await walked(reads, { documents: handbook, rungs, variants, walk: "diagnose" });
  expect(order(world).slice(0, 2)).toEqual(["baseline", "rag"]);
  expect(world.summary?.winner).toBe("rag");
  const others = world.summary?.rungs.filter(({ name }) => name === "prompt" || name === "few-shot") ?? [];
  for (const { status, reason, calls } of others) {
    expect({ status, calls }).toEqual({ status: "skipped", calls: 0 });
    expect(reason).toMatch(/nothing fails|not diagnosed/u);
  }
  expect(world.summary?.diagnosis).toMatchObject({ failing: 0, next: expect.stringContaining("no headroom") });
});

test("where only labels are wrong no rung is climbed, and the labels are named", async () => {
  const world = await walked((asked) => codeOf(lastLine(asked)), {
    cases: flipped(codes, 0.2, 2),
    documents: handbook,
    rungs,
    variants,
    walk: "diagnose",
  });
  expect(world.summary?.winner).toBe("baseline");
  for (const { status, reason } of world.summary?.rungs.slice(1) ?? []) {
    expect(status).toBe("skipped");
    expect(reason).toMatch(/none of the \d+ probed failures/u);
  }
  expect(world.summary?.diagnosis?.next).toContain("suspect label");
});

test("a ceiling is not climbed above", async () => {
  const world = await walked((asked) => codeOf(lastLine(asked)), { documents: handbook, rungs, variants, walk: "diagnose" });
  expect(world.summary?.rungs.map(({ status }) => status)).toEqual(["kept", "skipped", "skipped", "skipped"]);
  expect(world.heard).toHaveLength(3 * 40);
});

test("a rung that the budget cannot pay for is skipped with its numbers, and the walk ends complete", async () => {
  const model: Simulated = ({ question, demos }) => (demos.length > 0 ? labelOf(question) : "unhappy");
  const wide = [{ stage: fewShot, options: { k: [1, 2, 3, 4], choose: ["random", "balanced"] } }];
  const world = await walked(model, { cases: messages, rungs: wide, walk: "diagnose", budget: { calls: 600 } });
  const [, rung] = world.summary?.rungs ?? [];
  expect(rung).toMatchObject({
    status: "skipped",
    reason: expect.stringMatching(/over budget: it may take \d+ calls, and \d+ calls are left.*could gain \+1\.000/u),
  });
  expect(world.summary?.status).toBe("complete");
  const paid = await walked(model, { cases: messages, rungs: wide, walk: "diagnose", budget: { calls: 2000 } });
  expect(paid.summary?.rungs[1]?.status).toBe("kept");
});

test("a rung that the budget pays for is climbed, though the most that its next diagnosis could ask would not fit", async () => {
  const world = await walked(reads, {
    documents: handbook,
    rungs: [{ stage: rag, options: { top_k: 3 } }],
    walk: "diagnose",
    budget: { calls: 440 },
  });
  expect(world.summary?.rungs[1]?.status).toBe("kept");
  expect(world.summary?.status).toBe("complete");
});

test("a rung that made the winner is not recommended as if it were new", async () => {
  const half = handbook.map((document, i) =>
    i % 2 === 0 ? document : { ...document, title: "A machine", text: document.text.replace(/The \w+ \w+ stands/u, "It stands") },
  );
  const world = await walked(reads, { documents: half, rungs: [{ stage: rag, options: { top_k: 3, size: 60 } }], walk: "diagnose" });
  expect(world.summary?.winner).toBe("rag");
  expect(world.summary?.diagnosis?.failing).toBeGreaterThan(5);
  expect(world.summary?.diagnosis?.next).not.toContain("asks for rag");
  expect(world.summary?.diagnosis?.next).toContain("rag is part of the program already");
});
