import { describe, expect, test } from "vitest";
import type { Case, Splits } from "../types.ts";
import { badPrompts } from "./bad-prompts.fixture.ts";
import { goodPrompts } from "./good-prompts.fixture.ts";
import { lint } from "./lint.ts";
import { rules } from "./rules/index.ts";
import { textTemplate } from "./source.ts";
import { readText } from "./text.ts";
import type { Known, Rule } from "./types.ts";

/** Marks where a finding must begin, and where it must end. */
const [FROM, TO] = ["⟦", "⟧"];

const kase = (id: string, question: string, expected = "yes"): Case => ({ id, fields: { question }, expected });
const splits: Splits = {
  train: [kase("t1", "How long do I have to send back a lamp that came broken?")],
  select: [],
  confirm: [],
  test: [kase("x1", "Which of the two valves closes first when the power goes out?")],
};
/** Splits whose one case asks this. */
const asking = (question: string): Splits => ({ train: [], select: [], confirm: [], test: [kase("x", question)] });
const labels: Known = { answers: { kind: "label", labels: ["refund", "delay"] } };

/** Of each rule: prompts with the fault, the place marked, and what is near to it and right. */
const faults: Readonly<
  Record<string, { readonly bad: readonly (readonly [string, Known?])[]; readonly good: readonly (readonly [string, Known?])[] }>
