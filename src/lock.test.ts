import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { type Lock, takeLock } from "./lock.ts";

const root = mkdtempSync(join(tmpdir(), "lock-"));
afterAll(() => rmSync(root, { recursive: true }));
let files = 0;
const freshFile = () => join(root, `${files++}.lock`);

const taken = (file: string): Lock => {
  const lock = takeLock(file);
  if ("owner" in lock) throw new Error(`process ${lock.owner} has it`);
  return lock;
};
const left = (file: string, owner: Readonly<Record<string, unknown>>) =>
  writeFileSync(file, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), ...owner }));

test("a lock has one owner at a time, who is named", () => {
  const file = freshFile();
  const lock = taken(file);
  expect(takeLock(file)).toEqual({ owner: process.pid });
  expect(lock.held()).toBe(true);
  lock.release();
  expect(existsSync(file)).toBe(false);
  taken(file).release();
});

test("one whose owner is gone, here or as a process of the same id before this one, is taken over", () => {
  for (const owner of [{}, { pid: process.pid, began: 1 }]) {
    const file = freshFile();
    left(file, owner);
    const lock = taken(file);
    expect(lock.held()).toBe(true);
    lock.release();
  }
});

test("one of another host, of another container, or of a process that lives, is respected while it is touched, and taken over once it has long been silent", () => {
  for (const owner of [{ host: "elsewhere", pid: 7 }, { space: "another container" }, { pid: process.ppid }]) {
    const file = freshFile();
    left(file, owner);
    expect(takeLock(file)).toHaveProperty("owner");
    utimesSync(file, new Date(), new Date(Date.now() - 120_000));
    taken(file).release();
  }
});

test.each(["", "{", "null", '{"pid":-1,"host":""}'])("one that says %j is nobody's", (content) => {
  const file = freshFile();
  writeFileSync(file, content);
  const lock = taken(file);
  expect(lock.held()).toBe(true);
  lock.release();
});

test("an owner that lost it sees that, and does not release the next one's", () => {
  const file = freshFile();
  const first = taken(file);
  utimesSync(file, new Date(), new Date(Date.now() - 120_000));
  const second = taken(file);
  expect([first.held(), second.held()]).toEqual([false, true]);
  first.release();
  expect(second.held()).toBe(true);
  second.release();
  expect(readdirSync(root).filter((name) => name.startsWith(basename(file)))).toEqual([]);
});

test("a place that cannot be written says so", () => {
  expect(() => takeLock(join(root, "none", "lock"))).toThrow(/ENOENT/);
});

test("an owner that lost it does not keep the next one's alive", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  try {
    const file = freshFile();
    const lock = taken(file);
    const touched = async (): Promise<boolean> => {
      utimesSync(file, new Date(), new Date(Date.now() - 50_000));
      vi.advanceTimersByTime(6000);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return Date.now() - statSync(file).mtimeMs < 40_000;
    };
    expect(await touched()).toBe(true);
    left(file, { host: "elsewhere" });
    expect(await touched()).toBe(false);
    lock.release();
  } finally {
    vi.useRealTimers();
  }
});
