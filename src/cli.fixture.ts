/** What the tests of the command line need: a project folder, the command itself, and the engine behind a real port. */
import { spawn, spawnSync } from "node:child_process";
import { createServer, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { createEmbedded } from "./embedded/engine.ts";

const CLI = fileURLToPath(new URL("./cli.ts", import.meta.url));
/** The command as it is published, where it was built. */
export const BUILT: string = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

/** Builds the command where a source is newer than it; test files that ask at the same time wait for the one that builds. */
export async function build(): Promise<void> {
  const root = dirname(dirname(BUILT));
  const stamp = join(root, "node_modules/.cache/llmopt/built");
  const lock = join(root, "node_modules/.cache/llmopt/building");
  const isCurrent = (): boolean => {
    const made = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const sources = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true }).filter((entry) => entry.name.endsWith(".ts"));
    return (
      existsSync(BUILT) &&
      sources.every((entry) => (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.mtimeMs ?? 0) < made)
    );
  };
  mkdirSync(dirname(stamp), { recursive: true });
  while (!isCurrent()) {
    try {
      mkdirSync(lock);
    } catch {
      // A lock that a killed process left is nobody's.
      if (Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0) > 60_000) rmSync(lock, { recursive: true, force: true });
      else await setTimeout(100);
      continue;
    }
    const began = new Date();
    try {
      // What is wrong with types is for `npm run typecheck` to say.
      spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc")], { cwd: root });
      // The compiler writes the command anew without the right to be run.
      chmodSync(BUILT, 0o755);
      writeFileSync(stamp, "");
      utimesSync(stamp, began, began);
      return;
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with these files, removed at the end of the test. */
export function project(files: Readonly<Record<string, string>>): string {
  const folder = folderOf(files);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The same folder, removed by who asked for it. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "llmopt-project-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Runs `llmopt` in the folder: its source, or the file `cli`. `during` is called at each output on stderr and may send one signal. */
export async function llmopt(
  folder: string,
  args: readonly string[],
  options: {
    readonly cli?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly during?: (kill: (signal: NodeJS.Signals) => void, output: () => string) => void;
  } = {},
): Promise<Ended> {
  const { FORCE_COLOR: _, NO_COLOR: __, ...env } = process.env;
  const child = spawn(process.execPath, ["--", options.cli ?? CLI, ...args], { cwd: folder, env: { ...env, ...options.env } });
  let stdout = "";
  let stderr = "";
  let killed = false;
  const kill = (signal: NodeJS.Signals): void => {
    if (!killed) child.kill(signal);
    killed = true;
  };
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk));
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk;
    options.during?.(kill, () => stderr);
  });
  return await new Promise((ended) => child.on("close", (code, signal) => ended({ code, signal, stdout, stderr })));
}

export type Fault = (response: ServerResponse, count: number, url: string) => boolean;

/** The embedded engine on a free port. `fault` may answer a request in its place, and then returns true. */
export async function engine(folder: string, fault: Fault = () => false): Promise<{ readonly url: string; readonly count: () => number }> {
  const handle = createEmbedded({ folder: join(folder, "engine") });
  let count = 0;
  const server = createServer((request, response) => {
    count++;
    if (fault(response, count, request.url ?? "")) return;
    void buffer(request).then(async (body) => {
      const answer = await handle(`http://engine.invalid${request.url}`, {
        method: request.method ?? "GET",
        headers: Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
          typeof value === "string" ? [[name, value]] : [],
        ),
        ...(body.length > 0 ? { body } : {}),
      });
      response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "application/json" });
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, count: () => count };
}

/** Cases about invented rivers, with a passage each, so that a reader can answer them; a few have no answer in it. */
export function riverCases(count: number): string {
  const rows = Array.from({ length: count }, (_, i) => {
    const length = 100 + i * 3;
    const port = `Port ${["Ann", "Bess", "Cora", "Dell"][i % 4]}`;
    const passage = `The river Ostra${i} rises in the hills of Belmar. It is ${length} kilometres long. Its mouth lies near ${port}.`;
    // A reader that copies cannot convert, so that some cases fail whatever is tried.
    if (i % 6 === 5)
      return { id: `r${i}`, passage, question: `How many metres long is the river Ostra${i}?`, answer: [`${length}000 metres`] };
    return i % 3 === 0
      ? {
          id: `r${i}`,
          passage,
          question: `How many kilometres long is the river Ostra${i}?`,
          answer: [`${length}`, `${length} kilometres`],
        }
      : { id: `r${i}`, passage, question: `Where is the mouth of the river Ostra${i}?`, answer: [`near ${port}`, port] };
  });
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

/** An experiment on `cases.jsonl` with the prompt rung, at an endpoint or the embedded engine. */
export function riverExperiment(url?: string, more = ""): string {
  const endpoint = `endpoints:\n  local: { base_url: "${url}", timeout_s: 2, deadline_s: 2, concurrency: 4 }\n`;
  return `name: rivers
model: ${url === undefined ? "embedded" : "local"}/reader
${url === undefined ? "" : endpoint}data: { file: cases.jsonl, input: [passage, question], expected: answer }
program:
  system: Answer from the passage.
  user: "Passage: {{passage}}\\n\\nQuestion: {{question}}"
  variants:
    short: { system: "Answer from the passage with a short phrase, not with a sentence.\\n" }
evals: { primary: f1, scorers: [{ use: token-f1, as: f1 }] }
ladder: [prompt]
${more}`;
}
