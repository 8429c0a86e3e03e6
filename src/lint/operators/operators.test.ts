import { describe, expect, test } from "vitest";
import { explain } from "../../embedded/prompt/explain.ts";
import { faultsOfTemplate, renderTemplate } from "../../program/template.ts";
import { badPrompts } from "../bad-prompts.fixture.ts";
import { goodPrompts } from "../good-prompts.fixture.ts";
import { lint } from "../lint.ts";
import { rules } from "../rules/index.ts";
import { readText } from "../text.ts";
import type { Facts, Operator, Prompt } from "../types.ts";
import { operators } from "./index.ts";

const facts: readonly Facts[] = [
  {},
  { answers: { kind: "phrase" }, passages: true },
  { answers: { kind: "label", labels: ["card_lost", "refund", "other"] }, model: "plain" },
  { answers: { kind: "json", keys: ["name", "city"] }, model: "reasoning" },
  { answers: { kind: "text" } },
];

const USER = "{{#passages}}Passages:\n{{passages}}\n\n{{/passages}}Question: {{question}}";
/** With every fault that an operator mends. */
const faulty: readonly Prompt[] = [
  {
    system:
      "You are a helpful assistant. Read the text. Find the name. Return the label. Do not explain. You MUST NOT guess!! Please be brief. Think step by step.",
    user: USER,
  },
  {
    system: "",
    user: "Answer the question.\n\nQuestion: {{question}}\n\nContext:\n{{context}}\n\nAnswer in one of the languages. Answer in one of the languages.",
  },
  {
    system: "# Role: Sorter\n\n## Goals\n- Sort the message.\n\n## Rules\n- Be exact.\n\n## OutputFormat\nThe label alone.",
    user: "Text: {{text}}\n\nTopic: {{topic}}",
  },
  { system: "Answer with a short phrase. Use only the passages.", user: `<passages>\n{{passages}}\n</passages>\n\n{{question}}` },
  { system: "", user: "{{text}}" },
  { system: "You sort mail.\n\nRead the mail. Then find the name. Return the label.", user: "{{text}}" },
  { system: "Translate the mail. Classify its tone. Extract the names. Return them.", user: "{{text}}" },
];
const prompts: readonly Prompt[] = [
  ...faulty,
  ...[...Object.values(goodPrompts), ...badPrompts.map(({ text }) => text)].flatMap((text) => [
    { system: text, user: "" },
    { system: "", user: text },
    { system: text, user: "Question: {{question}}" },
  ]),
];

interface Change {
  readonly prompt: Prompt;
  readonly facts: Facts;
  readonly after: Prompt;
}

/** What an operator makes of the prompts, each result once. */
function changesBy(operator: Operator): readonly Change[] {
  const all = prompts.flatMap((prompt) =>
    facts.flatMap((one): readonly Change[] => {
      const after = operator.apply(prompt, one);
      return after === undefined ? [] : [{ prompt, facts: one, after }];
    }),
  );
  return [...new Map(all.map((change) => [JSON.stringify([change.after, change.facts.model]), change] as const)).values()];
}

const tagsOf = ({ system, user }: Prompt): readonly string[] =>
  [...`${system}\n${user}`.matchAll(/\{\{[^{}]*\}\}/g)].map(([tag]) => tag).toSorted();

test("names are given once, and the rules that propose them exist", () => {
  expect(new Set(operators.map(({ name }) => name)).size).toBe(operators.length);
  const ids = rules.map(({ id }) => id);
  for (const { name, rule } of operators) if (rule !== undefined) expect(ids, name).toContain(rule);
});

