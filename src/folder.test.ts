/** Laws of folders that cannot be made: an error that says so, and never a wait without end. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { makeFolder } from "./folder.ts";

const place = mkdtempSync(join(tmpdir(), "folder-"));
afterAll(() => rmSync(place, { recursive: true }));

test("a folder is made with those above it, and may be there already", () => {
  const deep = join(place, "a", "b", "c");
  for (let i = 0; i < 2; i++) makeFolder(deep);
  makeFolder(".");
  expect(existsSync(deep)).toBe(true);
});

test("where there can be none, that is thrown", () => {
  const file = join(place, "file");
  writeFileSync(file, "");
  expect(() => makeFolder(file)).toThrow("EEXIST");
  expect(() => makeFolder(join(file, "below"))).toThrow("ENOTDIR");
  if (existsSync("/proc/self")) expect(() => makeFolder("/proc/none/below")).toThrow("ENOENT");
});
