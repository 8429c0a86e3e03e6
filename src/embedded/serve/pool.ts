/** Worker threads with an engine each; started when there is work that no thread is free for. */
import { Worker } from "node:worker_threads";
import { Fault } from "../wire.ts";
import type { Answer, Asked, Call, Return } from "./exchange.ts";

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
  /** Calls that a thread has at a time. */
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
}

/** Calls that may wait for a thread; more are refused, since whoever sent them would have given up. */
const mostWaiting = 256;

export function createPool({ folder, threads: most, each }: PoolOptions): Pool {
  const threads = new Set<Thread>();
  const waiting = new Set<Pending>();
  let calls = 0;

  function start(): Thread {
    // The sources run as they are where Node takes types, and built elsewhere.
    const file = new URL(import.meta.url.endsWith(".ts") ? "./thread.ts" : "./thread.js", import.meta.url);
    const thread: Thread = { worker: new Worker(file, { workerData: { folder } }), calls: new Map() };
    const gone = (why: string): void => {
      threads.delete(thread);
      for (const call of thread.calls.values()) call.reject(new Fault(500, `the thread that answered broke down: ${why}`));
      thread.calls.clear();
      assign();
    };
    thread.worker.on("message", ({ id, answer }: Return) => {
      thread.calls.get(id)?.resolve(answer);
      thread.calls.delete(id);
      assign();
    });
    thread.worker.on("error", (error) => gone(error instanceof Error ? error.message : String(error)));
    thread.worker.on("exit", (code) => gone(`it ended with code ${code}`));
    threads.add(thread);
    return thread;
  }

  function assign(): void {
    for (const pending of waiting) {
      const free = [...threads].find((thread) => thread.calls.size < each) ?? (threads.size < most ? start() : undefined);
      if (free === undefined) return;
      waiting.delete(pending);
      const id = calls++;
      free.calls.set(id, pending);
      const { asked } = pending;
      free.worker.postMessage({ id, asked } satisfies Call, asked.body === undefined ? [] : [asked.body.buffer]);
    }
  }

  return {
    ask: (asked, signal) =>
      new Promise((resolve, reject) => {
        if (waiting.size >= mostWaiting)
          return reject(new Fault(503, `${mostWaiting} requests wait for an answer already; try again later`, null, "overloaded"));
        const pending: Pending = { asked, resolve, reject };
        signal.addEventListener("abort", () => void (waiting.delete(pending) && reject(signal.reason)), { once: true });
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
