import { afterEach, beforeEach, expect, test } from "vitest";
import { experimentOf, temporary, walk } from "../ladder/world.fixture.ts";
import rag, { retrievalOf, retrieving } from "./rag.ts";

let place: ReturnType<typeof temporary>;
beforeEach(() => {
  place = temporary();
});
afterEach(() => place.remove());

test("a program that was never fitted retrieves by the defaults, and one that retrieves stays as it is", () => {
  const { program } = experimentOf([]);
  expect(retrievalOf(program)).toBeUndefined();
  expect(retrievalOf(retrieving(program))).toEqual({ top_k: 5, size: 160, overlap: 30 });
  expect(retrieving(retrieving(program))).toEqual(retrieving(program));
});

test("what was retrieved is stored with each answer, best first, and shown with numbers that an answer cites when asked to", async () => {
  const experiment = experimentOf([{ stage: rag, options: { top_k: 2, size: 60, cite: true } }]);
  const { journal, events } = await walk(place.folder, experiment);
  const rows = journal.rows("rag").filter((row) => row.split === "select" && row.passages.length > 0);
  expect(rows.length).toBeGreaterThan(0);
  for (const { passages } of rows)
    expect(passages.map(({ score }) => score)).toEqual(passages.map(({ score }) => score).toSorted((a, b) => b - a));
  const program = events.flatMap((event) => (event.type === "rung" && event.index === 1 ? [event.program] : []))[0];
  expect(program?.system).toContain("[n]");
  expect(rows.filter(({ answer }) => /\[[12]\]/.test(answer)).length).toBeGreaterThan(rows.length / 2);
});
