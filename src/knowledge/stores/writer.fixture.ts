/**
 * A process that writes an index, for tests of what others see of it. Run with a `Task` as JSON; it says "open" on stdout once it has the
 * index, then writes the documents `d0`, `d1`, … one after the other, each as `writtenDocument` has it, and says the number of each one
 * that is written; with `hold` it writes nothing and waits until its stdin ends.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { seeded } from "../../stats/random.ts";
import type { Change, Entry, Origin, Place, Store, StoreKind } from "../store.ts";

/** Where another process finds a store. */
export interface Elsewhere {
  /** `file:` address of a module and the name of the kind of store in it. */
  readonly module: string;
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
}

interface Task extends Elsewhere {
  readonly place: Place;
  readonly origin: Origin;
  readonly from: number;
  readonly hold: boolean;
}

export interface WriterProcess {
  readonly child: ChildProcess;
  /** Lines that it has said so far. */
  readonly said: readonly string[];
  /** Resolves once it has said so many lines, or has ended. */
  until(lines: number): Promise<void>;
  /** Ends it at once, and resolves when it is gone. */
  kill(): Promise<void>;
}

export function startWriter(task: Task): WriterProcess {
  const child = spawn(process.execPath, [import.meta.filename, JSON.stringify(task)], { stdio: ["pipe", "pipe", "inherit"] });
  const said: string[] = [];
  const lines = createInterface(child.stdout);
  lines.on("line", (line) => said.push(line));
  const ended = once(lines, "close");
  const gone = once(child, "exit");
  return {
    child,
    said,
    async until(count) {
      while (said.length < count && child.exitCode === null && child.signalCode === null) await Promise.race([once(lines, "line"), ended]);
    },
    async kill() {
      child.kill("SIGKILL");
      await Promise.all([ended, gone]);
    },
  };
}

/** The document of a number: a change that a reader can check to the last vector. */
export function writtenDocument(n: number): Change["put"][number] {
  const random = seeded(n);
  const entries = Array.from({ length: 1 + (n % 7) }, (_, i): Entry => {
    const text = `document ${n} chunk ${i} ${"word ".repeat(n % 50)}`;
    const vector = Array.from({ length: 16 }, () => random() - 0.5);
    return { id: `d${n}#${i + 1}`, source: `d${n}`, title: "", text, start: 0, end: text.length, vector };
  });
  return { id: `d${n}`, hash: `hash ${n}`, entries };
}

if (process.argv[1] === import.meta.filename) {
  const task: Task = JSON.parse(process.argv[2] ?? "");
  const found: Readonly<Record<string, StoreKind>> = await import(task.module);
  const store: Store | undefined = found[task.kind]?.create(task.options);
  const index = await store?.write(task.place, task.origin);
  process.stdout.write("open\n");
  if (task.hold) await once(process.stdin.resume(), "end");
  // Each third change also takes an older document out.
  else
    for (let n = task.from; ; n++) {
      await index?.write({ put: [writtenDocument(n)], remove: n % 3 === 2 ? [`d${n - 2}`] : [] });
      process.stdout.write(`${n}\n`);
    }
  await index?.close();
}
