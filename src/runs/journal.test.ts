import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Answered } from "../types.ts";
import { openJournal, readAnswers } from "./journal.ts";

let run: string;
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), "llmopt-journal-"));
});
afterEach(() => rmSync(run, { recursive: true }));

const row = (kase: string, more: Partial<Answered> = {}): Answered => ({
  case: kase,
  split: "select",
  repeat: 0,
  program: "p",
  answer: "yes",
  scores: { f1: { value: 1 } },
  passages: [],
  usage: { in: 3, out: 1 },
  calls: 1,
  cached_calls: 0,
  usd: null,
  list_usd: null,
  ms: 1,
  cached: false,
  ...more,
});
const open = () => openJournal(run, ["baseline"], (rung) => `0-${rung}`);

test("what was answered is found again by a later process, by program, case and repeat", () => {
  const journal = open();
  journal.answered("baseline", row("a"));
  journal.answered("baseline", row("a", { repeat: 1, answer: "no" }));
  const later = open();
  expect(later.find("p", "a", 0)?.answer).toBe("yes");
  expect(later.find("p", "a", 1)?.answer).toBe("no");
  expect(later.find("p", "b", 0)).toBeUndefined();
  expect(later.find("q", "a", 0)).toBeUndefined();
});

test("a line that a kill cut short is ignored, and the rows around it stay", () => {
  open().answered("baseline", row("a"));
  const file = join(run, "0-baseline", "answers.jsonl");
  const whole = readFileSync(file, "utf8");
  for (let cut = 1; cut < whole.length - 1; cut += 7) {
    appendFileSync(file, whole.slice(0, cut));
    expect(open().find("p", "a", 0)?.answer).toBe("yes");
    open().answered("baseline", row(`after ${cut}`));
    expect(open().find("p", `after ${cut}`, 0)?.answer).toBe("yes");
  }
});

test("a failed row is kept but asked again", () => {
  open().answered("baseline", row("a", { error: "timed out", scores: {} }));
  expect(open().find("p", "a", 0)).toBeUndefined();
  expect(readAnswers(join(run, "0-baseline"))).toHaveLength(1);
});

test("all that was spent is the sum of the rows and the other calls", () => {
  const journal = open();
  journal.answered("baseline", row("a"));
  journal.spent("baseline", "index", { calls: 2, cached_calls: 1, tokens: { in: 9, out: 0 }, usd: 0.5, list_usd: 0.5 });
  journal.spent("baseline", "nothing", { calls: 0, cached_calls: 0, tokens: { in: 0, out: 0 }, usd: 0, list_usd: 0 });
  expect(
    open()
      .all()
      .map(({ calls }) => calls),
  ).toEqual([1, 2]);
});