> = {
  "structure/one-h1": {
    bad: [["# Role: Poet\n\n## Goals\n- Rhyme.\n\n⟦# Role: Critic⟧\n\n## Goals\n- Judge."]],
    good: [["# Identity\nYou sort mail.\n\n# Instructions\nBe exact.\n\n# Examples\nnone yet"]],
  },
  "structure/heading-levels": {
    bad: [["## Rules\n\n⟦####⟧ Tone\nCalm."], ["# A\n## B\n### C\n⟦####⟧ D\ntext"]],
    good: [["## A\ntext\n### B\ntext\n## C\ntext"], ["```\n# one\n### three\n```"]],
  },
  "structure/required": {
    bad: [
      ["⟦# Role: Poet⟧\n\n## Profile\n- Language: English\n\n## Rules\n- Rhyme."],
      ["⟦You extract data.⟧", { answers: { kind: "json", keys: ["name"] }, beside: "{{text}}" }],
      ["⟦Answer from the tables.⟧", { parsed: "SQL", beside: "{{question}}" }],
      ["⟦⟧"],
    ],
    good: [
      ['You extract data. Return JSON with the field "name".', { answers: { kind: "json", keys: ["name"] }, beside: "{{text}}" }],
      ["You extract data.", { answers: { kind: "json" }, beside: "{{text}}", enforced: true }],
      ["You extract data.", { answers: { kind: "json" } }],
      ["Write SQL for SQLite.", { parsed: "SQL", beside: "{{question}}" }],
      ["Question: {{question}}"],
    ],
  },
  "structure/duplicate": {
    bad: [["## Rules\n- a\n\n## Output\nx\n\n⟦## Rules⟧\n- b"]],
    good: [["## One\n### Notes\na\n## Two\n### Notes\nb"]],
  },
  "structure/empty": {
    bad: [["## Goals\n- a\n\n⟦## Rules⟧\n\n## Output\nx"]],
    good: [
      ["## Output format\n### Summary\n### Risks\n### Next steps\n\n## Rules\n- Be exact."],
      ["## Rules\n### Tone\nCalm.\n\n## Context"],
      ["# Title\n\nText."],
    ],
  },
  "structure/order": {
    bad: [["# Role: A\n\n## Workflow\n1. b\n\n⟦## Goals⟧\n- c"]],
    good: [
      ["# Role: A\n\n## Goals\n- c\n\n## Skills\n- d\n\n## Workflow\n1. b"],
      ["## Output\nx\n\n## Task\ny"],
      ["# Workflow\n1. Read.\n\n# Constraints\n- Ask first.\n\n# Tools\n- grep"],
    ],
  },
  "ref/unresolved": {
    bad: [
      ["# Role: A\n\n## Goals\n- b\n\n## Rules\n- c\n\n## Initialization\nFollow the ⟦<Ruls>⟧."],
      ["Question: ⟦{{qestion}}⟧", { fields: ["question"] }],
      ["---\nvariables: [question, tone]\n---\n{{question}}"],
      ["⟦{{#passages}}⟧\n{{passages}}\n\n{{question}}"],
      ["Question: ⟦{{question⟧\nAnswer in a word."],
    ],
    good: [
      [
        "# Role: A\n\n## Profile\n- Language: English\n\n## Rules\n- c\n\n## Initialization\nAs <Role>, <Rules>, <Language>, <Constraints>.",
      ],
      ["Write <Answer>…</Answer>. Fill <Name>."],
      ["{{question}} {{passages}}", { fields: ["question"] }],
      ["{{#if tone}}Write in a {{tone}} tone.{{/if}}\n{{question}}"],
      ["# Identity\nYou know <CR> and ref<Element>().\n\n# Output\nOne line."],
      ["{{question}}"],
    ],
  },
  "ref/mixed-placeholders": {
    bad: [
      ["{{question}}\n\nAnswer ⟦{question}⟧ now."],
      ["Answer ⟦[question]⟧.", { fields: ["question"] }],
      ["Answer ⟦<question>⟧.", { fields: ["question"] }],
      ["Order ⟦${order}⟧ of {{customer}}."],
    ],
    good: [
      ["Use <question>.", { fields: ["question"], beside: "<question>{{question}}</question>" }],
      ["<question>\n{{question}}\n</question>\nAnswer as {city}, {country}."],
      ["{{question}}\n```\n{question}\n```"],
      ["{{question}} [question](x)"],
      ["Write \\frac{text}{2} and /users/{text} for {{text}}."],
      ["Keep `${order}` as it is.\n\n{{text}}"],
    ],
  },
  "ref/leftover": {
    bad: [
      ["# Role: ⟦Your_Role_Name⟧"],
      ["- Author: ⟦xxx⟧"],
      ["1. ⟦xxx⟧\n"],
      ["⟦TODO:⟧ name the tone"],
      ["Be calm.\n- ⟦TODO⟧ name the tone"],
      ["You work for ⟦[INSERT COMPANY]⟧."],
      ["You are the assistant of ⟦[Company Name]⟧. Answer in two sentences."],
      ["# Role: Guide\n\n## Goals\n- ⟦[Describe the goal here]⟧"],
      ["Fees: ⟦TODO⟧\nBe calm."],
      ["Compute the price. ⟦TODO:⟧ the tone"],
      ["⟦Lorem ipsum⟧ dolor".replace("L", "l")],
    ],
    good: [
      ["Find every TODO in the code."],
      ['Phone numbers look like "xxx-xxxx".'],
      ["Mask digits as xxx-xxx."],
      ["Write `TODO: why` above it."],
      ["Titles are in [brackets]."],
      ["You are given [Question] and [Answer]. Compare them."],
      ["## Objectives\n- [List three objectives]\n\n## Steps\n1. [First step]"],
      ["# Role: Poet\n\n## Profile\n- Language: English\n\n## Initialization\nAs a <Role>, greet in <Language>."],
    ],
  },
  "input/delimited": {
    bad: [
      ["Summarize ⟦{{text}}⟧ in one sentence."],
      ["Read the following message and answer it ⟦{{message}}⟧"],
      ["Translate the text to French: ⟦{{text}}⟧ and keep the Markdown."],
      ["<question>\n⟦{{question}}⟧\n</question>", { splits: asking("How </question> is closed") }],
      ['"""\n⟦{{question}}⟧\n"""', { splits: asking('What does """ do?') }],
      ['The user asks "⟦{{question}}⟧" today.', { splits: asking('Who said "no"?') }],
    ],
    good: [
      ["Text: {{text}}"],
      ["Q: {{question}} A:"],
      ["<question>\n{{question}}\n</question>", { splits: asking("What is <b>?") }],
      ['The user wrote "{{message}}" yesterday.'],
      ["<text>{{text}}</text>"],
      ["Describe {{city}} in one paragraph."],
      ["{{#passages}}{{passages}}{{/passages}}\n{{question}}"],
      ["Summarize the text:\n{{text}}"],
    ],
  },
  "input/long-first": {
    bad: [["Question: ⟦{{question}}⟧\n\nContext:\n{{context}}"]],
    good: [["{{context}}\n\n{{question}}"], ["{{question}}\n\n{{context}}\n\n{{question}}"], ["{{question}}\n{{context}}\n{{answer}}"]],
  },
  "output/schema": {
    bad: [
      ["Return the order as ⟦JSON⟧.\n\n<email>\n{{email}}\n</email>"],
      ["Read the message. Return ⟦JSON⟧."],
      ['Return JSON with the fields "a" and "b".\n\nOutput: ⟦{"a": 1}⟧'],
    ],
    good: [
      ["Return a JSON array of strings."],
      ['Return JSON: {"a": 1}'],
      ['Return JSON with the fields "a" and "b".\n\nInput: {"x": 1}\nOutput: {"a": 1, "b": 2}'],
      ["The input is JSON. Answer in one sentence."],
      ["Return JSON.", { enforced: true }],
      ["Return JSON.", { beside: 'Fields: "name"' }],
      ["{% if x %}a{% endif %} Answer in one sentence."],
    ],
  },
  "output/unknown": {
    bad: [
      ["⟦Answer from the passages.⟧\n\n{{passages}}\n\nQuestion: {{question}}"],
      ["⟦You answer questions.⟧", { beside: "{{passages}}\n{{question}}" }],
    ],
    good: [
      ["Answer from the passages, or say that it is unknown.\n\n{{passages}}\n\nQuestion: {{question}}"],
      ["If the answer cannot be found in the context, state that clearly.\n\n{{context}}\n\nQuestion: {{question}}"],
      ["{{passages}}\n\n{{question}}"],
      ["Answer the question: {{question}}"],
      ["You answer questions. If the passages do not say, admit it.", { beside: "{{passages}}\n{{question}}" }],
      ["Antworte anhand der Texte.\n\n{{context}}\n\nFrage: {{question}}"],
      ["Sort it.\n{{context}}\n{{question}}", labels],
      ["Grade the answer.\n{{context}}\n{{question}}\n{{answer}}"],
    ],
  },
  "rules/contradiction": {
    bad: [
      ["- Always cite the source.\n- ⟦Never cite the source.⟧"],
      ["Answer in at most 20 words.\n⟦Answer in at most 50 words.⟧"],
      ["Answer in German.\n⟦Respond in English.⟧"],
      ["Answer with one word.\n⟦Answer in a full sentence.⟧"],
      ["Do not use Markdown. ⟦Answer with a Markdown table.⟧"],
      ["Answer with only the label. ⟦Explain your answer in two sentences.⟧"],
      ["You must always ask for the number. ⟦You must never ask for the number.⟧"],
      ["Keep answers below 40 words. ⟦Your answers have at most 300 words.⟧"],
    ],
    good: [
      ["Always cite the source. Never cite a forum."],
      ["If the user is a child, answer in at most 20 words. Otherwise answer in at most 50 words."],
      ["The title has at most 8 words. The summary has at most 50 words."],
      ["Answer with a short phrase, not in a full sentence."],
      ["Answer in at most three sentences. Use 3 sentences."],
      ["Write the title in at most 8 words each. Write the notes in at most 20 words each."],
      ["First explain your choice in one sentence. Then answer with only the label on the last line."],
      ['Return only JSON with "label" and "reason". Explain your choice in two sentences.'],
      ["Do not use Markdown. Convert the table below to text."],
      ["Answer in at least 20 and at most 50 words. Answer in German."],
    ],
  },
  "rules/negative-only": {
    bad: [["⟦Do not use jargon.⟧ Don't write lists. Never apologize."]],
    good: [["Do not use jargon; use everyday words. Never apologize. Answer in two sentences."], ["Don't guess."]],
  },
  "rules/no-reason": {
    bad: [["⟦You must cite the file.⟧ Never name people. Always answer in English."]],
    good: [["You must cite the file, because readers check it. Never name people. Always answer in English."], ["Never name people."]],
  },
  "rules/too-many": {
    bad: [[`⟦## Rules⟧\n${Array.from({ length: 16 }, (_, i) => `- Rule ${i} is kept.`).join("\n")}`]],
    good: [
      [`## Rules\n${Array.from({ length: 15 }, (_, i) => `- Rule ${i} is kept.`).join("\n")}`],
      [`## Labels\n${Array.from({ length: 40 }, (_, i) => `- l${i}`).join("\n")}`],
    ],
  },
  "rules/shouting": {
    bad: [["You ⟦MUST⟧ answer. NEVER guess. ALWAYS cite. DO NOT apologize."], ["Answer now⟦!!!⟧"]],
    good: [
      ["List findings under CRITICAL:, IMPORTANT: and REQUIRED:, and say which are NOT ONLY yours."],
      ["Answer with SUPPORTS, REFUTES or NOT ENOUGH INFO. Use the API. Do NOT guess."],
      ['Say "NOT NOW!!" when asked.'],
    ],
  },
  "rules/vague": {
    bad: [["You help. ⟦Be concise⟧."], ["Give ⟦good answers⟧ with dates, names, etc. to users."]],
    good: [["Be concise: at most 30 words."], ["List dates, names, etc."], ["Answer with the label."]],
  },
  "task/multi": {
    bad: [["Translate the text to German. Summarize it in a sentence. ⟦Classify its tone.⟧\n\n<text>\n{{text}}\n</text>"]],
    good: [["1. Translate the text.\n2. Summarize it.\n3. Classify its tone."], ["Classify the text. Extract the names."]],
  },
  "cot/model": {
    bad: [
      ["⟦Solve the word problem.⟧ Write the number alone.", { model: "plain" }],
      ["Solve it. ⟦Think step by step⟧."],
      ['⟦Think step by step⟧, then write the answer after "Answer:".', { model: "reasoning" }],
    ],
    good: [
      ['Think step by step, then write the answer after "Answer:".'],
      ["Do not think step by step."],
      ["Solve the word problem.", { model: "reasoning" }],
      ["Solve the word problem.", { model: "plain", enforced: true }],
      ["Name the capital.", { model: "plain" }],
      ["Think step by step.\n\n## Output format\nThe number."],
      ["Explain each step to the pupil."],
    ],
  },
  "examples/count": {
    bad: [["⟦Answer in the following format.⟧ Keep it short."]],
    good: [["Answer in the following format:\nName - Date"], ["Answer in the following format.\n\n```\nName - Date\n```"]],
  },
  "examples/format": {
    bad: [['Input: a\nOutput: {"x": 1}\n\nInput: b\nOutput: ⟦x is 2⟧']],
    good: [['Input: a\nOutput: {"x": 1}\n\nInput: b\nOutput: {"x": null}'], ["Q: a\nA: yes\n\nQ: b\nA: no"]],
  },
  "examples/labels": {
    bad: [
      ["Text: a\nLabel: ⟦refnd⟧", labels],
      ["Text: a\nLabel: ⟦refund⟧\nText: b\nLabel: refund\nText: c\nLabel: refund\nText: d\nLabel: refund", labels],
    ],
    good: [["Text: a\nLabel: refund\nText: b\nLabel: delay", labels], ["Text: a\nLabel: anything"]],
  },
  "examples/leak": {
    bad: [["Q: ⟦Which of the two valves closes first when the power goes out⟧?\nA: the upper", { splits }]],
    good: [["Q: How long do I have to send back a lamp that came broken?\nA: yes", { splits }]],
  },
  "persona/filler": {
    bad: [
      ["⟦You are a helpful assistant.⟧ Sort the mail."],
      ["Sort the mail. ⟦I'll tip you $100 for it.⟧"],
      ["⟦Please⟧ sort the mail."],
      ["⟦As the world's best translator,⟧ translate it."],
    ],
    good: [
      ["You are a tax advisor in Ohio. Sort the mail."],
      ["Thank the customer and ask them to send a photo."],
      ['Reply with "Please talk to an adult".'],
    ],
  },
  "size/tokens": {
    bad: [[`⟦Say this.⟧\n${"words and more words ".repeat(1700)}`]],
    good: [["words ".repeat(4000)]],
  },
  "size/duplicate-lines": {
    bad: [["Cite the source of each claim. Be calm.\n⟦Cite the source of each claim.⟧"]],
    good: [["Be calm. Cite it.\nBe calm."], ["Input: cite the source of it\nOutput: a\nInput: cite the source of it\nOutput: a"]],
  },
  "size/cache-order": {
    bad: [[`⟦{{question}}⟧\n\n${"Always the same words follow here. ".repeat(30)}`]],
    good: [[`${"Always the same words stand here. ".repeat(30)}\n\n{{question}}`]],
  },
  "meta/version": {
    bad: [["⟦Sort the mail.⟧\nNow."]],
    good: [["---\nversion: 3\n---\nSort the mail."], ["## Profile\n- Author: Kim"], [""]],
  },
  "meta/disable": {
    bad: [["<!-- llmopt-disable ⟦rules/vage⟧ -->\nHello."], ["⟦<!-- llmopt-disabel rules/vague -->⟧\nHello."]],
    good: [["<!-- llmopt-disable rules/vague, size/tokens -- we like it -->\nHello."], ["<!-- TODO later -->\nHello."]],
  },
};

