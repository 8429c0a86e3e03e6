/** Append-only rows of a run: answers.jsonl and calls.jsonl in each rung's folder. Everything else is derived from them. */
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, StorageError } from "../errors.ts";
import { makeFolder } from "../folder.ts";
import { passageKey } from "../program/hash.ts";
import { answerSpend, sum } from "../spend.ts";
import type { Answered, Journal, Passage, Spend } from "../types.ts";
import { z } from "zod";
import { TEST_READS } from "./folder.ts";

export interface RunJournal extends Journal {
  /** All that the run has spent so far, earlier processes included. */
  all(): readonly Spend[];
  /** Minutes that earlier processes worked, as far as they ended by themselves; `worked` adds this one's. */
  minutes(): number;
  worked(minutes: number): void;
}

const score = z.union([
  z.object({
    value: z.number(),
    why: z.string().optional(),
    counts: z.record(z.string(), z.number()).optional(),
    votes: z.array(z.number()).optional(),
  }),
  z.object({ error: z.string() }),
  z.object({ skipped: z.string() }),
]);
const tokens = z.object({ in: z.number(), out: z.number() });
const cost = { calls: z.number(), cached_calls: z.number(), usd: z.number().nullable(), list_usd: z.number().nullable() };
const answered: z.ZodType<Answered> = z.object({
  case: z.string(),
  split: z.enum(["train", "select", "confirm", "test"]),
  repeat: z.number(),
  program: z.string(),
  answer: z.string(),
  scores: z.record(z.string(), score),
  passages: z.array(z.object({ id: z.string(), source: z.string(), score: z.number(), text: z.string() })),
  retrieved: z.boolean().optional(),
  notes: z.record(z.string(), z.json()).optional(),
  usage: tokens,
  ...cost,
  judging: z.object({ ...cost, tokens }).optional(),
  ms: z.number(),
  cached: z.boolean(),
  error: z.string().optional(),
});
const TIME = "time.jsonl";
/** The texts of the passages that were shown, each once for the run; answers name them by `key`. */
const PASSAGES = "passages.jsonl";
const passage = z.object({ key: z.string(), title: z.string(), text: z.string() });
const worked = z.object({ minutes: z.number() });
const spend = z.object({ what: z.string(), ...cost, tokens });

/**
 * Opens the rows of a run's rungs; `folderOf` gives a rung's folder name. A row is written in one append before it counts, so a
 * kill loses at most the rows under way; a line that a kill cut short is ignored. Failed rows are kept but asked again, and so are
 * those whose judge failed: the answer comes from the cache, where there is one, and only the judge is called.
 */
export function openJournal(run: string, rungs: readonly string[], folderOf: (rung: string) => string): RunJournal {
  const rows = new Map<string, Answered[]>();
  const spends = new Map<string, Spend[]>();
  const byKey = new Map<string, Answered>();
  for (const rung of rungs) {
    rows.set(rung, readLines(join(run, folderOf(rung), "answers.jsonl"), answered));
    spends.set(rung, readLines(join(run, folderOf(rung), "calls.jsonl"), spend));
    for (const row of rows.get(rung) ?? []) if (isWhole(row)) byKey.set(keyOf(row.program, row.case, row.repeat), row);
  }

  const shown = new Set(readLines(join(run, PASSAGES), passage).map(({ key }) => key));

  const mended = new Set<string>();
  const append = (folder: string, name: string, row: object) => {
    const file = join(folder, name);
    try {
      makeFolder(folder);
      // A line that a kill cut short would swallow the next one.
      const start = mended.has(file) || endsWhole(file) ? "" : "\n";
      mended.add(file);
      appendFileSync(file, `${start}${JSON.stringify(row)}\n`);
    } catch (error) {
      throw new StorageError(`${file}: cannot be written (${messageOf(error)}); make room and run again to go on`, 2, { cause: error });
    }
  };

  return {
    find: (program, kase, repeat) => byKey.get(keyOf(program, kase, repeat)),
    answered(rung, row, passages = []) {
      for (const { title, text } of passages) {
        const key = passageKey(title, text);
        if (shown.has(key)) continue;
        append(run, PASSAGES, { key, title, text });
        shown.add(key);
      }
      append(join(run, folderOf(rung)), "answers.jsonl", row);
      push(rows, rung, row);
      byKey.set(keyOf(row.program, row.case, row.repeat), row);
    },
    spent(rung, what, cost) {
      if (cost.calls === 0) return;
      append(join(run, folderOf(rung)), "calls.jsonl", { what, ...cost });
      push(spends, rung, cost);
    },
    testRead: (read) => append(run, TEST_READS, read),
    rows: (rung) => rows.get(rung) ?? [],
    spends: (rung) => spends.get(rung) ?? [],
    minutes: () => readLines(join(run, TIME), worked).reduce((total, one) => total + one.minutes, 0),
    worked(minutes) {
      // The disk may be what ended the process; then its minutes are lost, and what ended it is what must be told.
      try {
        append(run, TIME, { minutes });
      } catch {}
    },
    all: () => [...[...rows.values()].flat().map(spendOf), ...[...spends.values()].flat()],
  };
}

/** Whether a row needs no second try; what a scorer that asks no model says, it would say again. */
function isWhole({ error, judging, scores }: Answered): boolean {
  return error === undefined && (judging === undefined || Object.values(scores).every((score) => !("error" in score)));
}

/** The rows of one JSONL file that fit the schema; none where there is no file. Lines that do not parse were cut by a kill. */
export function readLines<T>(file: string, schema: z.ZodType<T>): T[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    if (line.trim() === "") return [];
    try {
      const parsed = schema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}

/** Titles and texts of the passages that a run's answers were given, by key. */
export function readPassages(run: string): ReadonlyMap<string, Pick<Passage, "title" | "text">> {
  return new Map(readLines(join(run, PASSAGES), passage).map(({ key, title, text }) => [key, { title, text }]));
}

/** The answers of one rung's folder, as stored. */
export function readAnswers(folder: string): readonly Answered[] {
  return readLines(join(folder, "answers.jsonl"), answered);
}

/** Whether the last line of a file ended, as it must before another is added; also where there is no file. */
export function endsWhole(file: string): boolean {
  try {
    return readFileSync(file).at(-1) === 10;
  } catch {
    return true;
  }
}

/** Everything that a row took, its judging included. */
function spendOf(row: Answered): Spend {
  return sum([answerSpend(row), ...(row.judging === undefined ? [] : [row.judging])]);
}

function keyOf(program: string, kase: string, repeat: number): string {
  return `${program}\n${kase}\n${repeat}`;
}

function push<T>(into: Map<string, T[]>, key: string, value: T): void {
  const list = into.get(key);
  if (list === undefined) into.set(key, [value]);
  else list.push(value);
}
