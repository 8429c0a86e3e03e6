/** The one suite that every store passes. Scores and ranks are checked against the definitions, with nothing of the stores' own code. */
import { describe, expect, test } from "vitest";
import { EndpointFault, StorageError, UserError } from "../../errors.ts";
import { seeded } from "../../stats/random.ts";
import { Busy, type Change, type Entry, type OpenStore, type Origin, type Place, type Store } from "../store.ts";
import { termsOf } from "../words.ts";
import { byCosine, byWords, same } from "./oracle.fixture.ts";
import { type Elsewhere, startWriter } from "./writer.fixture.ts";

/** A store with a place for its indexes. */
export interface Subject {
  readonly store: Store;
  /** Where no index is yet. */
  readonly place: () => Promise<Place>;
  /** Ways in which an index at a place, closed, may be found damaged. */
  readonly damage: Readonly<Record<string, (place: Place) => Promise<unknown>>>;
  /**
   * Ways in which the disk, or what stands for it, gives up: each sets something up so that writing to an index at the place, open to
   * write or not yet, fails, and gives back how to undo it.
   */
  readonly unwritable: Readonly<Record<string, (place: Place) => Promise<() => Promise<unknown>>>>;
  /** Where another process finds the store. */
  readonly elsewhere?: Elsewhere | undefined;
}

