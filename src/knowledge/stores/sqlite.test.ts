import { mkdtemp, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { seeded } from "../../stats/random.ts";
import type { Place } from "../store.ts";
import { storeContract } from "./contract.fixture.ts";
import { canLimit, limitFiles } from "./limits.fixture.ts";
import { sqlite } from "./sqlite.ts";

const root = await mkdtemp(join(tmpdir(), "sqlite-"));
afterAll(() => rm(root, { recursive: true }));
let places = 0;
const fileOf = ({ folder, name }: Place) => join(folder, `${name}.sqlite`);

test("documents that come and go make the file hardly larger, and what stays is found by vectors", async () => {
  const place: Place = { folder: join(root, "churn"), name: "index" };
  const open = async () => await sqlite.create({}).write(place, { embedder: "e", cut: "c" });
  const first = await open();
  const random = seeded(1);
  const document = (n: number) => {
    const vector = Array.from({ length: 64 }, () => random() - 0.5);
    return { id: `d${n}`, hash: "", entries: [{ id: `d${n}#1`, source: `d${n}`, title: "", text: "text", start: 0, end: 4, vector }] };
  };
  let there = Array.from({ length: 2000 }, (_, n) => document(n));
  await first.write({ put: there, remove: [] });
  await first.close();
  const before = (await stat(fileOf(place))).size;
  const index = await open();
  for (let round = 1; round <= 12; round++) {
    const gone = there.filter((_, i) => i % 3 === 0);
    const put = gone.map((_, i) => document(round * 2000 + i));
    await index.write({ put, remove: gone.map(({ id }) => id) });
    there = [...there.filter((_, i) => i % 3 !== 0), ...put];
  }
  const { entries: [some] = [] } = there[7] ?? {};
  expect((await index.nearest(some?.vector ?? [], 1))[0]?.id).toBe(some?.id);
  expect(await index.nearest(some?.vector ?? [], 3000)).toHaveLength(2000);
  await index.close();
  expect((await stat(fileOf(place))).size).toBeLessThan(2 * before);
});

storeContract("sqlite", async () => ({
  store: sqlite.create({}),
  place: async () => ({ folder: join(root, String(places++)), name: "index" }),
  damage: {
    "no file": async (place) => await rm(fileOf(place)),
    "an empty file": async (place) => await truncate(fileOf(place)),
    "a file cut short": async (place) => await truncate(fileOf(place), (await stat(fileOf(place))).size - 4096),
    "a file of something else": async (place) => await writeFile(fileOf(place), "something else ".repeat(1000)),
  },
  unwritable: canLimit ? { "files cannot grow": async () => limitFiles(300_000) } : {},
  elsewhere: { module: new URL("./sqlite.ts", import.meta.url).href, kind: "sqlite", options: {} },
}));
