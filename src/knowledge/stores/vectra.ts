/** The default store: vectra's LocalIndex, exact search in memory, for up to about 10,000 chunks. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { FileStorage, LocalIndex as LocalIndexOf, ProtobufCodec as ProtobufCodecOf } from "vectra";
import { z } from "zod";
import { lengthOf, type StoreKind } from "../store.ts";
import { type VectorFormat, wholeStore } from "./whole.ts";

/**
 * Of vectra only its binary file format and its dense search are used, over bytes that it neither reads nor writes itself: its insert
 * compares every entry with all the others and overwrites the file in place, its JSON cannot hold a large index, its document index
 * does not overlap chunks, and its keyword search reads every document again for each query.
 */
const protobuf: VectorFormat = {
  async encode(vectors) {
    const { ProtobufCodec } = load();
    // Names of its own, because its reader refuses an id that is not well-formed Unicode.
    const items = vectors.map((vector, place) => ({ id: String(place), metadata: {}, vector: [...vector], norm: lengthOf(vector) }));
    return new ProtobufCodec().serializeIndex({ version: 1, metadata_config: {}, items });
  },
  async decode(bytes) {
    const { LocalIndex, ProtobufCodec } = load();
    const index = new LocalIndex("index", "index", held(bytes), new ProtobufCodec());
    const rows = (await index.listItems()).map(({ vector }) => vector);
    return {
      rows,
      async nearest(vector, k) {
        // Of equals at the end of its list vectra gives any, so more are asked for until the list ends with a worse one.
        for (let asked = k + 1; ; asked *= 2) {
          const found = await index.queryItems([...vector], "", asked);
          const worst = found.at(-1)?.score ?? 0;
          if (asked >= rows.length || (found[k - 1]?.score ?? 0) > worst) return found.map(({ item, score }) => [Number(item.id), score]);
        }
      },
    };
  },
};

const reach = 10_000;

export const vectra: StoreKind = {
  name: "vectra",
  about: "the default: one file, searched in memory, for up to about 10,000 chunks",
  options: z.strictObject({}),
  reach,
  create: () => wholeStore({ name: "vectra", batch: 5000, reach }, protobuf),
};

/** Loaded by file, without the tokenizers, crawlers and clients that the package's own door loads with them, four times as heavy. */
function load(): { readonly LocalIndex: typeof LocalIndexOf; readonly ProtobufCodec: typeof ProtobufCodecOf } {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve("vectra"));
  const part = (file: string) => require(join(folder, file));
  return { LocalIndex: part("LocalIndex.js").LocalIndex, ProtobufCodec: part("codecs/ProtobufCodec.js").ProtobufCodec };
}

/** A disk with these bytes in whatever is read from it. */
function held(bytes: Uint8Array): FileStorage {
  const none = async (): Promise<never> => {
    throw new Error("vectra writes nothing here");
  };
  return {
    pathExists: async () => true,
    readFile: async () => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
    createFile: none,
    createFolder: none,
    deleteFile: none,
    deleteFolder: none,
    getDetails: none,
    listFiles: none,
    upsertFile: none,
  };
}
