/** Exact search over plain float32 numbers: the yardstick of the other stores in tests and benchmarks. */
import { z } from "zod";
import { dot, lengthOf, type StoreKind } from "../store.ts";
import { highest } from "./postings.ts";
import { type VectorFormat, wholeStore } from "./whole.ts";

/** Vectors one after the other. */
const floats: VectorFormat = {
  async encode(vectors) {
    const dimensions = vectors[0]?.length ?? 0;
    const all = new Float32Array(vectors.length * dimensions);
    for (const [i, vector] of vectors.entries()) all.set(vector, i * dimensions);
    return new Uint8Array(all.buffer);
  },
  async decode(bytes, dimensions) {
    // Copied, because a buffer of Node may begin anywhere and floats may not.
    const all = new Float32Array(new Uint8Array(bytes).buffer);
    const rows = Array.from({ length: all.length / dimensions }, (_, place) => all.subarray(place * dimensions, (place + 1) * dimensions));
    const lengths = rows.map(lengthOf);
    return {
      rows: rows.map((row) => [...row]),
      async nearest(vector, k) {
        const query = Float32Array.from(vector);
        const length = lengthOf(query);
        const scores = Float64Array.from(rows, (row, place) => dot(query, row) / (length * (lengths[place] ?? 1)));
        return highest(scores, k, Number.NEGATIVE_INFINITY).map((place) => [place, scores[place] ?? 0]);
      },
    };
  },
};

export const memory: StoreKind = {
  name: "memory",
  about: "exact search over plain numbers held in memory",
  options: z.strictObject({}),
  create: () => wholeStore({ name: "memory", batch: 5000 }, floats),
};
