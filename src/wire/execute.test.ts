/** What holds for any program, however it behaves. Real programs: the Node that runs this test. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { executeIn } from "./execute.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "llmopt-execute-")));
afterAll(() => rmSync(folder, { recursive: true }));

const execute = executeIn(folder, new AbortController().signal);
const node = (script: string, stdin = "", seconds = 30) => execute([process.execPath, "-e", script], stdin, seconds);

test("a program gets its input, runs in the folder, and is told by its output and exit status", async () => {
  const script =
    'process.stdin.on("data", (text) => { console.log(`${process.cwd()} ${text}`); console.error("aside"); process.exitCode = 3; })';
  expect(await node(script, "in")).toEqual({ status: 3, stdout: `${folder} in\n`, stderr: "aside\n", timedOut: false });
});

test("one that does not read its input is no fault, however long that is", async () => {
  expect(await node("console.log(1)", "x".repeat(5_000_000))).toMatchObject({ status: 0, stdout: "1\n" });
});

test("one that prints without end is read to its own end, and only the beginning is kept", async () => {
  const { status, stdout } = await node('process.stdout.write("y".repeat(10_000_000)); process.exitCode = 5');
  expect([status, stdout.length]).toEqual([5, 1_000_000]);
});

test("one that takes too long is killed with all that it started", async () => {
  const ended = await node('require("child_process").spawnSync("sleep", ["600"])', "", 0.5);
  expect(ended).toMatchObject({ status: null, timedOut: true });
});

test.each([
  ["in its group", false],
  ["that was set apart from it", true],
])("a child that it leaves behind %s, holding its output, does not hold the run", async (_, detached) => {
  const script = `const { pid } = require("child_process").spawn("sleep", ["600"], { detached: ${detached}, stdio: "inherit" }); console.log(pid); process.exit()`;
  const { status, stdout } = await node(script);
  expect(status).toBe(0);
  if (detached) process.kill(Number(stdout), "SIGKILL");
});

test("one that is not there ends the run with its name", async () => {
  await expect(execute(["no-such-program"], "", 1)).rejects.toMatchObject({ code: 2, message: expect.stringContaining("no-such-program") });
});

test("an aborted run kills it", async () => {
  const abort = new AbortController();
  const running = executeIn(folder, abort.signal)(["sleep", "600"], "", 600);
  abort.abort(new Error("stopped"));
  await expect(running).rejects.toThrow("stopped");
});
