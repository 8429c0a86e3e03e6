/** How long a new process takes to have an engine and its first answer, on the built package, and how large the reader's weights are. */
import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";
import type { Row } from "./row.ts";

const tries = 7;
const engine = new URL("../../dist/embedded/engine.js", import.meta.url).href;
const weights = new URL("../../src/embedded/network/reader.weights", import.meta.url);
const script = `
  const from = performance.now();
  const { createEmbedded } = await import(${JSON.stringify(engine)});
  const fetch = createEmbedded({ folder: "nowhere" });
  const ready = performance.now();
  const content = "Context: Bob lives in Paris.\\n\\nQuestion: Where does Bob live?";
  await fetch("http://embedded.invalid/v1/chat/completions", { method: "POST", body: JSON.stringify({ model: "reader", messages: [{ role: "user", content }] }) });
  console.log(ready - from, performance.now() - ready);
`;

export default async function start(): Promise<Row[]> {
  const run = promisify(execFile);
  const times: number[][] = [];
  for (let i = 0; i < tries; i++) {
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script]);
    times.push(stdout.trim().split(" ").map(Number));
  }
  const median = (place: number): number => times.map((t) => t[place] ?? 0).sort((a, b) => a - b)[tries >> 1] ?? 0;
  const megabytes = (await stat(weights)).size / 1e6;
  return [
    {
      on: `a new engine in a new process, median of ${tries}`,
      value: `${median(0).toFixed(0)} ms`,
      bar: "≤ 100 ms",
      met: median(0) <= 100,
    },
    { on: "its first answer, with the network loaded", value: `${median(1).toFixed(0)} ms`, bar: "–", met: true },
    { on: "weights of the reader", value: `${megabytes.toFixed(2)} MB`, bar: "≤ 3 MB", met: megabytes <= 3 },
  ];
}