/** States the contract of a store (see `store.ts`) as tests. `make` is called once. */
export function storeContract(name: string, make: () => Promise<Subject>): void {
  describe(`the store ${name}`, async () => {
    const { store, place: freshPlace, damage, unwritable, elsewhere } = await make();

    /** Writes the changes one after the other and gives what a reader then finds. */
    const built = async (...changes: readonly Change[]): Promise<{ readonly place: Place; readonly index: OpenStore }> => {
      const place = await freshPlace();
      await changed(place, ...changes);
      return { place, index: await read(place) };
    };
    const changed = async (place: Place, ...changes: readonly Change[]): Promise<void> => {
      const index = await store.write(place, origin);
      try {
        for (const change of changes) await index.write(change);
      } finally {
        await index.close();
      }
    };
    const read = async (place: Place): Promise<OpenStore> => {
      const index = await store.read(place, origin);
      if (index === undefined) throw new Error("there is no index");
      return index;
    };

    describe("search by vectors", () => {
      test("finds what the definition of cosine similarity finds, of vectors of any length", async () => {
        const entries = entriesOf(1200, 48).map((entry, i) => ({ ...entry, vector: entry.vector?.map((x) => x * 10 ** ((i % 9) - 4)) }));
        const { index } = await built(putting(entries.slice(0, 700)), putting(entries.slice(700)));
        expect(index).toMatchObject({ count: 1200, dimensions: 48 });
        for (const k of [1, 7, 60, 1200]) for (let n = 0; n < 5; n++) await same(index.nearest, vectorOf(48), k, byCosine(entries));
        await index.close();
      });

      test("puts the smaller id first among equals, whatever the order of the entries, and gives all that it has", async () => {
        const [near, far] = [vectorOf(16), vectorOf(16)];
        const entries = Array.from({ length: 90 }, (_, i) => entry(`d${(i * 37) % 90}#1`, { vector: i % 3 === 0 ? far : near }));
        const { index } = await built(putting(entries));
        for (const k of [1, 2, 29, 59, 60, 61, 90, 1000]) await same(index.nearest, near, k, byCosine(entries));
        expect(await index.nearest(near, 1000)).toHaveLength(90);
        await index.close();
      });

      test("tells directions apart that hardly differ", async () => {
        expect.hasAssertions();
        const base = vectorOf(32);
        const entries = Array.from({ length: 60 }, (_, i) =>
          entry(`d${i}#1`, { vector: base.map((x, j) => (j === i % 32 ? x + (i + 1) * 1e-4 : x)) }),
        );
        const { index } = await built(putting(entries));
        for (const k of [1, 5, 30]) await same(index.nearest, base, k, byCosine(entries));
        await index.close();
      });

      test("gives scores from -1 to 1, and unit vectors back in float32 precision", async () => {
        const vectors = [
          [3, 0, 4],
          [-3, 0, -4],
          [0, 1, 0],
        ];
        const { index } = await built(putting(vectors.map((vector, i) => entry(`d${i}#1`, { vector }))));
        const scores = (await index.nearest([3, 0, 4], 3)).map(({ score }) => score);
        [1, 0, -1].forEach((right, i) => expect(scores[i]).toBeCloseTo(right, 6));
        const back = await index.vectors(["d1#1", "none", "d0#1"]);
        expect([...back.keys()].toSorted()).toEqual(["d0#1", "d1#1"]);
        expect(back.get("d0#1")).toEqual([0.6, 0, 0.8].map(Math.fround));
        expect(back.get("d1#1")).toEqual([-0.6, 0, -0.8].map(Math.fround));
        await index.close();
      });

      test.each(badVectors)("refuses a vector %s, in an entry and in a query, and stays as it was", async (_, vector) => {
        const place = await freshPlace();
        const index = await store.write(place, origin);
        await index.write(putting([entry("d1#1", { vector: [1, 2, 3, 4] })]));
        await expect(index.write(putting([entry("d2#1", { vector: [4, 3, 2, 1] }), entry("bad#1", { vector })]))).rejects.toThrow(
          EndpointFault,
        );
        await expect(index.nearest(vector, 1)).rejects.toThrow(EndpointFault);
        expect([...(await index.documents()).keys()]).toEqual(["d1"]);
        await index.write(putting([entry("d3#1", { vector: [4, 3, 2, 1] })]));
        await index.close();
        await expect(facts(await read(place))).resolves.toMatchObject({ count: 2, documents: ["d1 hash of d1", "d3 hash of d3"] });
      });

      test("refuses a vector in the first change that is not as long as the others", async () => {
        const index = await store.write(await freshPlace(), origin);
        const uneven = [entry("d1#1", { vector: [1, 2] }), entry("d2#1", { vector: [1, 2, 3] })];
        await expect(index.write(putting(uneven))).rejects.toThrow(EndpointFault);
        await expect(index.write(putting([entry("d1#1", { vector: [] })]))).rejects.toThrow(EndpointFault);
        expect(index).toMatchObject({ count: 0, dimensions: 0 });
        await index.close();
      });
    });

    describe("search by words", () => {
      test("ranks as the definition of BM25 does, also where documents were replaced and removed", async () => {
        const entries = textsOf(400).map((text, i) => entry(`d${i}#1`, { text, title: i % 7 === 0 ? "fuse lamp" : "" }));
        const other = textsOf(100).map((text, i) => entry(`d${i * 3}#1`, { text }));
        const { index } = await built(putting(entries.slice(0, 250)), putting(entries.slice(250)), {
          ...putting(other),
          remove: Array.from({ length: 60 }, (_, i) => `d${i * 5 + 1}`),
        });
        const replaced = new Map([...entries, ...other].map((one) => [one.id, one]));
        for (let i = 0; i < 60; i++) replaced.delete(`d${i * 5 + 1}#1`);
        for (const { id } of other)
          if (Number(id.slice(1, -2)) % 5 === 1) replaced.set(id, other.find((one) => one.id === id) ?? entry(id));
        const right = byWords([...replaced.values()]);
        expect(index.count).toBe(replaced.size);
        for (const query of queries) for (const k of [1, 10, 400]) await same(index.matching, termsOf(query), k, right);
        await index.close();
      });

      test("takes terms as they are, in any script, and finds nothing for none or unknown ones", async () => {
        const texts = [
          "退款需要五個工作天",
          "Straße straße STRASSE",
          "l'amour don't OR AND NOT NEAR",
          "استرداد المبلغ",
          "สวัสดีครับ",
          "😀 𝒜 ½ ² e\u0301",
          'a"b c*d ^e (f) {g}',
        ];
        const entries = texts.map((text, i) => entry(`d${i}#1`, { text }));
        const { index } = await built(putting(entries));
        for (const text of texts) await same(index.matching, termsOf(text), 10, byWords(entries));
        for (const term of ["", " ", '"', "' or 1=1", "NEAR(", "\0", "\ud800", "x".repeat(100_000)])
          expect(await index.matching([term], 5)).toEqual([]);
        expect(await index.matching([], 5)).toEqual([]);
        await index.close();
      });
    });

    describe("what is written", () => {
      test("stays, document by document: put, replaced, removed, with no chunk at all", async () => {
        const place = await freshPlace();
        await changed(place, putting([entry("a#1"), entry("a#2"), entry("b#1")]), {
          put: [{ id: "empty", hash: "0", entries: [] }],
          remove: [],
        });
        expect(await facts(await read(place))).toEqual({
          count: 3,
          documents: ["a hash of a", "b hash of b", "empty 0"],
          chunks: ["a#1", "a#2", "b#1"],
        });
        const other = { id: "a", hash: "new", entries: [entry("a#1", { text: "other" })] };
        await changed(place, { put: [other], remove: ["b", "unknown"] });
        const index = await read(place);
        expect((await index.chunks(["a#2", "a#1", "b#1"])).map(({ text }) => text)).toEqual(["other"]);
        expect(await facts(index)).toEqual({ count: 1, documents: ["a new", "empty 0"], chunks: ["a#1"] });
      });

      test("may be a document that leaves and comes back in one change", async () => {
        const { index } = await built(putting([entry("a#1")]), { put: [{ id: "a", hash: "new", entries: [entry("a#1")] }], remove: ["a"] });
        expect(await facts(index)).toEqual({ count: 1, documents: ["a new"], chunks: ["a#1"] });
      });

      test("comes back as it was, whatever is in it", async () => {
        const strange = [
          "",
          "\0",
          "a\0b",
          "\"'`\\",
          "%_*?",
          "a\r\nb\u2028c",
          "\ud83d\ude00 \u0301",
          "lone \ud800 surrogate",
          "退款",
          "\u202eltr",
          "{}[]<>&",
          "x".repeat(300_000),
        ];
        const entries = strange.map((text, i) => ({
          ...entry(`${text.slice(0, 2000)}${i}#1`, { text, title: text }),
          source: `${text.slice(0, 2000)}${i}`,
          start: i,
        }));
        const { index } = await built(putting(entries));
        const found = await index.chunks(entries.map(({ id }) => id));
        expect(found).toEqual(entries.map((one) => ({ ...one, vector: undefined })));
        expect([...(await index.documents()).keys()].toSorted()).toEqual(entries.map(({ source }) => source).toSorted());
        await same(index.nearest, [1, 2, 3, 4], 20, byCosine(entries));
        await index.close();
        const { place, index: again } = await built(putting(entries));
        await again.close();
        await changed(place, { put: [], remove: entries.map(({ source }) => source) });
        expect(await facts(await read(place))).toEqual({ count: 0, documents: [], chunks: [] });
      });

      test("may be nothing: an empty index is opened, finds nothing, and takes vectors of any length again", async () => {
        const place = await freshPlace();
        await changed(place, { put: [], remove: [] });
        const index = await read(place);
        expect(index).toMatchObject({ count: 0, dimensions: 0 });
        expect([
          await index.nearest([1, 2], 5),
          await index.matching(["a"], 5),
          await index.chunks(["a"]),
          await index.vectors(["a"]),
        ]).toEqual([[], [], [], new Map()]);
        await index.close();
        await changed(
          place,
          putting([entry("a#1", { vector: [1, 2] })]),
          { put: [], remove: ["a"] },
          putting([entry("b#1", { vector: [1, 2, 3] })]),
        );
        const next = await read(place);
        expect(next).toMatchObject({ count: 1, dimensions: 3 });
        await next.close();
      });

      test("may be without vectors: words find it, vectors find nothing, and it stays so until it is empty", async () => {
        const plain = textsOf(60).map((text, i) => ({ ...entry(`d${i}#1`, { text }), vector: undefined }));
        const { place, index } = await built(putting(plain.slice(0, 40)), { ...putting(plain.slice(30)), remove: ["d1", "d2"] });
        const left = plain.filter(({ source }) => !["d1", "d2"].includes(source));
        expect(index).toMatchObject({ count: left.length, dimensions: 0 });
        await same(index.matching, termsOf("lamp fuse"), 100, byWords(left));
        expect([await index.nearest([1, 2], 5), await index.vectors(["d3#1"])]).toEqual([[], new Map()]);
        expect(await index.chunks(["d3#1"])).toHaveLength(1);
        await index.close();
        const writer = await store.write(place, origin);
        await expect(writer.write(putting([entry("x#1")]))).rejects.toThrow(EndpointFault);
        await writer.write({ put: [], remove: left.map(({ source }) => source) });
        await writer.write(putting([entry("x#1")]));
        expect(writer).toMatchObject({ count: 1, dimensions: 4 });
        await expect(writer.write(putting([{ ...entry("y#1"), vector: undefined }]))).rejects.toThrow(EndpointFault);
        await writer.finish();
        await writer.close();
        const uneven = putting([{ ...entry("a#1"), vector: undefined }, entry("b#1")]);
        const other = await store.write(await freshPlace(), origin);
        await expect(other.write(uneven)).rejects.toThrow(EndpointFault);
        expect(other.count).toBe(0);
        await other.close();
      });

      test("is counted by document", async () => {
        const { index } = await built(putting([entry("a#1"), entry("a#2"), entry("b#1"), entry("c#1")]));
        expect([await index.chunksOf(["a", "c", "unknown"]), await index.chunksOf([])]).toEqual([3, 0]);
        await index.close();
      });

      test("is seen by the writer itself at once", async () => {
        const index = await store.write(await freshPlace(), origin);
        const entries = entriesOf(20, 8);
        await index.write(putting(entries));
        expect(index).toMatchObject({ count: 20, dimensions: 8 });
        await same(index.nearest, vectorOf(8), 5, byCosine(entries));
        await same(index.matching, ["d"], 5, byWords(entries));
        await index.write({ put: [], remove: ["d3"] });
        expect(await index.chunks(["d3#1", "d4#1"])).toHaveLength(1);
        await index.close();
      });

      test("is refused where an id is used twice, in one change or against what is there, and then nothing changes", async () => {
        const place = await freshPlace();
        await changed(place, putting([entry("a#1"), entry("b#1")]));
        const index = await store.write(place, origin);
        const twice: readonly Change[] = [
          putting([entry("c#1"), entry("d#1"), { ...entry("c#1"), source: "d" }]),
          putting([entry("c#1"), { ...entry("a#1"), source: "c" }]),
          {
            put: [
              { id: "e", hash: "1", entries: [entry("e#1")] },
              { id: "e", hash: "2", entries: [] },
            ],
            remove: [],
          },
        ];
        for (const change of twice) await expect(index.write(change)).rejects.toThrow(UserError);
        expect([...(await index.documents()).keys()].toSorted()).toEqual(["a", "b"]);
        await index.close();
        expect(await facts(await read(place))).toMatchObject({ documents: ["a hash of a", "b hash of b"], chunks: ["a#1", "b#1"] });
      });

      test("is refused from a reader", async () => {
        const { index } = await built(putting([entry("a#1")]));
        await expect(index.write(putting([entry("b#1")]))).rejects.toThrow(UserError);
        await index.close();
      });
    });

    describe("readers and writers", () => {
      test("a reader sees what it opened, whatever a writer does since", async () => {
        const entries = entriesOf(30, 8);
        const { place, index } = await built(putting(entries));
        const late = await read(place);
        const lazily = await read(place);
        const query = vectorOf(8);
        await same(index.nearest, query, 5, byCosine(entries));
        await changed(place, { ...putting([entry("new#1", { vector: query, text: "lamp" })]), remove: ["d1", "d2", "d3"] });
        await changed(place, putting(entriesOf(30, 8)));
        for (const reader of [index, late, lazily]) {
          await same(reader.nearest, query, 5, byCosine(entries));
          await same(reader.matching, ["d"], 5, byWords(entries));
          expect(reader.count).toBe(30);
          expect((await reader.documents()).has("new")).toBe(false);
          expect(await reader.chunks(["d1#1", "new#1"])).toHaveLength(1);
          await reader.close();
        }
        const now = await read(place);
        expect((await now.documents()).has("new")).toBe(true);
        await now.close();
      });

      test("a second writer is refused while there is one, and not after it", async () => {
        const place = await freshPlace();
        const first = await store.write(place, origin);
        await expect(store.write(place, origin)).rejects.toThrow(Busy);
        await first.write(putting([entry("a#1")]));
        await expect(store.write(place, origin)).rejects.toThrow(Busy);
        const elsewhere = await store.write(await freshPlace(), origin);
        await elsewhere.close();
        await first.close();
        const second = await store.write(place, origin);
        expect([...(await second.documents()).keys()]).toEqual(["a"]);
        await second.close();
      });

      test("of many that open to write at once, one may", async () => {
        const place = await freshPlace();
        const tried = await Promise.allSettled(Array.from({ length: 6 }, () => store.write(place, origin)));
        const won = tried.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
        expect(won).toHaveLength(1);
        for (const one of tried) if (one.status === "rejected") expect(one.reason).toBeInstanceOf(Busy);
        await won[0]?.close();
      });

      test.skipIf(elsewhere === undefined)("a writer in another process is waited for, and taken over from where it died", async () => {
        if (elsewhere === undefined) return;
        const place = await freshPlace();
        await changed(place, putting([entry("a#1")]));
        const writer = startWriter({ ...elsewhere, place, origin, from: 0, hold: true });
        await writer.until(1);
        expect(writer.said).toEqual(["open"]);
        await expect(store.write(place, origin)).rejects.toThrow(Busy);
        await expect(store.write(place, origin)).rejects.toThrow(String(writer.child.pid));
        await (await read(place)).close();
        await writer.kill();
        await changed(place, putting([entry("b#1")]));
        expect((await facts(await read(place))).documents).toEqual(["a hash of a", "b hash of b"]);
      });

      test("closing twice does no harm, to another writer neither", async () => {
        const place = await freshPlace();
        const first = await store.write(place, origin);
        await first.close();
        const second = await store.write(place, origin);
        await first.close();
        await expect(store.write(place, origin)).rejects.toThrow(Busy);
        await second.close();
      });
    });

    describe("an index that is not the one asked for", () => {
      test("is not there before it is written", async () => {
        expect(await store.read(await freshPlace(), origin)).toBeUndefined();
      });

      test.each([
        ["another embedder", { ...origin, embedder: "test/other" }],
        ["another way of cutting", { ...origin, cut: "other" }],
      ])("is not opened for %s, and a writer starts empty", async (_, other) => {
        const { place, index } = await built(putting(entriesOf(5, 8)));
        expect(await store.read(place, other)).toBeUndefined();
        const writer = await store.write(place, other);
        expect([writer.count, writer.dimensions, (await writer.documents()).size]).toEqual([0, 0, 0]);
        await writer.write(putting([entry("a#1", { vector: [1, 2] })]));
        await writer.close();
        expect(await store.read(place, origin)).toBeUndefined();
        const reader = await store.read(place, other);
        expect(reader).toMatchObject({ count: 1, dimensions: 2 });
        await reader?.close();
        // Whoever opened the old one still has it.
        expect(await index.nearest(vectorOf(8), 9)).toHaveLength(5);
        await index.close();
      });

      test.each(Object.entries(damage))("is not opened when damaged (%s), and a writer starts anew", async (_, spoil) => {
        const { place, index } = await built(putting(entriesOf(50, 8)));
        await index.close();
        await spoil(place);
        expect(await store.read(place, origin)).toBeUndefined();
        const entries = entriesOf(4, 8);
        const writer = await store.write(place, origin);
        expect(writer.count).toBe(0);
        await writer.write(putting(entries));
        await writer.close();
        const reader = await read(place);
        await same(reader.nearest, vectorOf(8), 9, byCosine(entries));
        await reader.close();
      });
    });

    describe.each(Object.entries(unwritable))("where it cannot be written (%s)", (_, breakIt) => {
      test("an index is as it was, and goes on once there is room", async () => {
        const entries = entriesOf(50, 8);
        const { place, index } = await built(putting(entries));
        await index.close();
        const large = entriesOf(4000, 8).map((one) => ({
          ...one,
          id: `new${one.id}`,
          source: `new${one.source}`,
          text: "lamp ".repeat(200),
        }));
        const mend = await breakIt(place);
        try {
          await expect(changed(place, putting(large))).rejects.toThrow(StorageError);
          const reader = await read(place);
          expect(reader.count).toBe(50);
          await same(reader.nearest, vectorOf(8), 9, byCosine(entries));
          await reader.close();
        } finally {
          await mend();
        }
        await changed(place, putting(large.slice(0, 10)));
        expect((await facts(await read(place))).count).toBe(60);
      });
    });
  });
}

