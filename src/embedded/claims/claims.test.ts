/** Laws of verdicts on claims. */
import { expect, test } from "vitest";
import { createIdf } from "../text/idf.ts";
import { createLexicon } from "../text/text.ts";
import { idfTable } from "../text/idf-table.ts";
import { unpack } from "../text/bytes.ts";
import { checkClaim, type Verdict } from "./claims.ts";
import { everyday, unseen, type Everyday } from "./everyday.fixture.ts";

const lexicon = createLexicon(createIdf(unpack(idfTable)));
const check = (claim: string, passages: readonly string[]): Verdict =>
  checkClaim(
    lexicon.read(claim),
    passages.map((passage) => lexicon.read(passage)),
  );
const cases = [...everyday, ...unseen].flatMap(({ passages, claims }) => claims.map(([claim, verdict]) => ({ passages, claim, verdict })));
/** The sentences of the English passages, titles left out. */
const sentences = [...everyday, ...unseen].flatMap(({ passages }) =>
  passages.flatMap((passage) =>
    passage
      .split("\n")
      .slice(-1)
      .flatMap((text) => text.split(/(?<=[.;])\s+/))
      .filter((sentence) => /^[A-Z].*[.;]$/.test(sentence))
      .map((sentence) => ({ sentence, passages })),
  ),
);

function accuracy(sets: readonly Everyday[]): number {
  const all = sets.flatMap(({ passages, claims }) => claims.map(([claim, verdict]) => check(claim, passages).verdict === verdict));
  return all.filter(Boolean).length / all.length;
}

test("nine in ten everyday claims get the verdict of a careful reader", () => {
  expect(accuracy(everyday)).toBeGreaterThanOrEqual(0.9);
});

test("three in four claims that nothing was tuned on do too", () => {
  expect(accuracy(unseen)).toBeGreaterThanOrEqual(0.75);
});

test("what a passage says word for word is supported, and that sentence is the quote", () => {
  for (const { sentence, passages } of sentences) {
    const { verdict, quote } = check(sentence, passages);
    expect([sentence, verdict]).toEqual([sentence, "supported"]);
    expect(quote).toContain(sentence.slice(0, -1));
  }
});

test("a denial put into it, or taken out of it, turns the verdict", () => {
  for (const { sentence, passages } of sentences) {
    const auxiliary = /\b(is|are|was|were|can|may) (?!not\b|only\b)/;
    const denied = / not /.test(sentence) ? sentence.replace(" not ", " ") : sentence.replace(auxiliary, "$1 not ");
    if (denied === sentence) continue;
    expect([denied, check(denied, passages).verdict]).toEqual([denied, "contradicted"]);
  }
});

test("another number in it contradicts", () => {
  for (const { sentence, passages } of sentences) {
    const number = /\b\d{2,}\b/.exec(sentence)?.[0];
    if (number === undefined || !/^[^;,.]*$/.test(sentence.slice(0, -1))) continue;
    const other = sentence.replace(number, String(Number(number) + 17));
    expect([other, check(other, passages).verdict]).toEqual([other, "contradicted"]);
  }
});

test("a claim beside passages about something else is not found, denied or not", () => {
  for (const { claim } of cases.filter(({ verdict, passages }) => verdict !== "not_found" && !/\p{Script=Han}/u.test(passages.join("")))) {
    const elsewhere = ["The moth lays its eggs on oak leaves. Its larvae feed at dawn.", "海豚睡觉时只闭一只眼睛。"];
    expect([claim, check(claim, elsewhere)]).toEqual([claim, { verdict: "not_found", quote: "", confidence: expect.any(Number) }]);
  }
});

test("no passages, an empty passage and an empty claim are not found", () => {
  for (const [claim, passages] of [
    ["The mill was sold.", []],
    ["The mill was sold.", [""]],
    ["The mill was sold.", ["...", " \n"]],
    ["", ["The mill was sold."]],
    ["?!", ["The mill was sold."]],
  ] as const)
    expect(check(claim, passages)).toMatchObject({ verdict: "not_found", quote: "" });
});

test("the order of the passages does not matter", () => {
  for (const { claim, passages } of cases) {
    const more = [...passages, "The museum shop sells postcards.", "It may rain on Friday."];
    expect(check(claim, more)).toEqual(check(claim, more.toReversed()));
  }
});

