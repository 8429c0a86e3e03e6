/** At most N requests in flight at one endpoint. */
import type { Layer } from "./fetch.ts";

/** Places at an endpoint, given away in the order of asking. */
export interface Gate {
  /** Waits for a place; the returned function gives it back. Rejects with the signal's reason when it is aborted before. */
  enter(signal?: AbortSignal | null): Promise<() => void>;
}

export function createGate(places: number): Gate {
  let taken = 0;
  const waiting = new Set<() => void>();
  const leave = (): void => {
    taken--;
    for (const admit of waiting) {
      if (taken >= places) return;
      waiting.delete(admit);
      taken++;
      admit();
    }
  };
  return {
    enter(signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (taken < places) {
        taken++;
        return Promise.resolve(leave);
      }
      return new Promise((resolve, reject) => {
        const admit = (): void => {
          signal?.removeEventListener("abort", stop);
          resolve(leave);
        };
        const stop = (): void => {
          waiting.delete(admit);
          reject(signal?.reason);
        };
        waiting.add(admit);
        signal?.addEventListener("abort", stop, { once: true });
      });
    },
  };
}

/** Holds a place from the first attempt of a request to its end, waits included: an endpoint that is busy gets fewer requests. */
export function limit(gate: Gate): Layer {
  return (next) => async (input, init) => {
    const leave = await gate.enter(init?.signal);
    try {
      return await next(input, init);
    } finally {
      leave();
    }
  };
}
