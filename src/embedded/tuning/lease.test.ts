/** Laws of leases: whatever processes do at once, one has it, and none loses it to another that is done. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { takeLease } from "./lease.ts";

const folder = mkdtempSync(path.join(tmpdir(), "lease-"));
afterAll(() => rm(folder, { recursive: true }));

/** No process has this number: it is above what the kernel gives. */
const dead = `2147483647 ${hostname()} 0`;

/** Takes the lease of each file that it is told, and says its own number or 0. */
const contender = `
import { createInterface } from "node:readline";
import { takeLease } from ${JSON.stringify(new URL("lease.ts", import.meta.url).href)};
for await (const file of createInterface(process.stdin)) console.log(file === "" || (await takeLease(file)) === undefined ? 0 : process.pid);
`;

async function contenders(count: number): Promise<(line: string) => Promise<readonly number[]>> {
  const processes = Array.from({ length: count }, (): ChildProcess => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", contender], { stdio: ["pipe", "pipe", "inherit"] });
    onTestFinished(() => void child.kill());
    return child;
  });
  const heard = processes.map(({ stdout }) => createInterface(stdout ?? process.stdin));
  const race = async (line: string): Promise<readonly number[]> => {
    const said = Promise.all(heard.map((lines) => once(lines, "line")));
    for (const { stdin } of processes) stdin?.write(`${line}\n`);
    return (await said).map(([number]) => Number(number)).filter((number) => number > 0);
  };
  // They begin together once all are up.
  await race("");
  return race;
}

test("of processes that race for a lease, new or left by a killed process, one has it, and its file says so", async () => {
  const race = await contenders(4);
  for (let round = 0; round < 40; round++) {
    const file = path.join(folder, `${round}.lease`);
    if (round % 4 > 0) writeFileSync(file, dead);
    if (round % 4 === 2) utimesSync(file, 0, 0);
    if (round % 4 === 3) writeFileSync(file, "2147483647");
    const winners = await race(file);
    expect(winners).toHaveLength(1);
    expect(readFileSync(file, "utf8")).toMatch(new RegExp(`^${winners[0]} `));
  }
});

test("a lease that was taken over is no longer its first owner's to renew or to give back", async () => {
  const file = path.join(folder, "over");
  const first = await takeLease(file);
  expect(await takeLease(file)).toBeUndefined();
  utimesSync(file, 0, 0);
  const second = await takeLease(file);
  const text = readFileSync(file, "utf8");
  expect([await first?.isOwn(), await second?.isOwn()]).toEqual([false, true]);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 5_000 });
  expect([await first?.renew(), await second?.renew()]).toEqual([false, true]);
  vi.useRealTimers();
  await first?.release();
  expect(readFileSync(file, "utf8")).toBe(text);
  await second?.release();
  expect(existsSync(file)).toBe(false);
});

test("a process of another machine is judged by its file alone", async () => {
  const file = path.join(folder, "elsewhere");
  writeFileSync(file, "2147483647 another-machine 0");
  expect(await takeLease(file)).toBeUndefined();
  utimesSync(file, 0, 0);
  expect(await takeLease(file)).toBeDefined();
});

test("a process that was killed while it took a lease over holds nobody up for good", async () => {
  const file = path.join(folder, "half");
  writeFileSync(file, dead);
  writeFileSync(`${file}.${createHash("sha256").update(dead).digest("hex").slice(0, 16)}`, dead);
  expect(await takeLease(file)).toBeUndefined();
  expect(await takeLease(file)).toBeDefined();
});
