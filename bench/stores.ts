/**
 * What each store of chunks costs, beside a bare Float32Array loop over the same vectors, each in a process of its own. Run from the
 * repository root:
 *
 *   node bench/stores.ts [SIZE…] [STORE…]     node bench/stores.ts 10000x384 100000x384 vectra sqlite
 *   node bench/stores.ts 10000x384 '{ "use": "pgvector", "url": "postgres://…" }'
 *
 * SIZE is chunks x dimensions. Times are processor time of the process (user and system, all threads; not that of a database server),
 * memory is resident, above that of the empty process, in brackets the ratio to the loop. Chunks have some 110 words with the frequencies of natural text
 * (Zipf, 50,000 words), vectors are random, queries have 8 words of a chunk and ask for 10 chunks; hybrid is both with 20 of each.
 * Load is opening and a first query of each kind; a query is the mean of 20 after it.
 */
import { execFileSync } from "node:child_process";
import { closeSync, fsyncSync, mkdtempSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reciprocal } from "../src/knowledge/fuse.ts";
import type { Entry, Origin, Store } from "../src/knowledge/store.ts";
import { stores } from "../src/knowledge/stores/index.ts";
import { memory } from "../src/knowledge/stores/memory.ts";
import { termsOf } from "../src/knowledge/words.ts";
import { seeded } from "../src/stats/random.ts";

interface Costs {
  /** Seconds. */
  readonly build: number;
  /** Milliseconds. */
  readonly load: number;
  readonly dense: number;
  readonly keyword?: number | undefined;
  readonly hybrid?: number | undefined;
  /** Megabytes, while the index is built and while it is searched. */
  readonly building: number;
  readonly searching: number;
  readonly disk: number;
}

const QUERIES = 20;
const K = 10;
const LOOP = "loop";
const origin: Origin = { embedder: "bench", cut: "bench" };
const [, , ...given] = process.argv;

if (given[0] === "--child") console.log(JSON.stringify(await childCosts(given.slice(1))));
else {
  const sizes = given.filter((one) => /^\d+x\d+$/.test(one));
  const named = given.filter((one) => !sizes.includes(one));
  const all = [memory, ...stores].filter(({ options }) => options.safeParse({}).success).map(({ name }) => name);
  for (const size of sizes.length > 0 ? sizes : ["10000x384"]) table(size, [LOOP, ...(named.length > 0 ? named : all)]);
}

function table(size: string, names: readonly string[]): void {
  console.log(`\n${size.replace("x", " chunks x ")} dimensions`);
  console.log(
    `${"".padEnd(10)}${["build s", "load ms", "dense ms", "keyword ms", "hybrid ms", "RSS building", "RSS searching", "disk MB"].map((title) => title.padStart(18)).join("")}`,
  );
  let base: Costs | undefined;
  for (const name of names) {
    const label = name.startsWith("{") ? String(JSON.parse(name).use) : name;
    const costs = costsOf(size, name);
    if (costs === undefined) {
      console.log(`${label.padEnd(10)}  refused`);
      continue;
    }
    base ??= costs;
    const { build, load, dense, keyword, hybrid, building, searching, disk } = costs;
    const cells = [
      cell(build, base.build, 2),
      cell(load, base.load, 0),
      cell(dense, base.dense, 1),
      cell(keyword, base.dense, 1),
      cell(hybrid, base.dense, 1),
      cell(building, base.building, 0),
      cell(searching, base.searching, 0),
      cell(disk, base.disk, 0),
    ];
    console.log(`${label.padEnd(10)}${cells.join("")}`);
  }
}

function cell(value: number | undefined, base: number, digits: number): string {
  return (value === undefined ? "" : `${value.toFixed(digits)} [${(value / base).toFixed(1)}x]`).padStart(18);
}