test("a quote is a sentence of a passage, word for word, and there is one exactly where the claim was found", () => {
  for (const { claim, passages } of cases) {
    const { verdict, quote, confidence } = check(claim, passages);
    expect(quote === "").toBe(verdict === "not_found");
    expect(passages.some((passage) => passage.includes(quote))).toBe(true);
    expect(confidence).toBeGreaterThan(1 / 3);
    expect(confidence).toBeLessThanOrEqual(1);
  }
});

test("passages that disagree make the verdict less sure", () => {
  const claim = "The bridge was opened in 1904.";
  const agree = check(claim, ["The bridge was opened in 1904.", "In 1904 the bridge was opened."]);
  const apart = check(claim, ["The bridge was opened in 1904.", "The bridge was opened in 1911."]);
  expect(agree.verdict).toBe("supported");
  expect(apart.confidence).toBeLessThan(agree.confidence);
});

test("a question with an answer is a claim: the passage's answer is supported, another is not", () => {
  const passages = [
    "Warranty\nThe warranty runs for two years. Batteries are covered for six months.",
    "Claims are sent to the office in Graz.",
  ];
  expect(check("How long is the warranty? two years", passages)).toMatchObject({
    verdict: "supported",
    quote: expect.stringContaining("two years"),
  });
  expect(check("How long does the warranty run? nine years", passages).verdict).not.toBe("supported");
  expect(check("Where are claims sent? the office in Graz", passages).verdict).toBe("supported");
});

test("units are converted before numbers are compared", () => {
  const passages = ["The guarantee is valid for 24 months. The cable is 2.5 km long. The parcel arrives within 48 hours."];
  expect(check("The guarantee is valid for two years.", passages).verdict).toBe("supported");
  expect(check("The cable is 2500 metres long.", passages).verdict).toBe("supported");
  expect(check("The cable is 25 metres long.", passages).verdict).toBe("contradicted");
  expect(check("The parcel arrives within one day.", passages).verdict).toBe("contradicted");
});

test("two things in each other's place are not supported, though every word stands there", () => {
  const exchanged = [
    ["Rosa beat Emil in the final.", "Emil beat Rosa in the final."],
    ["The fox chased the hare.", "The hare chased the fox."],
    ["The fox chased the hare.", "The fox was chased by the hare."],
    ["The hare was chased by the fox.", "The hare chased the fox."],
    ["Norvik Shipping bought Alta Lines in 2011.", "Alta Lines bought Norvik Shipping in 2011."],
    ["The pump moves water from the well to the tower.", "The pump moves water from the tower to the well."],
    ["Rents were higher in Graz than in Linz.", "Rents were higher in Linz than in Graz."],
    ["3 of 5 judges agreed.", "5 of 3 judges agreed."],
    ["There were 12 oaks and 30 elms.", "There were 30 oaks and 12 elms."],
    ["The fee went from 3 to 5 euros.", "The fee went from 5 to 3 euros."],
    ["小明打败了小红。", "小红打败了小明。"],
  ] as const;
  for (const [sentence, claim] of exchanged) {
    expect([claim, check(claim, [sentence]).verdict]).not.toEqual([claim, "supported"]);
    expect([sentence, check(sentence, [sentence]).verdict]).toEqual([sentence, "supported"]);
  }
});

test("another order that says the same is supported", () => {
  const same = [
    ["The fox chased the hare.", "The hare was chased by the fox."],
    ["Rosa and Emil met in Graz.", "Emil and Rosa met in Graz."],
    ["Rosa met Emil in Graz.", "Emil met Rosa in Graz."],
    ["Graz is the capital of Styria.", "The capital of Styria is Graz."],
    ["There were 12 oaks and 30 elms.", "There were 30 elms and 12 oaks."],
    ["In 1990 Rosa moved to Graz.", "Rosa moved to Graz in 1990."],
  ] as const;
  for (const [sentence, claim] of same) expect([claim, check(claim, [sentence]).verdict]).toEqual([claim, "supported"]);
});

test("claims and passages of any length are compared in time that their words bound, or refused", () => {
  // Looking again from each word, none of these would be done today.
  const long = ["%", "の", "not "].map((part) => part.repeat(120_000 / part.length));
  for (const text of long) {
    expect(check("The city has 12 cats that increase.", [text]).confidence).toBeGreaterThan(0);
    expect(check(`The city ${text.slice(0, 60_000)}`, ["The city reduces 12 dogs."]).confidence).toBeGreaterThan(0);
  }
  const sentences = (count: number): string => Array.from({ length: count }, (_, i) => `The city ${i} is old.`).join(" ");
  expect(() => check(sentences(4_000), [sentences(4_000)])).toThrow(/take too long to compare/);
});
