/** A worker thread: an engine of its own, which answers the calls of the pool. */
import { parentPort, workerData } from "node:worker_threads";
import { createEmbedded } from "../engine.ts";
import { fail, Fault } from "../wire.ts";
import { type Answer, answerOf, type Asked, type Call, type Return } from "./exchange.ts";

const { folder } = workerData as { readonly folder: string };
const handle = createEmbedded({ folder, now: Date.now });

parentPort?.on("message", async ({ id, asked }: Call) => {
  const answer = await answered(asked);
  const moved = answer.body instanceof Uint8Array ? answer.body.buffer : answer.body;
  parentPort?.postMessage({ id, answer } satisfies Return, [moved]);
});

async function answered({ method, url, contentType, body }: Asked): Promise<Answer> {
  try {
    const headers = contentType === undefined ? {} : { "content-type": contentType };
    // A GET that brings a body gets what it gets without.
    const sent = method === "GET" || body === undefined ? null : body;
    return await answerOf(await handle(new URL(url, "http://embedded.invalid"), { method, headers, body: sent }));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return answerOf(fail(new Fault(500, `the embedded engine failed: ${why}`)));
  }
}
