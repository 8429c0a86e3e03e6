/** What messages show of the passages: all of them, with the numbers that they are cited by, within the budget. */
import { expect, test } from "vitest";
import { seeded } from "../../stats/random.ts";
import type { Passage } from "../../types.ts";
import { TEMPLATE } from "./options.ts";
import { present, tokensOf, withinBudget } from "./shown.ts";

const passages = (n: number): readonly Passage[] =>
  Array.from({ length: n }, (_, i) => ({
    id: `d${i}#1`,
    source: `d${i}`,
    title: `Title ${i + 1}`,
    text: `text ${"word ".repeat(i)}end`,
    score: 1 / (i + 1),
  }));
const numbers = (text: string) => [...text.matchAll(/\[(\d+)\]/g)].map(([, n]) => Number(n));

test.each([0, 1, 2, 5, 8])("%d passages are all shown in every order, and keep the numbers of their ranks", (n) => {
  const ranks = Array.from({ length: n }, (_, i) => i + 1);
  for (const order of ["rank", "reversed", "ends"] as const) {
    const text = present(passages(n), { order, template: TEMPLATE });
    expect(numbers(text).toSorted((a, b) => a - b)).toEqual(ranks);
    for (const rank of ranks) expect(text).toContain(`[${rank}] Title ${rank}\n`);
  }
  expect(numbers(present(passages(n), { order: "rank", template: TEMPLATE }))).toEqual(ranks);
  expect(numbers(present(passages(n), { order: "reversed", template: TEMPLATE }))).toEqual(ranks.toReversed());
});

test("the best stand at both ends, the worst in the middle", () => {
  expect(numbers(present(passages(5), { order: "ends", template: TEMPLATE }))).toEqual([1, 3, 5, 4, 2]);
  expect(numbers(present(passages(4), { order: "ends", template: TEMPLATE }))).toEqual([1, 3, 4, 2]);
});

test("a template says how each is written, and what stands in a passage is no template", () => {
  const [passage] = passages(1) as [Passage];
  const shown = present([{ ...passage, text: "{{title}} <b>" }], {
    order: "rank",
    template: '<doc id="{{source}}" n="{{number}}">{{text}}</doc>',
  });
  expect(shown).toBe('<doc id="d0" n="1">{{title}} <b></doc>');
});

test("whatever the passages and the budget, what is shown keeps to it, from the best on, and no more is left out than must be", () => {
  const random = seeded("budget");
  for (let round = 0; round < 200; round++) {
    const all = passages(Math.floor(random() * 8)).map((passage) => ({
      ...passage,
      text: "w ".repeat(1 + Math.floor(random() * 40)).trim(),
    }));
    const context_tokens = 20 + Math.floor(random() * 200);
    const kept = withinBudget(all, { template: TEMPLATE, context_tokens });
    const cost = (some: readonly Passage[]) => tokensOf(present(some, { order: "rank", template: TEMPLATE }));
    expect(cost(kept)).toBeLessThanOrEqual(context_tokens);
    expect(kept.map(({ id }) => id)).toEqual(all.slice(0, kept.length).map(({ id }) => id));
    if (kept.length < all.length) expect(cost(all.slice(0, kept.length + 1))).toBeGreaterThan(context_tokens);
    expect(kept.length > 0 || all.length === 0).toBe(true);
    expect(withinBudget(all, { template: TEMPLATE, context_tokens: "none" })).toEqual(all);
  }
});

test("of a first passage that is too long the beginning is shown, unless its title alone is", () => {
  const [passage] = passages(1) as [Passage];
  const long = { ...passage, text: "語".repeat(500) };
  const [cut] = withinBudget([long, passage], { template: TEMPLATE, context_tokens: 50 });
  expect(long.text.startsWith(cut?.text ?? "?")).toBe(true);
  expect(tokensOf(present([cut as Passage], { order: "rank", template: TEMPLATE }))).toBe(50);
  expect(withinBudget([{ ...long, title: "t ".repeat(60) }], { template: TEMPLATE, context_tokens: 50 })).toEqual([]);
});