const fencesOf = ({ system, user }: Prompt): readonly string[] =>
  [...`${system}\n\n${user}`.matchAll(/^(```|~~~)[^\n]*\n[^]*?^\1/gm)].map(([block]) => block).toSorted();

const brokenIn = ({ system, user }: Prompt) => [system, user].flatMap(faultsOfTemplate);

/** What a rule finds in the two templates of a prompt. */
function findingsOf(id: string | undefined, { system, user }: Prompt, one: Facts) {
  const chosen = rules.filter((rule) => rule.id === id);
  return [
    ...lint(readText(system, { role: "system" }), { ...one, beside: user }, chosen),
    ...lint(readText(user, { role: "user" }), { ...one, beside: system }, chosen),
  ];
}

const errors = rules.filter(({ level }) => level === "error");

describe.each(operators.map((operator) => [operator.name, operator] as const))("%s", (_, operator) => {
  const changes = changesBy(operator);

  test("changes some prompt", () => {
    expect(changes.length).toBeGreaterThan(0);
    for (const { prompt, after } of changes) expect(after).not.toEqual(prompt);
  });

  test("applied again it changes nothing more", () => {
    for (const { after, facts: one } of changes) expect(operator.apply(after, one), `${after.system}\n====\n${after.user}`).toBeUndefined();
  });

  test("keeps every placeholder, section tag and fenced block, in one piece", () => {
    for (const { prompt, after } of changes) {
      expect(tagsOf(after)).toEqual(tagsOf(prompt));
      expect(fencesOf(after)).toEqual(fencesOf(prompt));
      expect(brokenIn(after).length).toBeLessThanOrEqual(brokenIn(prompt).length);
    }
  });

  test("leaves none of the findings that it is there to mend", () => {
    const mended = changes.filter(({ prompt, facts: one }) => findingsOf(operator.rule, prompt, one).length > 0);
    if (operator.rule !== undefined) expect(mended.length, operator.rule).toBeGreaterThan(0);
    for (const { after, facts: one } of mended)
      expect(findingsOf(operator.rule, after, one), `${after.system}\n====\n${after.user}`).toEqual([]);
  });

  test("does the same each time", () => {
    for (const { prompt, facts: one, after } of changes) expect(operator.apply(prompt, one)).toEqual(after);
  });

  test("makes no prompt worse by the linter's own errors", () => {
    const errorsIn = ({ system, user }: Prompt): number => [system, user].flatMap((text) => lint(readText(text), {}, errors)).length;
    for (const { prompt, after } of changes)
      expect(errorsIn(after), `${after.system}\n====\n${after.user}`).toBeLessThanOrEqual(errorsIn(prompt));
  });
});

describe("the embedded engine", () => {
  const fields = { question: "Where does Ann live?", passages: "[1] Ann\nAnn lives in Rome.", text: "My card was stolen." };
  const read = (prompt: Prompt) =>
    explain([
      { role: "system", content: renderTemplate(prompt.system, fields) },
      { role: "user", content: renderTemplate(prompt.user, fields) },
    ]);
  const applied = (name: string, prompt: Prompt, one: Facts): Prompt => {
    const after = operators.find((operator) => operator.name === name)?.apply(prompt, one);
    if (after === undefined) throw new Error(`${name} does not apply`);
    return after;
  };
  const bare: Prompt = { system: "You answer for a bank.", user: USER };

  test("honours the words of the operators that it has a row for", () => {
    expect(read(applied("add-unknown", bare, { passages: true })).refusal).toBe("I don't know");
    const labels = ["card_lost", "refund", "other"];
    const sorting: Prompt = { system: "Sort the message.", user: "Message: {{text}}" };
    expect(read(applied("label-list", sorting, { answers: { kind: "label", labels } })).labels).toEqual(labels);
    const many = Array.from({ length: 30 }, (_, i) => `intent_${i}`);
    expect(read(applied("label-list", sorting, { answers: { kind: "label", labels: many } })).labels).toEqual(many);
    for (const [name, one] of [
      ["short-answer", { answers: { kind: "phrase" } }],
      ["full-sentence", { answers: { kind: "text" } }],
      ["only-passages", { passages: true }],
      ["quote-first", { passages: true }],
      ["add-schema", { answers: { kind: "json", keys: ["name", "city"] } }],
    ] as const)
      expect(read(applied(name, bare, one)).honoured.length, name).toBeGreaterThan(read(bare).honoured.length);
  });

  test("finds question and passages in tags, and after they changed places", () => {
    for (const name of ["delimit"]) expect(read(applied(name, bare, {}))).toMatchObject({ question: fields.question, passages: ["1"] });
    const first: Prompt = { system: "", user: "Question: {{question}}\n\nPassages:\n{{passages}}" };
    expect(read(applied("move-question-last", first, {}))).toMatchObject({ question: fields.question, passages: ["1"] });
  });
});

test.each(["German", "French", "Spanish", "Chinese", "Japanese"])("a prompt in %s gets no English words", (name) => {
  const prompt = { system: goodPrompts[name] ?? "", user: "{{x}}" };
  const layout = ["delimit", "move-question-last", "reorder-for-cache", "flatten"];
  const applying = facts.flatMap((one) =>
    operators.filter((operator) => operator.apply(prompt, one) !== undefined).map((operator) => operator.name),
  );
  expect(applying.filter((one) => !layout.includes(one))).toEqual([]);
});

test("an instruction goes where its like stand", () => {
  const apply = (system: string) =>
    operators.find(({ name }) => name === "add-unknown")?.apply({ system, user: "{{passages}}\n{{question}}" }, {})?.system;
  const added = 'If the answer is not in the passages, say "I don\'t know".';
  expect(apply("# Role: A\n\n## Rules\n1. Be calm.\n\n## Output\nText.")).toBe(
    `# Role: A\n\n## Rules\n1. Be calm.\n2. ${added}\n\n## Output\nText.`,
  );
  expect(apply("Rules:\n- Be calm.")).toBe(`Rules:\n- Be calm.\n- ${added}`);
  expect(apply("# Task\nAnswer.")).toBe(`# Task\nAnswer.\n\n## Rules\n- ${added}`);
  expect(apply("You answer.")).toBe(`You answer.\n${added}`);
});
