/** What a run tells of itself where there is no terminal. */
import { afterEach, expect, test, vi } from "vitest";
import { createView } from "./view.ts";

afterEach(() => vi.restoreAllMocks());

test.each([
  [50_000, 11],
  [500, 1],
])("indexing %i chunks is told in %i lines, each once", (total, count) => {
  const lines: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  const view = createView({ color: false }, { primary: "f1", ladder: [] });
  for (let done = 0; done <= total; done += 100)
    view.progress({ type: "progress", rung: "rag", phase: "indexing", done, total, mean: null, detail: "chunks" });
  view.close();
  expect(lines).toHaveLength(count);
  expect(new Set(lines).size).toBe(count);
  if (count > 1) expect(lines.at(-1)).toContain("50000/50000");
});
