/**
 * Worker threads with an engine each; started when there is work that no thread is free for. An answer is worked out in one go, so a
 * thread whose caller went away can only be freed by ending it: another one takes its place.
 */
import { Worker } from "node:worker_threads";
import { Fault } from "../wire.ts";
import type { Answer, Asked, Call, Return } from "./exchange.ts";
import { breakable } from "./stream.ts";

export interface Pool {
  /** Throws a Fault where too much waits already or the thread broke down, and the reason of an abort. */
  ask(asked: Asked, signal: AbortSignal): Promise<Answer>;
  /** Starts a thread, so that the first answer need not wait for it. */
  warm(): void;
  close(): Promise<void>;
}

export interface PoolOptions {
  /** Where the engine keeps its files. */
  readonly folder: string;
  readonly threads: number;
  /** Calls that a thread has at a time. One that has several is not ended when a caller goes away. */
  readonly each: number;
}

interface Pending {
  readonly asked: Asked;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

interface Thread {
  readonly worker: Worker;
  readonly calls: Map<number, Pending>;
  /** What breaks the streams that it has not sent to their ends. */
  readonly streams: Set<(why: Error) => void>;
  /** It gets no more calls, and ends when its streams have. */
  isLeaving: boolean;
}

/** Calls that may wait for a thread; more are refused, since whoever sent them would have given up. */
const mostWaiting = 256;
/** Milliseconds that a thread has to end an answer that nobody waits for: another one takes about as long to start. */
const grace = 100;

export function createPool({ folder, threads: most, each }: PoolOptions): Pool {
  const threads = new Set<Thread>();
  const waiting = new Set<Pending>();
  let calls = 0;

  function start(): Thread {
    // The sources run as they are where Node takes types, and built elsewhere.
    const file = new URL(import.meta.url.endsWith(".ts") ? "./thread.ts" : "./thread.js", import.meta.url);
    const thread: Thread = { worker: new Worker(file, { workerData: { folder } }), calls: new Map(), streams: new Set(), isLeaving: false };
    const gone = (why: string): void => {
      threads.delete(thread);
      const fault = new Fault(500, `the thread that answered broke down: ${why}`);
      for (const call of thread.calls.values()) call.reject(fault);
      thread.calls.clear();
      for (const breakOff of thread.streams) breakOff(fault);
      assign();
    };
    thread.worker.on("message", ({ id, answer }: Return) => {
      thread.calls.get(id)?.resolve({ ...answer, body: answer.body instanceof Uint8Array ? answer.body : followed(thread, answer.body) });
      thread.calls.delete(id);
      leave(thread);
      assign();
    });
    thread.worker.on("error", (error) => gone(error instanceof Error ? error.message : String(error)));
    thread.worker.on("exit", (code) => gone(`it ended with code ${code}`));
    threads.add(thread);
    return thread;
  }

  function followed(thread: Thread, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const { stream, breakOff } = breakable(body, () => {
      thread.streams.delete(breakOff);
      leave(thread);
    });
    thread.streams.add(breakOff);
    return stream;
  }

  /** Ends a thread that is to leave, once it has no more to say. */
  function leave(thread: Thread): void {
    if (thread.isLeaving && thread.streams.size === 0) void thread.worker.terminate();
  }

  function assign(): void {
    for (const pending of waiting) {
      const staying = [...threads].filter(({ isLeaving }) => !isLeaving);
      const free = staying.find((thread) => thread.calls.size < each) ?? (staying.length < most ? start() : undefined);
      if (free === undefined) return;
      waiting.delete(pending);
      const id = calls++;
      free.calls.set(id, pending);
      const { asked } = pending;
      free.worker.postMessage({ id, asked } satisfies Call, asked.body === undefined ? [] : [asked.body.buffer]);
    }
  }

  /** Nobody waits for this call any more. */
  function drop(pending: Pending): void {
    if (waiting.delete(pending) || each > 1) return;
    setTimeout(() => {
      const thread = [...threads].find((one) => [...one.calls.values()].includes(pending));
      if (thread === undefined) return;
      thread.isLeaving = true;
      leave(thread);
      assign();
    }, grace);
  }

  return {
    ask: (asked, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        if (waiting.size >= mostWaiting)
          return reject(new Fault(503, `${mostWaiting} requests wait for an answer already; try again later`, null, "overloaded"));
        const pending: Pending = {
          asked,
          reject,
          resolve(answer) {
            signal.removeEventListener("abort", abort);
            if (signal.aborted && answer.body instanceof ReadableStream) void answer.body.cancel();
            resolve(answer);
          },
        };
        const abort = (): void => {
          drop(pending);
          reject(signal.reason);
        };
        signal.addEventListener("abort", abort, { once: true });
        waiting.add(pending);
        assign();
      }),
    warm: () => void (threads.size === 0 && start()),
    async close() {
      waiting.clear();
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
    },
  };
}
