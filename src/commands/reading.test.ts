import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { whileReading } from "./reading.ts";

const written: string[] = [];
beforeEach(() => {
  written.length = 0;
  vi.useFakeTimers();
  vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Reads files one after the other, each for so many milliseconds. */
async function reads(files: number, ms: number, quiet = false): Promise<string> {
  return await whileReading({ quiet }, async (progress) => {
    for (let done = 0; done < files; done++) {
      progress?.({ done, total: files, file: `\u001B[31mf${done}.pdf` });
      await vi.advanceTimersByTimeAsync(ms);
    }
    progress?.({ done: files, total: files, file: "" });
    return "read";
  });
}

test("quick reading says nothing, and neither does a quiet one", async () => {
  expect(await reads(20, 40)).toBe("read");
  expect(await reads(20, 4000, true)).toBe("read");
  expect(written).toEqual([]);
});

test("long reading tells now and then which file it is at, and that it is done", async () => {
  await reads(100, 300);
  expect(written.length).toBeGreaterThan(4);
  expect(written.length).toBeLessThan(9);
  for (const line of written.slice(0, -1)) expect(line).toMatch(/^reading documents: \d+ of 100 f\d+\.pdf\n$/);
  expect(written.at(-1)).toBe("read 100 files in 30 s\n");
});

test("one large file is told while it is read", async () => {
  await reads(1, 8000);
  expect(written[0]).toBe("reading documents: 0 of 1 f0.pdf\n");
});

test("where reading fails, nothing is said to be done", async () => {
  const failing = whileReading({}, async (progress) => {
    progress?.({ done: 0, total: 2, file: "a.pdf" });
    await vi.advanceTimersByTimeAsync(9000);
    throw new Error("gone");
  });
  await expect(failing).rejects.toThrow("gone");
  expect(written.filter((line) => line.startsWith("read "))).toEqual([]);
});