function found(rule: Rule, marked: string, known: Known = {}): readonly string[] {
  const text = marked.replace(/[⟦⟧]/g, "");
  return lint(textTemplate(text).text, known, [rule]).map(({ start, end }) => text.slice(start, end));
}

test("every rule has its cases here", () => {
  expect(rules.map(({ id }) => id).toSorted()).toEqual(Object.keys(faults).toSorted());
});

describe.each(rules.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
  test("finds the fault where it is", () => {
    for (const [marked, known] of faults[id]?.bad ?? []) {
      const wanted = marked.includes(FROM) ? [marked.slice(marked.indexOf(FROM) + 1, marked.indexOf(TO))] : [expect.any(String)];
      expect(found(rule, marked, known), marked.slice(0, 200)).toEqual(wanted);
    }
  });

  test("is silent where it is not", () => {
    for (const [text, known] of faults[id]?.good ?? []) expect(found(rule, text, known), text.slice(0, 200)).toEqual([]);
  });

  test("says what is wrong and what would be right", () => {
    for (const [marked, known] of faults[id]?.bad ?? [])
      for (const { message } of lint(textTemplate(marked.replace(/[⟦⟧]/g, "")).text, known, [rule])) expect(message).toMatch(/[;,] .|\?$/);
  });
});

test.each(badPrompts.map(({ rule, text, known }) => [rule, text.slice(0, 60), text, known] as const))(
  "%s is found in a prompt as people write them: %s",
  (rule, _, text, known) => {
    const template = textTemplate(text, known?.beside === undefined ? undefined : "system");
    expect(lint(template.text, known).map((finding) => finding.rule)).toContain(rule);
  },
);

test.each(Object.entries(goodPrompts))("a good prompt is left in peace: %s", (_, text) => {
  const findings = lint(readText(text));
  expect(findings.filter(({ level }) => level !== "info")).toEqual([]);
  expect(findings.length).toBeLessThanOrEqual(2);
});
