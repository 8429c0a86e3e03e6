/** What a store owes to those whose process is ended while it writes. */
import { expect } from "vitest";
import type { OpenStore, Origin, Place, Store } from "../store.ts";
import { type Elsewhere, startWriter, writtenDocument } from "./writer.fixture.ts";

const origin: Origin = { embedder: "test/random", cut: "fixed 256/0 v1" };

/**
 * Ends a writing process with SIGKILL at random moments, again and again over one index. After each time the index must open, hold
 * everything that was said to be written and nothing by halves, find it all, and take more.
 */
export async function survivesKills(store: Store, elsewhere: Elsewhere, place: Place, kills: number): Promise<void> {
  let next = 0;
  for (let kill = 0; kill < kills; kill++) {
    const writer = startWriter({ ...elsewhere, place, origin, from: next, hold: false });
    // At the first it is let write something, so that there is an index to spoil.
    await writer.until(kill === 0 ? 4 : 1);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
    await writer.kill();
    expect(writer.child.signalCode).toBe("SIGKILL");
    const acknowledged = Math.max(next - 1, ...writer.said.slice(1).map(Number));

    const index = await store.read(place, origin);
    if (index === undefined) throw new Error(`no index after kill ${kill + 1}, with ${acknowledged + 1} documents acknowledged`);
    const documents = await index.documents();
    // What was under way may be there or not.
    const last = documents.has(`d${acknowledged + 1}`) ? acknowledged + 1 : acknowledged;
    const right = Array.from({ length: last + 1 }, (_, n) => n).filter((n) => n % 3 !== 0 || n + 2 > last);
    expect([...documents].toSorted()).toEqual(right.map((n) => [`d${n}`, `hash ${n}`] as const).toSorted());
    await holds(index, right);
    await index.close();
    next = last + 1;
  }
  expect(next).toBeGreaterThan(kills);
}

/** The index holds these documents whole, finds them and nothing else. */
async function holds(index: OpenStore, numbers: readonly number[]): Promise<void> {
  const entries = numbers.flatMap((n) => writtenDocument(n).entries);
  const ids = entries.map(({ id }) => id);
  expect(index.count).toBe(ids.length);
  expect(await index.chunks(ids)).toEqual(entries.map((entry) => ({ ...entry, vector: undefined })));
  const [some] = entries.slice(-1);
  if (some === undefined) return;
  const near = await index.nearest(some.vector ?? [], ids.length);
  expect(near[0]?.id).toBe(some.id);
  expect(near.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect((await index.matching(["document"], ids.length)).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
}
