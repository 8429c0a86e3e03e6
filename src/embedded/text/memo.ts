/** Remembers what was computed for a text; forgets what was not asked for longest when full. */
export interface Memo<V> {
  get(key: string, compute: () => V): V;
}

/** Characters of all keys together: what is kept of a text is some ten times as large. */
const mostCharacters = 4_000_000;

/** Keeps at most `limit` values, and fewer where their keys are long. */
export function createMemo<V>(limit: number): Memo<V> {
  const kept = new Map<string, V>();
  let characters = 0;
  const forget = (key: string): void => {
    if (kept.delete(key)) characters -= key.length;
  };
  return {
    get(key, compute) {
      const known = kept.get(key);
      // A key that is asked for again goes to the end of the line.
      if (known !== undefined) {
        kept.delete(key);
        kept.set(key, known);
        return known;
      }
      const value = compute();
      kept.set(key, value);
      characters += key.length;
      for (const oldest of kept.keys()) {
        if (kept.size <= limit && characters <= mostCharacters) break;
        if (oldest !== key) forget(oldest);
      }
      return value;
    },
  };
}
