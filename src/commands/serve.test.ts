/** What scripts rely on, of the command as it stands and as it is built: the address, exit codes, and an end by signal. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import OpenAI, { toFile } from "openai";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { build, BUILT, llmopt, project } from "../cli.fixture.ts";

const SOURCE = fileURLToPath(new URL("../cli.ts", import.meta.url));
beforeAll(build);

/** The command until it has said where it listens. */
async function started(
  args: readonly string[],
  {
    cli = SOURCE,
    env = {},
    blocks,
  }: { readonly cli?: string; readonly env?: Readonly<Record<string, string>>; readonly blocks?: number } = {},
): Promise<{ readonly child: ChildProcess; readonly folder: string; readonly said: string; readonly ended: Promise<unknown> }> {
  const folder = project({});
  const command = [process.execPath, "--", cli, "serve", ...args];
  const limited = ["sh", "-c", `trap "" XFSZ; ulimit -f ${blocks}; exec "$0" "$@"`, ...command];
  const [program = "", ...given] = blocks === undefined ? command : limited;
  const child = spawn(program, given, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const errors = text(child.stderr);
  const ended = once(child, "close").then(async ([code]: unknown[]) => [code, await errors]);
  let said = "";
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    said += chunk.toString();
    if (said.endsWith("\n")) break;
  }
  return { child, folder, said, ended };
}

const ask = async (baseURL: string, apiKey = "none"): Promise<unknown> => {
  const messages = [{ role: "user" as const, content: "Context: Bob lives in Paris.\n\nQuestion: Where does Bob live?" }];
  const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
  return (await client.chat.completions.create({ model: "reader", messages })).choices[0]?.message.content;
};

describe.each([
  ["source", SOURCE, "SIGINT", 130],
  ["built", BUILT, "SIGTERM", 143],
] as const)("the %s command", (_, cli, signal, code) => {
  test("says one line, the base URL, answers there, and ends by a signal", async () => {
    const { child, folder, said, ended } = await started(["--port", "0"], { cli });
    expect(said).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\n$/);
    expect(await ask(said.trim())).toBe("Paris");
    child.kill(signal);
    expect(await ended).toEqual([code, `\nstopped by ${signal}; files, jobs and tuned models are kept in .llmopt/embedded\n`]);
    expect(existsSync(join(folder, ".llmopt/embedded"))).toBe(true);
  });
});

test("--json prints one document; a key in the environment is wanted from clients", async () => {
  const { said } = await started(["--port", "0", "--host", "0.0.0.0", "--json", "--workers", "1", "--folder", "kept"], {
    env: { LLMOPT_API_KEY: "sesame" },
  });
  const document = JSON.parse(said) as { readonly port: number };
  expect(document).toEqual({
    base_url: `http://0.0.0.0:${document.port}/v1`,
    host: "0.0.0.0",
    port: document.port,
    workers: 1,
    folder: "kept",
  });
  const url = `http://127.0.0.1:${document.port}/v1`;
  expect(await ask(url, "sesame")).toBe("Paris");
  await expect(ask(url, "guess")).rejects.toMatchObject({ status: 401 });
  expect(said).not.toContain("sesame");
});

test("what cannot be served is said and exits 2", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void taken.close());
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const folder = project({ file: "" });
  for (const [args, message] of [
    [["--port", String(port)], /^--port \d+: another program listens there; /],
    [["--port", "0", "--host", "0.0.0.0"], /^--host 0\.0\.0\.0: others could use the server too; .*--api-key/],
    [["--port", "0", "--host", "192.0.2.1", "--api-key", "x"], /^--host 192\.0\.2\.1: cannot be listened on /],
    [["--port", "0", "--api-key", ""], /^--api-key: is empty/],
    [["--port", "0", "--folder", "file"], /^--folder file: cannot be written /],
    [["--port", "0", "--folder", "file/below"], /^--folder file\/below: cannot be written /],
    // Nothing can be made there, and the system does not say so.
    ...(existsSync("/proc/self")
      ? ([[["--port", "0", "--folder", "/proc/none/below"], /^--folder \/proc\/none\/below: cannot be written /]] as const)
      : []),
    [["--port", "70000"], /--port <n>.*0 to 65535/],
    [["--workers", "0"], /--workers <n>/],
  ] as const) {
    const { code, stdout, stderr } = await llmopt(folder, ["serve", ...args]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
  }
});

test.skipIf(process.platform === "win32")("what finds no room is a 507 that says so, and nothing of it counts", async () => {
  // A limit on the size of files stands for a full disk: 48 blocks of 512 bytes.
  const { said, folder } = await started(["--port", "0", "--folder", "kept"], { blocks: 48 });
  const client = new OpenAI({ baseURL: said.trim(), apiKey: "none", maxRetries: 0 });
  const upload = async (text: string) => client.files.create({ purpose: "fine-tune", file: await toFile(Buffer.from(text), "rows.jsonl") });
  await expect(upload("x".repeat(100_000))).rejects.toMatchObject({ status: 507, code: "folder_not_writable" });
  expect((await client.files.list()).data).toEqual([]);
  // Labelled messages of many different words make a model larger than their file.
  const row = (i: number) => ({
    messages: [
      { role: "user", content: Array.from({ length: 12 }, (_, j) => ((i * 12 + j) * 48_271 + 7).toString(36)).join(" ") },
      { role: "assistant", content: `label_${i % 3}` },
    ],
  });
  const training = await upload(Array.from({ length: 90 }, (_, i) => JSON.stringify(row(i))).join("\n"));
  let job = await client.fineTuning.jobs.create({ model: "reader", training_file: training.id });
  while (!["succeeded", "failed"].includes(job.status)) job = await client.fineTuning.jobs.retrieve(job.id);
  expect([job.status, job.error?.message]).toEqual(["failed", expect.stringMatching(/^kept\/models: cannot be written /)]);
  expect((await Array.fromAsync(client.models.list())).map(({ id }) => id)).toEqual(["reader", "lexical"]);
  expect(readdirSync(join(folder, "kept"), { recursive: true }).filter((name) => String(name).endsWith(".tmp"))).toEqual([]);
});
