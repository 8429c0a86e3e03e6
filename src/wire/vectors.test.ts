import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { canLimit, limitFiles } from "../knowledge/stores/limits.fixture.ts";
import { type Kept, openVectors } from "./vectors.ts";

const keyOf = (n: number | string): string => createHash("sha256").update(String(n)).digest("hex").slice(0, 32);
const vectorOf = (n: number, length = 8): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(n + i));
const entry = (n: number, length?: number): readonly [string, Kept] => [keyOf(n), { vector: vectorOf(n, length), tokens: n }];
const block = (...numbers: readonly number[]): ReadonlyMap<string, Kept> => new Map(numbers.map((n) => entry(n)));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "llmopt-vectors-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return join(made, "cache");
}

function open(at: string) {
  const warnings: string[] = [];
  const vectors = openVectors(at, (text) => warnings.push(text));
  onTestFinished(() => vectors.close());
  const numbers = (all: readonly number[]): number[] => {
    const kept = vectors.get(all.map(keyOf));
    return all.filter((n) => kept.has(keyOf(n)));
  };
  return { ...vectors, warnings, numbers };
}

const fileIn = (at: string): string => join(at, readdirSync(at)[0] ?? "");

test("what is kept comes back as it was, at once and in later processes, whatever stands beside it", () => {
  const at = folder();
  const first = open(at);
  expect(first.get([keyOf(1)])).toEqual(new Map());
  expect(() => readdirSync(at)).toThrow("ENOENT");
  first.put(block(1, 2));
  first.put(new Map([entry(3, 2048)]));
  writeFileSync(join(at, "notes.vectors"), "not ours");
  writeFileSync(join(at, "t0.jsonl"), "{}\n");
  for (const vectors of [first, open(at)])
    expect(vectors.get([3, 9, 1, 2].map(keyOf))).toEqual(new Map([entry(3, 2048), entry(1), entry(2)]));
});

test("numbers take four bytes each, and what tells them apart 24 bytes a text", () => {
  const at = folder();
  open(at).put(new Map(range(0, 100).map((n) => entry(n, 384))));
  expect(readFileSync(fileIn(at))).toHaveLength(20 + 100 * (24 + 384 * 4));
});

test("the later vector of a text counts, in this process and in the next", () => {
  const at = folder();
  const first = open(at);
  first.put(block(1, 2));
  const renewed = new Map([[keyOf(1), { vector: vectorOf(7, 3), tokens: 5 }]]);
  first.put(renewed);
  for (const vectors of [first, open(at)]) expect(vectors.get([keyOf(1)])).toEqual(renewed);
});

test("several caches on one folder lose nothing", () => {
  const at = folder();
  const all = [open(at), open(at), open(at)];
  for (const n of range(0, 60)) all[n % 3]?.put(block(n));
  expect(readdirSync(at)).toHaveLength(3);
  expect(open(at).numbers(range(0, 60))).toEqual(range(0, 60));
});

test("a file that is cut anywhere gives the whole blocks before the cut, and nothing else", () => {
  const at = folder();
  const written = open(at);
  const blocks = [range(0, 3), [3], range(4, 6)];
  const ends = blocks.map((numbers) => {
    written.put(block(...numbers));
    return readFileSync(fileIn(at)).length;
  });
  written.close();
  const whole = readFileSync(fileIn(at));
  for (let length = 0; length <= whole.length; length++) {
    writeFileSync(fileIn(at), whole.subarray(0, length));
    const there = blocks.flatMap((numbers, i) => ((ends[i] ?? 0) <= length ? numbers : []));
    const { get } = openVectors(at, () => {});
    expect(get(range(0, 6).map(keyOf))).toEqual(block(...there));
  }
});

test("bytes that are changed anywhere lose vectors and never change one; what is lost is kept again", () => {
  const at = folder();
  const written = open(at);
  written.put(block(1, 2));
  written.put(block(3));
  written.close();
  const whole = readFileSync(fileIn(at));
  const right = block(1, 2, 3);
  for (let i = 0; i < whole.length; i++) {
    writeFileSync(
      fileIn(at),
      whole.map((byte, j) => (i === j ? byte ^ 0x40 : byte)),
    );
    const found = openVectors(at, () => {}).get([...right.keys()]);
    expect(found.size).toBeLessThan(3);
    for (const [key, kept] of found) expect(kept.vector).toEqual(right.get(key)?.vector);
  }
  appendFileSync(fileIn(at), "rubbish");
  const later = open(at);
  const lost = [1, 2, 3].filter((n) => !later.numbers([n]).includes(n));
  later.put(block(...lost));
  for (const vectors of [later, open(at)]) expect(vectors.numbers([1, 2, 3])).toEqual([1, 2, 3]);
});

test("whatever is killed in the middle of writing has lost nothing that it said was kept", { timeout: 60_000 }, async () => {
  const at = folder();
  const module = new URL("vectors.ts", import.meta.url);
  const script = `
    import { createHash } from "node:crypto";
    import { writeSync } from "node:fs";
    const { openVectors } = await import(${JSON.stringify(module.href)});
    const vectors = openVectors(${JSON.stringify(at)}, () => {});
    for (let n = Number(process.argv[1]); ; n++) {
      const key = createHash("sha256").update(String(n)).digest("hex").slice(0, 32);
      vectors.put(new Map([[key, { vector: Float32Array.from({ length: 50_000 }, (_, i) => Math.sin(n + i)), tokens: n }]]));
      writeSync(1, n + "\\n");
    }`;
  const said: number[] = [];
  for (const round of range(0, 5)) {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script, String(round * 10_000)], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const enough = 1 + round * 7;
    let mine = 0;
    for await (const line of createInterface(child.stdout)) {
      said.push(Number(line));
      if (++mine === enough) child.kill("SIGKILL");
    }
  }
  expect(said.length).toBeGreaterThan(50);
  const kept = open(at).get(said.map(keyOf));
  for (const n of said) expect(kept.get(keyOf(n))?.vector.at(-1)).toBe(vectorOf(n, 50_000).at(-1));
});

test("where nothing can be written, it is said once and what is kept is still read", () => {
  const blocked = folder();
  writeFileSync(blocked, "a file in the place of the folder");
  const { put, numbers, warnings } = open(blocked);
  for (const n of [1, 2]) put(block(n));
  expect(numbers([1, 2])).toEqual([]);
  expect(warnings).toEqual([expect.stringMatching(/^cache .*; going on without keeping new vectors$/)]);
});

test.skipIf(process.getuid?.() === 0)("a folder that can only be read still answers", () => {
  const at = folder();
  open(at).put(block(1));
  chmodSync(at, 0o500);
  onTestFinished(() => chmodSync(at, 0o700));
  const { put, numbers, warnings } = open(at);
  put(block(2));
  expect(numbers([1, 2])).toEqual([1]);
  expect(warnings).toHaveLength(1);
});

test.skipIf(!canLimit)("a disk that is full in the middle of a block costs that block and those after it, and is said once", async () => {
  const at = folder();
  const { put, numbers, warnings } = open(at);
  put(block(...range(0, 10)));
  const undo = limitFiles(readFileSync(fileIn(at)).length + 100);
  try {
    put(block(...range(10, 20)));
    put(block(20));
  } finally {
    await undo();
  }
  put(block(21));
  expect(warnings).toHaveLength(1);
  for (const found of [numbers(range(0, 22)), open(at).numbers(range(0, 22))]) expect(found).toEqual(range(0, 10));
});