const origin: Origin = { embedder: "test/random", cut: "fixed 256/0 v1" };

const badVectors: readonly (readonly [string, readonly number[]])[] = [
  ["of another length", [1, 2, 3]],
  ["that is empty", []],
  ["that holds NaN", [1, Number.NaN, 0, 0]],
  ["that holds infinity", [1, Number.POSITIVE_INFINITY, 0, 0]],
  ["that is too long for its length to be known", [1e200, 1e200, 0, 0]],
  ["of zeros", [0, 0, 0, 0]],
];

/** Closes the index too. */
async function facts(
  index: OpenStore,
): Promise<{ readonly count: number; readonly documents: readonly string[]; readonly chunks: readonly string[] }> {
  const documents = [...(await index.documents())].map((pair) => pair.join(" ")).toSorted();
  const all =
    index.count === 0
      ? []
      : await index.nearest(
          Array.from({ length: index.dimensions }, () => 1),
          index.count,
        );
  const found = { count: index.count, documents, chunks: all.map(({ id }) => id).toSorted() };
  await index.close();
  return found;
}

/** Each entry's document with the entries of it. */
function putting(entries: readonly Entry[]): Change {
  const put = [...Map.groupBy(entries, ({ source }) => source)].map(([id, own]) => ({ id, hash: `hash of ${id}`, entries: own }));
  return { put, remove: [] };
}

