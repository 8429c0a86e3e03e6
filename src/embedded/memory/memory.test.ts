/** Laws of the memory. */
import { expect, test } from "vitest";
import { createMemory, learnThreshold } from "./memory.ts";
import { createLexicon } from "../text/text.ts";

const lexicon = createLexicon(() => 1);
const ask = (memory: ReturnType<typeof createMemory>, question: string) => memory.remember(lexicon.read(question));

const pairs = [
  { question: "How do I block a stolen card?", answer: "block" },
  { question: "My card was stolen, can I block it?", answer: "block" },
  { question: "Where do I see the exchange rate?", answer: "rate" },
  { question: "如何更改我的密码？", answer: "密码" },
  { question: "退款需要多长时间？", answer: "退款" },
];

test("a known question is remembered for certain, a paraphrase for likely, and one without a common word not at all", () => {
  const memory = createMemory(pairs, 0.5, lexicon);
  for (const { question, answer } of pairs) {
    expect(ask(memory, question)?.answer).toBe(answer);
    expect(ask(memory, question)?.certainty).toBeGreaterThan(0.95);
  }
  const paraphrase = ask(memory, "I want to block my stolen card");
  expect(paraphrase?.answer).toBe("block");
  expect(paraphrase?.certainty).toBeLessThan(0.95);
  expect(ask(memory, "怎样更改密码")?.answer).toBe("密码");
  expect(ask(memory, "Zwölf Boxkämpfer")).toBeUndefined();
  expect(ask(memory, "")).toBeUndefined();
});

test("questions that agree outvote a nearer one that stands alone, and make the answer surer", () => {
  const crowd = Array.from({ length: 6 }, (_, i) => ({ question: `Can I raise the limit of account ${i} please`, answer: "limit" }));
  const memory = createMemory([...crowd, { question: "Can I raise the limit of account nine please, sir", answer: "sir" }], 0, lexicon);
  const asked = "Can I raise the limit of account 77 please";
  expect(ask(memory, asked)?.answer).toBe("limit");
  const divided = createMemory(
    crowd.map(({ question }, i) => ({ question, answer: `limit ${i}` })),
    0,
    lexicon,
  );
  expect(ask(divided, asked)?.certainty).toBeLessThan(ask(createMemory(crowd, 0, lexicon), asked)?.certainty ?? 0);
});

test("recall is in order of similarity, at most as many as asked for, ties in the order of the pairs", () => {
  const memory = createMemory([...pairs, ...pairs], 0, lexicon);
  const found = memory.recall(lexicon.read("How do I block a stolen card?"), 3);
  expect(found.map((f) => f.answer)).toEqual(["block", "block", "block"]);
  expect(found[0]?.similarity).toBe(found[1]?.similarity);
  expect(found[2]?.similarity).toBeLessThan(found[1]?.similarity ?? 0);
  expect(createMemory([], 0, lexicon).recall(lexicon.read("anything"), 3)).toEqual([]);
});

test("the threshold lies between what is mostly right and what is mostly wrong, and above nearly all where all is wrong", () => {
  const tries = (right: (certainty: number) => boolean) =>
    Array.from({ length: 100 }, (_, i) => ({ certainty: i / 100, right: right(i / 100) }));
  const learnt = learnThreshold(tries((c) => c >= 0.6));
  expect(learnt).toBeGreaterThan(0.58);
  expect(learnt).toBeLessThan(0.6);
  expect(learnThreshold(tries(() => false))).toBeGreaterThan(0.9);
  expect(learnThreshold([])).toBe(learnThreshold([{ certainty: 0.1, right: false }]));
});
