/** Places among pieces of a text, in time that grows with the logarithm of their number. Pure. */
import type { Span } from "./types.ts";

/** Whether an offset stands in one of the spans, their ends excluded. */
export function withinSome(spans: readonly Span[]): (offset: number) => boolean {
  const ordered = spans.toSorted((a, b) => a.start - b.start);
  // How far the spans up to each one reach, so that one look at the last that began tells.
  let reach = 0;
  const reaches = ordered.map(({ end }) => (reach = Math.max(reach, end)));
  return (offset) => {
    const last = before(ordered.length, (at) => (ordered[at]?.start ?? 0) <= offset) - 1;
    return last >= 0 && offset < (reaches[last] ?? 0);
  };
}

/** How many of `count` things in order hold, where none does after one that does not. */
export function before(count: number, holds: (at: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
