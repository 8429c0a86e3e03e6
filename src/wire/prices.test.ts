import { expect, test } from "vitest";
import { priceOf, usdOf } from "./prices.ts";

const OPENAI = "https://api.openai.com/v1";
const million = { in: 1e6, out: 1e6 };

test.each([
  ["openai/gpt-4.1-mini", 0.4 + 1.6],
  ["openai/gpt-4.1-mini-2025-04-14", 0.4 + 1.6],
  ["openai/ft:gpt-4.1-mini-2025-04-14:org::abc", 0.8 + 3.2],
  ["openai/gpt-6.1-terra", 1 + 5],
  ["openai/text-embedding-3-small", 0.02],
])("%s has its list price at OpenAI's own host", (model, usd) => {
  expect(usdOf(million, priceOf(model, {}, OPENAI))).toBeCloseTo(usd, 10);
});

test("unknown is null, never 0: an unlisted model, another host, a server on this machine", () => {
  expect(priceOf("openai/gpt-99", {}, OPENAI)).toBeNull();
  expect(priceOf("openai/gpt-4o", {}, "http://127.0.0.1:8000/v1")).toBeNull();
  expect(priceOf("proxy/gpt-4o", {}, "https://api.openai.com.example.org/v1")).toBeNull();
  expect(usdOf(million, null)).toBeNull();
});

test("the experiment's price wins, and 0 is a price", () => {
  expect(usdOf(million, priceOf("openai/gpt-4o", { "openai/gpt-4o": { in: 1, out: 2 } }, OPENAI))).toBe(3);
  expect(usdOf(million, priceOf("local/x", { "local/x": { in: 0, out: 0 } }, "http://127.0.0.1/v1"))).toBe(0);
});

test("cached and written input have their own price, and without one that of other input", () => {
  const terra = priceOf("openai/gpt-6.1-terra", {}, OPENAI);
  expect(usdOf({ in: 1000, out: 0, cached: 600, written: 100 }, terra)).toBeCloseTo((300 * 1 + 600 * 0.05 + 100 * 1.25) / 1e6, 15);
  expect(usdOf({ in: 1000, out: 0, cached: 600 }, { in: 2, out: 0 })).toBeCloseTo(2000 / 1e6, 15);
});

test("a long prompt is paid at the rates for long prompts", () => {
  const luna = priceOf("openai/gpt-6-luna", {}, OPENAI);
  expect(usdOf({ in: 272_000, out: 0 }, luna)).toBeCloseTo(0.0272, 10);
  expect(usdOf({ in: 272_001, out: 0 }, luna)).toBeCloseTo(0.0544, 5);
});
