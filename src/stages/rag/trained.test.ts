/** Rung 6 trains on the very messages that rung 3 made the program send: template, order, numbers and budget included. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { experimentOf, temporary, walk } from "../../ladder/world.fixture.ts";
import ragFineTune from "../rag-fine-tune.ts";
import rag from "./index.ts";
import { tokensOf } from "./shown.ts";

test("rows show passages by the program's template, within its budget, also where the right one was put in", async () => {
  const place = temporary();
  onTestFinished(place.remove);
  // Of chunks as short as that the right one is often not found.
  const options = { top_k: 3, size: 20, search: "dense", template: "<p {{number}}>{{text}}</p>", order: "reversed", context_tokens: 30 };
  await walk(
    place.folder,
    experimentOf([
      { stage: rag, options },
      { stage: ragFineTune, options: { oracle: 1 } },
    ]),
  );
  // What was uploaded, as the engine keeps it.
  const kept = join(place.folder, "embedded/files");
  const rows = readdirSync(kept)
    .filter((name) => name.endsWith(".data"))
    .flatMap((name) => readFileSync(join(kept, name), "utf8").trim().split("\n"))
    .filter((line) => line.startsWith('{"messages"'));
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) {
    const { messages } = JSON.parse(row) as { messages: { role: string; content: string }[] };
    const user = messages.find(({ role }) => role === "user")?.content ?? "";
    const blocks = user.match(/<p \d+>.*?<\/p>/gs) ?? [];
    expect(blocks.length, user).toBeGreaterThan(0);
    expect(blocks.map((block) => Number(/\d+/.exec(block)?.[0]))).toEqual(blocks.map((_, i) => blocks.length - i));
    expect(tokensOf(blocks.join("\n\n"))).toBeLessThanOrEqual(30);
    expect(user).not.toMatch(/^\[1\]/m);
  }
});
