import { expect, test } from "vitest";
import { adapt, COMPAT, compatOf } from "./compat.ts";

test.each(Object.keys(COMPAT))("%s sends nothing that was not set", (name) => {
  expect(adapt({}, compatOf(name, "x"))).toEqual({ sent: {}, omitted: [] });
});

test.each(Object.keys(COMPAT))("%s sends or names every parameter that was set", (name) => {
  const params = {
    temperature: 0,
    top_p: 1,
    max_tokens: 5,
    seed: 1,
    n: 2,
    logprobs: true,
    user: "u",
    store: false,
    reasoning_effort: "low",
  };
  const { sent, omitted } = adapt(params, compatOf(name, "x"));
  expect(Object.keys(sent).length + omitted.length).toBe(Object.keys(params).length);
});

test("the limit on tokens and the seed have the name that the endpoint knows", () => {
  for (const written of ["max_tokens", "max_completion_tokens"]) {
    expect(adapt({ [written]: 9 }, compatOf("openai", "x")).sent).toEqual({ max_completion_tokens: 9 });
    expect(adapt({ [written]: 9 }, compatOf("ollama", "x")).sent).toEqual({ max_tokens: 9 });
    expect(adapt({ [written]: 9 }, compatOf("generic", "x")).sent).toEqual({ [written]: 9 });
  }
  expect(adapt({ seed: 3 }, compatOf("mistral", "x")).sent).toEqual({ random_seed: 3 });
});

test("a reasoning model gets no sampling parameters unless it does not reason", () => {
  const reasoning = compatOf("openai-reasoning", "x");
  expect(adapt({ temperature: 0, seed: 1 }, reasoning)).toEqual({ sent: { seed: 1 }, omitted: ["temperature"] });
  expect(adapt({ temperature: 0, reasoning_effort: "none" }, reasoning).omitted).toEqual([]);
});

test("an unknown preset names the nearest one", () => {
  expect(() => compatOf("olama", "endpoints.local")).toThrow('endpoints.local: unknown compat "olama"; did you mean "ollama"?');
});
