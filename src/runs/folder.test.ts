import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StorageError, UserError } from "../errors.ts";
import { allRuns, createRunFolder, findRun, findUnfinished, lockRun, MANIFEST, SUMMARY } from "./folder.ts";

let runs: string;
beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), "llmopt-runs-"));
});
afterEach(() => rmSync(runs, { recursive: true, force: true }));

const HASH = "0123456789abcdef";
const make = (name: string, second: number, complete: boolean, hash = HASH): string => {
  const folder = createRunFolder(runs, name, hash, new Date(second * 1000));
  writeFileSync(join(folder, MANIFEST), "{}");
  if (complete) writeFileSync(join(folder, SUMMARY), "{}");
  return folder;
};
const refusal = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

test("two runs of one second have folders of their own", () => {
  expect(make("a", 1, true)).not.toBe(make("a", 1, true));
});

test("an unfinished run is found by its experiment's hash, the newest first; finished ones and others are not", () => {
  make("a", 1, false);
  const newest = make("a", 2, false);
  make("a", 3, true);
  make("a", 4, false, "fedcba9876543210");
  make("b", 5, false);
  expect(findUnfinished(runs, "a", HASH)).toBe(newest);
});

test("a name and `latest` mean the newest complete run, an id that very run", () => {
  const complete = make("a", 1, true);
  const unfinished = make("a", 2, false);
  const other = make("b", 3, true);
  expect(findRun("a", runs)).toBe(complete);
  expect(findRun("latest", runs)).toBe(other);
  expect(findRun(unfinished.split("/").at(-1) ?? "", runs)).toBe(unfinished);
  expect(findRun(unfinished, runs)).toBe(unfinished);
  expect(refusal(() => findRun("c", runs))).toMatchObject({ code: 3 });
});

test("what is no folder among the runs is passed over", () => {
  const run = make("a", 1, true);
  symlinkSync(join(runs, "nowhere"), join(runs, "dangling"));
  writeFileSync(join(runs, "file"), "");
  mkdirSync(join(runs, "empty"));
  expect(allRuns(runs)).toEqual([run]);
});

test("a run is one process's at a time, and nothing of the lock is left when it is given back", () => {
  const folder = make("a", 1, false);
  writeFileSync(join(folder, "run.lock"), JSON.stringify({ pid: process.ppid, host: hostname() }));
  expect(refusal(() => lockRun(folder))).toBeInstanceOf(UserError);
  for (const nobody of [JSON.stringify({ pid: 2 ** 30, host: hostname() }), JSON.stringify({ pid: process.pid, host: hostname() }), ""]) {
    writeFileSync(join(folder, "run.lock"), nobody);
    lockRun(folder)();
    expect(readdirSync(folder)).toEqual([MANIFEST]);
  }
});

test("a lock of another host holds while it is touched, and no longer", () => {
  const folder = make("a", 1, false);
  const lock = join(folder, "run.lock");
  writeFileSync(lock, JSON.stringify({ pid: 1, host: "elsewhere" }));
  expect(refusal(() => lockRun(folder))).toBeInstanceOf(UserError);
  const long = new Date(Date.now() - 10 * 60_000);
  utimesSync(lock, long, long);
  lockRun(folder)();
});

test("where no lock can be written that is said, at once", () => {
  expect(refusal(() => lockRun(join(runs, "not", "there")))).toBeInstanceOf(StorageError);
});
