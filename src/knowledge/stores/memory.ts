/** Exact search over plain float32 numbers: the yardstick of the other stores, and light where vectra is heavy to load. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeDurably } from "../durable.ts";
import { byScore, direction, type Hit, lengthOf, prepared, type Store } from "../store.ts";

/** `vectors.f32` holds the vectors one after the other, `ids.json` their ids in the same order. */
export const memory: Store = {
  name: "memory",
  async build(folder, given) {
    const entries = prepared(given);
    const dimensions = entries[0]?.vector.length ?? 0;
    const vectors = new Float32Array(entries.length * dimensions);
    for (const [i, { vector }] of entries.entries()) vectors.set(vector, i * dimensions);
    await writeDurably(join(folder, "vectors.f32"), new Uint8Array(vectors.buffer));
    await writeDurably(join(folder, "ids.json"), JSON.stringify(entries.map(({ id }) => id)));
  },
  async open(folder) {
    const ids = z.array(z.string()).parse(JSON.parse(await readFile(join(folder, "ids.json"), "utf8")));
    // Copied, because a buffer of Node may begin anywhere and floats may not.
    const vectors = new Float32Array(new Uint8Array(await readFile(join(folder, "vectors.f32"))).buffer);
    const dimensions = vectors.length / ids.length;
    const lengths = ids.map((_, i) => lengthOf(vectors.subarray(i * dimensions, (i + 1) * dimensions)));
    return {
      count: ids.length,
      dimensions,
      async search(vector, k) {
        const query = Float32Array.from(direction(vector, dimensions));
        const length = lengthOf(query);
        return ids
          .map((id, i): Hit => ({ id, score: dot(query, vectors, i * dimensions) / (length * (lengths[i] ?? 1)) }))
          .sort(byScore)
          .slice(0, k);
      },
      async close() {},
    };
  },
};

/** Product of the query and the vector at the offset. Summed in the order that vectra sums in, so that scores agree to the last bit. */
function dot(query: Float32Array, vectors: Float32Array, offset: number): number {
  let sum = 0;
  for (let i = 0; i < query.length; i++) sum += (query[i] ?? 0) * (vectors[offset + i] ?? 0);
  return sum;
}
