/** Ctrl-C and SIGTERM: the first stops cleanly, a second one at once. */
import { constants } from "node:os";

type Signal = "SIGINT" | "SIGTERM";

/**
 * Does something until it is done or the process is signalled; then `result` is undefined, `code` is what to exit with, and `advice`
 * says on stderr how to go on. What else it throws is thrown on.
 */
export async function untilSignalled<T>(
  work: (signal: AbortSignal) => Promise<T>,
  advice: () => string,
): Promise<{ readonly result: T; readonly code: 0 } | { readonly result: undefined; readonly code: number }> {
  const abort = new AbortController();
  let signal: Signal | undefined;
  const stop = (name: Signal) => {
    if (signal !== undefined) process.exit(128 + constants.signals[name]);
    signal = name;
    abort.abort(new Error(name));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    return { result: await work(abort.signal), code: 0 };
  } catch (error) {
    if (signal === undefined) throw error;
    process.stderr.write(`\nstopped by ${signal}; ${advice()}\n`);
    return { result: undefined, code: 128 + constants.signals[signal] };
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}
