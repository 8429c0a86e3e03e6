/** Laws of the functions whose last bit must not depend on the platform. */
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { exp, log, raised } from "./arithmetic.ts";
import { createRandom } from "./hash.ts";

const random = createRandom(7);
const ulp = 2 ** -52;

test("they are those of mathematics to about the last bit, over the whole range", () => {
  for (let i = 0; i < 20_000; i++) {
    const x = (random() - 0.5) * [1400, 40, 1][i % 3]!;
    expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(2 * ulp);
    const y = i % 2 === 0 ? 10 * random() : Math.exp(x);
    expect(Math.abs(log(y) - Math.log(y))).toBeLessThanOrEqual(3 * ulp * Math.abs(Math.log(y)));
    const z = 10 * random();
    expect(Math.abs(raised(z, 0.7) / z ** 0.7 - 1)).toBeLessThan(8 * ulp);
  }
});

test("at the ends they are what they must be", () => {
  expect([exp(0), exp(-Infinity), exp(Infinity), exp(710), exp(-746), exp(Number.NaN)]).toEqual([1, 0, Infinity, Infinity, 0, Number.NaN]);
  expect([exp(-744), exp(709)]).toEqual([Math.exp(-744), expect.closeTo(Math.exp(709), -295)]);
  expect([log(1), log(0), log(Infinity), log(-1), log(Number.NaN)]).toEqual([0, -Infinity, Infinity, Number.NaN, Number.NaN]);
  expect([log(5e-324), log(Number.MAX_VALUE)]).toEqual([expect.closeTo(-744.44007192138, 10), expect.closeTo(709.78271289338, 10)]);
  expect([raised(0, 0.7), raised(0, 0), raised(1, 0.7)]).toEqual([0, 1, 1]);
});

test("their bits are these on every platform", () => {
  const bits = (value: number): string => {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    return view.getBigUint64(0).toString(16);
  };
  expect([exp(1), exp(-0.1), exp(33.3), log(10), log(0.1), log(7e-7), raised(3, 0.7)].map(bits)).toEqual([
    "4005bf0a8b14576a",
    "3fecf46d99d52b3a",
    "42f078401f5a3ec8",
    "40026bb1bbb55516",
    "c0026bb1bbb55515",
    "c02c5828b2b7099b",
    "400142e81c889914",
  ]);
});

test("the engine uses no function whose last bit the language leaves open", () => {
  const home = new URL("..", import.meta.url);
  const files = globSync("**/*.ts", { cwd: home }).filter((file) => !file.endsWith(".test.ts") && !file.endsWith("text/arithmetic.ts"));
  expect(files.length).toBeGreaterThan(50);
  const open = /Math\.(?:a?(?:sin|cos|tan)h?|atan2|cbrt|exp|expm1|hypot|log|log1p|log2|log10|pow)\b|(?<![\d"'`] |2)\*\* (?!24|31|17|bits)/;
  const found = files.filter((file) =>
    readFileSync(new URL(file, home), "utf8")
      .split("\n")
      .some((text) => !/^\s*(?:\/?\*|\/\/)/.test(text) && open.test(text)),
  );
  expect(found).toEqual([]);
});
