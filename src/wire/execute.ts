/** Programs of the user's own that grade answers: JSON in, JSON out, with a time limit. */
import { spawn } from "node:child_process";
import { messageOf, UserError } from "../errors.ts";
import type { Executed } from "../types.ts";

/** Bytes of output that are kept; what comes after them is thrown away. */
const MOST_OUTPUT = 1_000_000;
/** Milliseconds that the pipes may stay open after the program's end. */
const DRAIN_MS = 500;

/**
 * Starts programs in the folder, without a shell, and gives them `stdin`. After `seconds`, or when the run is aborted, the whole
 * process group is killed. Throws a UserError where the program cannot be started.
 */
export function executeIn(folder: string, signal: AbortSignal) {
  return async (argv: readonly string[], stdin: string, seconds: number): Promise<Executed> => {
    signal.throwIfAborted();
    const [command = "", ...parameters] = argv;
    // A group of its own, so that what it starts ends with it.
    const child = spawn(command, parameters, { cwd: folder, detached: true, stdio: ["pipe", "pipe", "pipe"] });
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {}
    };
    let timedOut = false;
    let drain: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => {
      timedOut = true;
      kill();
    }, seconds * 1000);
    signal.addEventListener("abort", kill);
    const collect = (stream: NodeJS.ReadableStream) => {
      const parts: Buffer[] = [];
      let size = 0;
      stream.on("data", (part: Buffer) => {
        if (size < MOST_OUTPUT) parts.push(part.subarray(0, MOST_OUTPUT - size));
        size += part.length;
      });
      return () => Buffer.concat(parts).toString("utf8");
    };
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    // A program that does not read its input is no fault.
    child.stdin.on("error", () => {});
    child.stdin.end(stdin);
    try {
      const status = await new Promise<number | null>((ended, failed) => {
        child.on("error", (error) =>
          failed(new UserError(`${command}: cannot be started (${messageOf(error)}); name a program that is there`, 2, { cause: error })),
        );
        child.on("close", ended);
        child.on("exit", () => {
          kill();
          // What left the group may hold the pipes open for ever; what was written before the end is read first.
          drain = setTimeout(() => setImmediate(() => [child.stdout, child.stderr].forEach((pipe) => pipe.destroy())), DRAIN_MS);
        });
      });
      signal.throwIfAborted();
      return { status, stdout: stdout(), stderr: stderr(), timedOut };
    } finally {
      clearTimeout(timer);
      clearTimeout(drain);
      signal.removeEventListener("abort", kill);
    }
  };
}
