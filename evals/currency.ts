import { defineScorer, z } from "llmopt";

/**
 * A scorer with options of its own, which are checked like those of any other: 1 when the answer names the currency of the expected
 * amount, else 0; not applicable where no amount is expected.
 *
 *     { use: evals/currency.ts, signs: { EUR: €, GBP: £ } }
 *     expected ["£4.95", "GBP 4.95"]    answer "4.95 GBP" -> 1    answer "€4.95" -> 0, "names EUR, not GBP"
 */
export default defineScorer({
  name: "currency",
  about: "1 when the answer names the currency of the expected amount",
  axis: "behaviour",
  options: z.strictObject({
    signs: z.record(z.string(), z.string()).default({ EUR: "€", GBP: "£" }).describe("signs of currencies, by their codes"),
  }),

  score({ answer }, { expected }, { signs }) {
    const currenciesIn = (text: string) => Object.entries(signs).flatMap(([code, sign]) => (names(text, code, sign) ? [code] : []));
    const wanted = currenciesIn([expected].flat().join("\n"));
    if (wanted.length === 0) return { skipped: "no amount is expected" };
    const named = currenciesIn(answer);
    if (named.length > 0 && named.every((code) => wanted.includes(code))) return { value: 1 };
    return { value: 0, why: `names ${named.join(" and ") || "no currency"}, not ${wanted.join(" or ")}` };
  },
});

function names(text: string, code: string, sign: string): boolean {
  return (
    text.includes(sign) ||
    text
      .toUpperCase()
      .split(/[^A-Z]+/)
      .includes(code)
  );
}
