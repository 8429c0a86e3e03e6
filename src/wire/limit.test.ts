import { expect, test } from "vitest";
import type { Fetch } from "./fetch.ts";
import { createGate, limit } from "./limit.ts";

/** An endpoint that answers when it is told to. */
function slow(): { fetch: Fetch; started: string[]; finish: (() => void)[] } {
  const started: string[] = [];
  const finish: (() => void)[] = [];
  return {
    started,
    finish,
    fetch: (input) =>
      new Promise((resolve) => {
        started.push(String(input));
        finish.push(() => resolve(new Response("")));
      }),
  };
}

const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

test.each([1, 3, 8])("never more than %i requests are in flight, and all are answered in the order of asking", async (places) => {
  const endpoint = slow();
  const send = limit(createGate(places))(endpoint.fetch);
  const asked = Array.from({ length: 20 }, (_, i) => `http://x/${i}`);
  const answers = Promise.all(asked.map((url) => send(url)));
  for (let done = 0; done < asked.length; done++) {
    await settled();
    expect(endpoint.started.length - done).toBe(Math.min(places, asked.length - done));
    endpoint.finish[done]?.();
  }
  await answers;
  expect(endpoint.started).toEqual(asked);
});

test("a failed request gives its place back", async () => {
  const send = limit(createGate(1))(() => Promise.reject(new Error("broken")));
  await expect(send("http://x/")).rejects.toThrow("broken");
  await expect(send("http://x/")).rejects.toThrow("broken");
});

test("a request that is aborted while it waits is never sent and takes no place", async () => {
  const endpoint = slow();
  const send = limit(createGate(1))(endpoint.fetch);
  const stop = new AbortController();
  const first = send("http://x/first");
  const second = send("http://x/second", { signal: stop.signal });
  const third = send("http://x/third");
  stop.abort(new Error("stopped"));
  await expect(second).rejects.toThrow("stopped");
  endpoint.finish[0]?.();
  await first;
  await settled();
  endpoint.finish[1]?.();
  await third;
  expect(endpoint.started).toEqual(["http://x/first", "http://x/third"]);
});
