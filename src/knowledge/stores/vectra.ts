/** The default store: vectra's LocalIndex, exact search in memory over one file, for up to about 10,000 chunks. */
import { join } from "node:path";
import { writeDurably } from "../durable.ts";
import { byScore, direction, type Hit, lengthOf, prepared, type Store } from "../store.ts";

/**
 * Of vectra only its binary file format and its dense search are used: its insert compares every entry with all the others
 * and overwrites the file in place, its JSON cannot hold a large index, its document index does not overlap chunks, and
 * its keyword search reads every document again for each query.
 */
export const vectra: Store = {
  name: "vectra",
  async build(folder, given) {
    const entries = prepared(given);
    const { ProtobufCodec } = await load();
    const items = entries.map(({ id, vector }) => ({ id, metadata: {}, vector: [...vector], norm: lengthOf(vector) }));
    await writeDurably(join(folder, fileName), new ProtobufCodec().serializeIndex({ version: 1, metadata_config: {}, items }));
  },
  async open(folder) {
    const { LocalIndex, ProtobufCodec } = await load();
    const index = new LocalIndex(folder, fileName, undefined, new ProtobufCodec());
    const items = await index.listItems();
    const count = items.length;
    const dimensions = items[0]?.vector.length ?? 0;
    return {
      count,
      dimensions,
      async search(vector, k) {
        const query = [...direction(vector, dimensions)];
        // Of equals at the end of its list vectra gives any, so more are asked for until the list ends with a worse one.
        for (let asked = k + 1; ; asked *= 2) {
          const found = await index.queryItems(query, "", asked);
          const hits = found.map(({ item, score }): Hit => ({ id: item.id, score })).sort(byScore);
          if (asked >= count || hits[k - 1]?.score !== hits.at(-1)?.score) return hits.slice(0, k);
        }
      },
      async close() {},
    };
  },
};

const fileName = "index.pb";

/** Loading vectra takes about a third of a second, so only what retrieves pays for it. */
function load(): Promise<typeof import("vectra")> {
  return import("vectra");
}
