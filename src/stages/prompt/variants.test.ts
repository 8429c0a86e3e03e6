import { afterEach, beforeEach, expect, test } from "vitest";
import { experimentOf, temporary, walk } from "../../ladder/world.fixture.ts";
import prompt from "./index.ts";
import rag from "../rag/index.ts";

let place: ReturnType<typeof temporary>;
beforeEach(() => {
  place = temporary();
});
afterEach(() => place.remove());

test.each([
  ["the system prompt", { system: "Answer with a short phrase from the passages." }],
  ["the user prompt", { user: "Q: {{question}}" }],
])("a variant of %s does not take the passages from a program that shows them", async (_, variant) => {
  const experiment = experimentOf([{ stage: rag }, { stage: prompt }], { variants: { other: variant } });
  const { journal, events } = await walk(place.folder, experiment);
  const kept = events.flatMap((event) => (event.type === "rung" && event.rung.name === "rag" ? [event.rung.status] : []));
  expect(kept[0]).toBe("kept");
  const rows = journal.rows("prompt").filter((row) => row.split === "select");
  expect(rows.length).toBeGreaterThan(0);
  // The mean tokens of what is sent tell that the passages are in it.
  const sent = (all: readonly { readonly usage: { readonly in: number } }[]) =>
    all.reduce((sum, { usage }) => sum + usage.in, 0) / all.length;
  const bare = journal.rows("baseline").filter((row) => row.split === "select");
  expect(sent(rows)).toBeGreaterThan(2 * sent(bare));
});
