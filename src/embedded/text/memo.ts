/** Remembers what was computed for a text; forgets the oldest when full. */
export interface Memo<V> {
  get(key: string, compute: () => V): V;
}

export function createMemo<V>(limit: number): Memo<V> {
  const kept = new Map<string, V>();
  return {
    get(key, compute) {
      const known = kept.get(key);
      if (known !== undefined) return known;
      const value = compute();
      if (kept.size >= limit) {
        const oldest = kept.keys().next().value;
        if (oldest !== undefined) kept.delete(oldest);
      }
      kept.set(key, value);
      return value;
    },
  };
}
