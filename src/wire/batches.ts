/** Texts in requests that an endpoint takes: how many those are is found out where it says so only by refusing. */
import { EndpointFault } from "../errors.ts";
import { advised, isTooLong } from "./faults.ts";

/** Below the limits of common servers (2048 texts, 300,000 tokens). */
const BATCH = { texts: 256, characters: 400_000 };

interface Text {
  readonly text: string;
}

/** In order. */
export function batchesOf<T extends Text>(items: readonly T[], texts = BATCH.texts): T[][] {
  const batches: T[][] = [];
  let size = 0;
  for (const item of items) {
    const last = batches.at(-1);
    size += item.text.length;
    if (last !== undefined && last.length < texts && size <= BATCH.characters) last.push(item);
    else {
      batches.push([item]);
      size = item.text.length;
    }
  }
  return batches;
}

/**
 * Sends texts in batches, `concurrency` of them at a time; after a fault no further one begins, and those in flight come to their end.
 *
 * A batch that the endpoint refuses is sent in halves. Where both are taken, it was the number or the length of all together (TEI takes 32
 * texts by default, others 10, 16, 96 or 100), which is remembered and told; a text that is refused alone is an EndpointFault that names it.
 */
export function createBatcher(concurrency: number, warn: (text: string) => void) {
  let most = BATCH.texts;

  async function sendAll<T extends Text>(items: readonly T[], send: (batch: readonly T[]) => Promise<void>): Promise<void> {
    await inTurn(batchesOf(items, most), concurrency, (batch) => request(batch, send));
  }

  async function request<T extends Text>(batch: readonly T[], send: (batch: readonly T[]) => Promise<void>): Promise<void> {
    if (batch.length > most) return await sendAll(batch, send);
    try {
      return await send(batch);
    } catch (error) {
      if (!(error instanceof EndpointFault) || error.kind !== "bad request") throw error;
      const [only] = batch;
      if (batch.length === 1 && only !== undefined) throw refused(error, only.text);
      const half = 2 ** Math.ceil(Math.log2(batch.length) - 1);
      await request(batch.slice(0, half), send);
      await request(batch.slice(half), send);
      if (half >= most) return;
      most = half;
      warn(advised(error, `texts to embed go ${half} at a time from here on`));
    }
  }

  return sendAll;
}

/** Works on all, so many at a time; begins nothing more after the first fault, which it throws once the others have ended. */
async function inTurn<T>(jobs: readonly T[], width: number, work: (job: T) => Promise<void>): Promise<void> {
  const faults: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let job = jobs[next++]; job !== undefined && faults.length === 0; job = jobs[next++]) {
      await work(job).catch((error: unknown) => faults.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, jobs.length) }, worker));
  if (faults.length > 0) throw faults[0];
}

function refused(fault: EndpointFault, text: string): EndpointFault {
  const begin = [...text.slice(0, 200).replace(/\s+/g, " ").trim()].slice(0, 60).join("");
  const what = `the text that begins ${JSON.stringify(begin)} (${text.length.toLocaleString("en")} characters)`;
  const advice = isTooLong(fault.message)
    ? `${what} is longer than the model takes: cut smaller chunks, or name another model under models.embed`
    : `${what} is refused by itself: look at the server's log, or name another model under models.embed`;
  return new EndpointFault(fault.kind, advised(fault, advice), { cause: fault.cause });
}