const random = seeded(7);

function vectorOf(dimensions: number): readonly number[] {
  return Array.from({ length: dimensions }, () => random() - 0.5);
}

function entry(id: string, given: Partial<Entry> = {}): Entry {
  const text = given.text ?? `text of ${id}`;
  return { id, source: id.slice(0, id.lastIndexOf("#")), title: "", text, start: 0, end: text.length, vector: [1, 2, 3, 4], ...given };
}

function entriesOf(count: number, dimensions: number): readonly Entry[] {
  return Array.from({ length: count }, (_, i) => entry(`d${i}#1`, { vector: vectorOf(dimensions), text: "d ".repeat(1 + (i % 5)) }));
}

/** Texts of words as natural ones have them, a few often and many seldom. */
function textsOf(count: number): readonly string[] {
  const words = ["lamp", "fuse", "the", "warranty", "退款", "كتاب", "naïve", "don't", ...Array.from({ length: 200 }, (_, i) => `word${i}`)];
  return Array.from({ length: count }, () =>
    Array.from({ length: Math.floor(random() * 60) }, () => words[Math.floor(words.length * random() ** 3)]).join(" "),
  );
}

const queries = [
  "lamp",
  "lamp lamp fuse",
  "the warranty of a naïve lamp",
  "退款",
  "كتاب word3 word150",
  "word0 word1 word2 word3 don't",
  "nothing of this",
];
