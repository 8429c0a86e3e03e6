/** Laws of labelling: the classifier, its calibration and its form on disk, labels by name, and when nothing fits. */
import { expect, test } from "vitest";
import type { Demonstration } from "../prompt/request.ts";
import { idfTable } from "../text/idf-table.ts";
import { unpack } from "../text/bytes.ts";
import { createRandom } from "../text/hash.ts";
import { createIdf } from "../text/idf.ts";
import { createMemo } from "../text/memo.ts";
import { createLexicon } from "../text/text.ts";
import { temperatureOf } from "./calibration.ts";
import { type Classifier, classify, fit, fitting } from "./classifier.ts";
import { chooseLabel, chooseLearnt, fold, isLabelName, labelsInPlay } from "./labelling.ts";
import { restoreClassifier, storeClassifier } from "./store.ts";

const lexicon = createLexicon(createIdf(unpack(idfTable)));
const texts = [
  ["Where is the nearest harbour for my boat?", "sea"],
  ["The ferry leaves the harbour at noon", "sea"],
  ["A sailing boat with two masts", "sea"],
  ["Which train goes to the central station?", "rail"],
  ["The express train was late again", "rail"],
  ["Change trains at the next station", "rail"],
] as const;
const classes = ["rail", "sea"];
const examples = texts.map(([text, label]) => ({ text: lexicon.read(text), label: classes.indexOf(label) }));
const options = { epochs: 20, rate: 0.5, seed: 3, bits: 18 };
const model = fit(examples, classes, options);
const chances = (text: string, by: Classifier = model): number[] => [...classify(by, lexicon.read(text))];