/** What the parts of the work cost, each in its own process; undefined where the store refuses, with its reason on stderr. */
function costsOf(size: string, name: string): Costs | undefined {
  const folder = mkdtempSync(join(tmpdir(), "stores-bench-"));
  try {
    const part = (what: string): Partial<Costs> =>
      JSON.parse(
        execFileSync(process.execPath, [import.meta.filename, "--child", what, size, name, folder], {
          stdio: ["ignore", "pipe", "inherit"],
          encoding: "utf8",
        }),
      );
    const made = part("build");
    const found = part("search");
    const { build = 0, building = 0 } = made;
    const { load = 0, dense = 0, keyword, hybrid, searching = 0 } = found;
    return { build, building, load, dense, keyword, hybrid, searching, disk: bytesIn(folder) / 1e6 };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function childCosts([what = "", size = "", name = "", folder = ""]: readonly string[]): Promise<Partial<Costs>> {
  const [count = 0, dimensions = 0] = size.split("x").map(Number);
  if (name === LOOP) return what === "build" ? builtLoop(folder, count, dimensions) : searchedLoop(folder, dimensions);
  return what === "build" ? await built(storeOf(name), folder, count, dimensions) : await searched(storeOf(name), folder, dimensions);
}

function storeOf(given: string): Store {
  const { use, ...options }: { use: string } = given.startsWith("{") ? JSON.parse(given) : { use: given };
  const kind = [memory, ...stores].find(({ name }) => name === use);
  if (kind === undefined) throw new Error(`no store "${use}"`);
  return kind.create(kind.options.parse(options));
}

async function built(store: Store, folder: string, count: number, dimensions: number): Promise<Partial<Costs>> {
  const before = process.memoryUsage.rss();
  let [seconds, peak] = [0, 0];
  const texts = textsOf(1);
  const random = seeded(1);
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const began = cpu();
    const made = await work();
    seconds += (cpu() - began) / 1000;
    peak = Math.max(peak, process.memoryUsage.rss() - before);
    return made;
  };
  const index = await timed(() => store.write({ folder, name: "index" }, origin));
  for (let from = 0; from < count; from += store.batch) {
    const put = Array.from({ length: Math.min(store.batch, count - from) }, (_, i) => {
      const id = `d${from + i}`;
      const text = texts();
      const vector = vectorOf(random, dimensions);
      const entry: Entry = { id: `${id}#1`, source: id, title: "", text, start: 0, end: text.length, vector };
      return { id, hash: id, entries: [entry] };
    });
    await timed(() => index.write({ put, remove: [] }));
  }
  await timed(() => index.finish());
  await timed(() => index.close());
  return { build: seconds, building: peak / 1e6 };
}

async function searched(store: Store, folder: string, dimensions: number): Promise<Partial<Costs>> {
  const before = process.memoryUsage.rss();
  const texts = textsOf(2);
  const random = seeded(2);
  const vector = () => vectorOf(random, dimensions);
  const terms = () => termsOf(texts()).slice(0, 8);
  const began = cpu();
  const index = await store.read({ folder, name: "index" }, origin);
  if (index === undefined) throw new Error("there is no index");
  await index.nearest(vector(), K);
  await index.matching(terms(), K);
  const load = cpu() - began;
  const dense = await meanOf(async () => await index.nearest(vector(), K));
  const keyword = await meanOf(async () => await index.matching(terms(), K));
  const hybrid = await meanOf(async () => reciprocal([await index.nearest(vector(), 2 * K), await index.matching(terms(), 2 * K)], 60));
  const searching = (process.memoryUsage.rss() - before) / 1e6;
  await index.close();
  return { load, dense, keyword, hybrid, searching };
}

function builtLoop(folder: string, count: number, dimensions: number): Partial<Costs> {
  const before = process.memoryUsage.rss();
  const random = seeded(1);
  const vectors = Array.from({ length: count }, () => Float32Array.from(vectorOf(random, dimensions)));
  const began = cpu();
  const all = new Float32Array(count * dimensions);
  for (const [i, vector] of vectors.entries()) all.set(unit(vector), i * dimensions);
  const handle = openSync(join(folder, "vectors.tmp"), "w");
  writeSync(handle, new Uint8Array(all.buffer));
  fsyncSync(handle);
  closeSync(handle);
  renameSync(join(folder, "vectors.tmp"), join(folder, "vectors"));
  return { build: (cpu() - began) / 1000, building: (process.memoryUsage.rss() - before) / 1e6 };
}

async function searchedLoop(folder: string, dimensions: number): Promise<Partial<Costs>> {
  const before = process.memoryUsage.rss();
  const random = seeded(2);
  const began = cpu();
  const all = new Float32Array(new Uint8Array(readFileSync(join(folder, "vectors"))).buffer);
  const search = async () => {
    const query = unit(Float32Array.from(vectorOf(random, dimensions)));
    const best: { place: number; score: number }[] = [];
    for (let from = 0, place = 0; from < all.length; from += dimensions, place++) {
      let score = 0;
      for (let i = 0; i < dimensions; i++) score += (query[i] ?? 0) * (all[from + i] ?? 0);
      if (best.length === K && score <= (best[K - 1]?.score ?? 0)) continue;
      best.push({ place, score });
      best.sort((a, b) => b.score - a.score).splice(K);
    }
    return best;
  };
  await search();
  const load = cpu() - began;
  return { load, dense: await meanOf(search), searching: (process.memoryUsage.rss() - before) / 1e6 };
}

async function meanOf(work: () => Promise<unknown>): Promise<number> {
  const began = cpu();
  for (let i = 0; i < QUERIES; i++) await work();
  return (cpu() - began) / QUERIES;
}

function textsOf(seed: number): () => string {
  const random = seeded(seed);
  const word = () => `word${Math.floor(50_000 ** random()).toString(36)}`;
  return () => Array.from({ length: 80 + Math.floor(random() * 60) }, word).join(" ");
}

function vectorOf(random: () => number, dimensions: number): readonly number[] {
  return Array.from({ length: dimensions }, () => random() - 0.5);
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((x) => x / length);
}

/** Milliseconds of the processor so far. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