test("probabilities sum to one, and are the same for the same examples and seed", () => {
  const text = "Is there a boat from the station?";
  expect(chances(text).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
  expect(chances(text, fit(examples, classes, options))).toEqual(chances(text));
});

test("words that no example has make a text less sure, down to chance", () => {
  const sure = chances("the boat in the harbour");
  const less = chances("the boat in the harbour bought quarterly dividends and municipal bonds");
  expect(sure[1]).toBeGreaterThan(0.8);
  expect(less[1]).toBeLessThan(sure[1] ?? 0);
  for (const p of chances("quarterly dividends, municipal bonds")) expect(p).toBeCloseTo(0.5, 1);
});

test("a stored classifier says the same but for rounding", () => {
  const again = restoreClassifier(JSON.parse(JSON.stringify(storeClassifier(model))));
  for (const [text] of texts) for (const [i, p] of chances(text, again).entries()) expect(p).toBeCloseTo(chances(text)[i] ?? 0, 1);
});

test("held-out examples end the training early and set the temperature; the seed decides the rest", () => {
  const random = createRandom(5);
  // Labels by chance: there is nothing to learn, so that more passes only make it worse.
  const noise = Array.from({ length: 80 }, (_, i) => ({
    text: lexicon.read(`entry ${i} ${random().toString(36)}`),
    label: random() < 0.5 ? 0 : 1,
  }));
  const run = () => {
    const steps = fitting(noise.slice(40), noise.slice(0, 40), classes, { ...options, epochs: 50 });
    let count = 0;
    for (;;) {
      const step = steps.next();
      if (step.done === true) return { count, model: step.value };
      count++;
    }
  };
  const { count, model: learnt } = run();
  expect(count).toBeLessThan(50);
  expect(learnt.temperature).toBeGreaterThan(1);
  expect(run().model.weights).toEqual(learnt.weights);
});

test("the temperature undoes a scale on scores that were calibrated", () => {
  const random = createRandom(1);
  const outcomes = Array.from({ length: 4000 }, () => {
    const score = 4 * random() - 2;
    return { scores: Float32Array.of(3 * score, 0), label: random() < 1 / (1 + Math.exp(-score)) ? 0 : 1 };
  });
  expect(temperatureOf(outcomes)).toBeGreaterThan(2.5);
  expect(temperatureOf(outcomes)).toBeLessThan(3.5);
});

const shown = (pairs: readonly (readonly [string, string])[]): Demonstration[] =>
  pairs.map(([question, answer]) => ({ message: question, question, answer, passages: [] }));
const labelled = (text: string, names: readonly string[], pairs: readonly (readonly [string, string])[] = [], refusal?: string) => {
  const demonstrations = shown(pairs);
  const labels = labelsInPlay(
    names.map((name) => ({ name, about: "" })),
    demonstrations,
    refusal,
  );
  return chooseLabel(text, labels, demonstrations, lexicon, createMemo(4));
};

test("labels whose names are no words are learnt from demonstrations alone", () => {
  for (const [a, b] of [
    ["A", "B"],
    ["1", "2"],
    ["甲", "乙"],
    ["it", "on"],
  ] as const) {
    const pairs = texts.map(([text, label]) => [text, label === "sea" ? a : b] as const);
    expect(labelled("a boat on it", [a, b], pairs).label).toBe(a);
    expect(labelled("it is a train", [a, b], pairs).label).toBe(b);
  }
});

test("text without spaces and text of many lines can be labelled", () => {
  const pairs = [
    ["我的卡丢了怎么办", "挂失"],
    ["银行卡不见了", "挂失"],
    ["汇率是多少", "汇率"],
    ["今天兑换美元的汇率", "汇率"],
  ] as const;
  expect(labelled("卡丢了，需要挂失", ["挂失", "汇率"], pairs).label).toBe("挂失");
  expect(labelled("欧元的汇率", ["挂失", "汇率"]).label).toBe("汇率");
  const long = `Dear team,\n\n${"as said before, ".repeat(300)}\n- the boat\n- the harbour\n`;
  expect(labelled(long, ["rail", "sea"], texts).label).toBe("sea");
});

test("nothing fits a text about something else; what is said then is no label unless it was shown", () => {
  const names = ["lost_card", "exchange_rate", "other"];
  expect(labelled("my card is lost", names, [], "other")).toMatchObject({ label: "lost_card", unsure: false });
  expect(labelled("some other thing entirely", names, [], "other").label).not.toBe("other");
  expect(labelled("penguins breed in Antarctica", names, [], "other").unsure).toBe(true);
  expect(labelled("penguins breed in Antarctica", ["sea", "rail"], texts).unsure).toBe(true);
  expect(labelled("the harbour of the boat", ["sea", "rail"], texts).unsure).toBe(false);
  const withOther = [...texts, ["penguins breed here", "other"], ["a recipe for soup", "other"]] as const;
  expect(labelled("soup for penguins", ["sea", "rail", "other"], withOther, "other").label).toBe("other");
});

test("allowed labels that a classifier never saw compete by their names; the others share what is left", () => {
  const choose = (text: string, names: readonly string[]) =>
    chooseLearnt(
      lexicon.read(text),
      names.map((name) => ({ name, about: "" })),
      model,
      lexicon,
    );
  const all = ["rail", "sea", "air_travel"];
  expect(choose("Which airline offers cheap air travel?", all)?.label).toBe("air_travel");
  expect(choose("Which airline offers cheap air travel?", classes)?.label).not.toBe("air_travel");
  for (const [text, label] of texts) expect(choose(text, all)?.label).toBe(label);
  // A name that says nothing about the text takes nothing from the others.
  for (const [text] of texts) expect(choose(text, [...classes, "zyx"])).toEqual(choose(text, classes));
  // Of some of its labels one is right for certain.
  const three = fit([...examples, { text: lexicon.read("The plane landed"), label: 2 }], [...classes, "air"], options);
  const some = chooseLearnt(
    lexicon.read("the boat"),
    classes.map((name) => ({ name, about: "" })),
    three,
    lexicon,
  );
  const chances = classify(three, lexicon.read("the boat"));
  expect(some?.confidence).toBeCloseTo((chances[1] ?? 0) / ((chances[0] ?? 0) + (chances[1] ?? 0)), 5);
  expect(choose("the boat", ["x", "y"])).toBeUndefined();
});

test("more examples and labels than a request may take are refused, and long names are folded in time", () => {
  const shown = Array.from({ length: 6_000 }, (_, i): Demonstration => ({
    question: `text of thing ${i}`,
    passages: [],
    answer: `label_${i}`,
  }));
  const labels = shown.map(({ answer }) => ({ name: answer, about: "" }));
  expect(() => chooseLabel("thing 7", labels, shown, lexicon, createMemo(1))).toThrow(/too much to learn from in one request/);
  // Looking again from each mark or letter, neither would be done today.
  expect(fold(`a${'."'.repeat(200_000)}b`)).toHaveLength(400_002);
  expect(isLabelName(`${"aA".repeat(200_000)}!`)).toBe(false);
});
