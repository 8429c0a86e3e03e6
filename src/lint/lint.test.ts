import { describe, expect, test } from "vitest";
import { directivesIn, withoutDirectives } from "./directives.ts";
import { fixed } from "./fix.ts";
import { goodPrompts } from "./good-prompts.fixture.ts";
import { lint } from "./lint.ts";
import { locate } from "./located.ts";
import { rules } from "./rules/index.ts";
import { sarifOf } from "./sarif.ts";
import { dataTemplates, textTemplate } from "./source.ts";
import { readText } from "./text.ts";

const SHOUT = "Answer now!!";
const only = (id: string) => rules.filter((rule) => rule.id === id);
const lines = (content: string): readonly string[] => {
  const template = textTemplate(content);
  return locate("p.md", content, template, lint(template.text)).map(({ from, rule }) => `${from.line}:${from.column} ${rule}`);
};

describe("disabling", () => {
  const rule = "rules/shouting";
  const shouts = (content: string): readonly string[] => lines(content).filter((line) => line.endsWith(rule));

  test("by a comment for the file, wherever it stands, and by front matter", () => {
    expect(shouts(`${SHOUT}\n\nBye.\n<!-- llmopt-disable ${rule} -->`)).toEqual([]);
    expect(shouts(`---\nversion: 1\nlint: { disable: [${rule}] }\n---\n${SHOUT}`)).toEqual([]);
    expect(lines(`<!-- llmopt-disable -->\n${SHOUT}`)).toEqual([]);
  });

  test("by a comment for the next line, or on the line, and no other", () => {
    const other = "rules/vague";
    expect(shouts(`<!-- llmopt-disable-next-line ${rule} -- a joke -->\n${SHOUT}`)).toEqual([]);
    expect(shouts(`${SHOUT} <!-- llmopt-disable-line ${other}, ${rule} -->`)).toEqual([]);
    expect(shouts(`<!-- llmopt-disable-next-line ${other} -->\n${SHOUT}`)).toEqual([`2:11 ${rule}`]);
    expect(shouts(`<!-- llmopt-disable-next-line ${rule} -->\n\n${SHOUT}`)).toEqual([`3:11 ${rule}`]);
  });

  test("of an unknown rule is said, also in front matter, and where all is disabled", () => {
    expect(lines("---\nversion: 1\nlint: { disable: [rules/vage] }\n---\nHello.")).toEqual(["3:19 meta/disable"]);
    expect(lines("---\nversion: 1\n---\n<!-- llmopt-disable rules/vage -->\n<!-- llmopt-disable -->")).toEqual(["4:21 meta/disable"]);
  });
});

test("comments for the linter are taken out whole, and offsets lead back", () => {
  const text =
    "<!-- llmopt-disable a -->\nOne {{x}}. <!-- llmopt-disable-line b -->\n<!-- kept -->\n  <!-- llmopt-disable-next-line c -->\nTwo.";
  const { text: sent, at } = withoutDirectives(text);
  expect(sent).toBe("One {{x}}.\n<!-- kept -->\nTwo.");
  for (const piece of ["One", "{{x}}", "<!-- kept", "Two"]) expect(at(sent.indexOf(piece))).toBe(text.indexOf(piece));
  expect(directivesIn(sent)).toEqual([]);
});

describe("places", () => {
  test("are those of the file: BOM, carriage returns, front matter, wide characters", () => {
    expect(lines("\uFEFF---\r\nversion: 1\r\n---\r\n\r\n😀 好 Answer!!\r\n")).toEqual(["5:12 rules/shouting"]);
    expect(lines("\uFEFFAnswer!!").filter((line) => line.endsWith("shouting"))).toEqual(["1:7 rules/shouting"]);
  });

  test.each([
    ["YAML block", "system: |\n  Be calm.\n\n  Answer!!\nuser: '{{x}}'\n", "4:9"],
    ["YAML folded", "system: >\n  Be calm\n  and answer!!\n", "3:13"],
    ["YAML in quotes", "user: 'It''s {{x}}. Answer!!'\n", "1:27"],
    ["JSON with escapes", '{"user": "A \\"b\\"\\n\\u00e9 Answer!!"}', "1:33"],
    ["messages", '[{"role": "system", "content": "Answer!!"}]', "1:39"],
    ["sections", "Role: Poet\nRules:\n  - Be calm.\n  - Answer!!\n", "4:11"],
  ])("in %s lead to the very characters", (_, content, place) => {
    const found = dataTemplates(content, "p").flatMap((template) =>
      locate("p", content, template, lint(template.text, {}, only("rules/shouting"))),
    );
    expect(found.map(({ from }) => `${from.line}:${from.column}`)).toEqual([place]);
  });

  test("of what is no YAML are in the message", () => {
    expect(() => dataTemplates("a: [1\nb: }", "p.yaml")).toThrow(/^p\.yaml:\d+:\d+: not readable/);
  });
});

describe("fixes", () => {
  const faulty =
    "---\nversion: 1\n---\n## A\n#### B\nUse {text} and cite each source.\nCite it at the end. Be kind to all users.\n- Be kind to all users.\n\n{{text}}\n";
  const mended =
    "---\nversion: 1\n---\n## A\n### B\nUse {{text}} and cite each source.\nCite it at the end. Be kind to all users.\n\n{{text}}\n";

  test("mend what is mechanical, and then nothing is left to mend", () => {
    expect(fixed(faulty, {}, rules).content).toBe(mended);
    expect(fixed(mended, {}, rules)).toEqual({ content: mended, mended: [] });
  });

  test("keep line ends and a BOM as they are", () => {
    const windows = (text: string) => `\uFEFF${text.replaceAll("\n", "\r\n")}`;
    expect(fixed(windows(faulty), {}, rules).content).toBe(windows(mended));
    const sentence = "Cite each of the sources. Cite each of the sources.\r\nBye.\r\n";
    expect(fixed(sentence, {}, rules).content).toBe("Cite each of the sources.\r\nBye.\r\n");
  });

  test("leave good prompts, what is disabled and what vendors dispute alone", () => {
    for (const text of Object.values(goodPrompts)) expect(fixed(text, {}, rules).content).toBe(text);
    const disabled = `<!-- llmopt-disable size/duplicate-lines -->\n${"Cite each of the sources.\n".repeat(2)}`;
    expect(fixed(disabled, {}, rules).content).toBe(disabled);
    const disputed = "Question: {{question}}\n\n{{context}}\n\nThink step by step. You MUST answer. Please cite.";
    expect(fixed(disputed, {}, rules).content).toBe(disputed);
  });
});

test("SARIF has what 2.1.0 requires, and every rule that a result names", () => {
  const content = "Answer!!\n\n{{text}} {text}";
  const template = textTemplate(content);
  const log = sarifOf(locate("a b/p.md", content, template, lint(template.text)), rules, "1.2.3") as {
    readonly version: string;
    readonly runs: readonly {
      readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] } };
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly level: string;
        readonly message: { readonly text: string };
        readonly locations: unknown;
        readonly fixes?: unknown;
      }[];
    }[];
  };
  expect(log.version).toBe("2.1.0");
  const [run] = log.runs;
  expect(run?.tool.driver.name).toBe("llmopt");
  expect(run?.results.length).toBeGreaterThan(1);
  for (const { ruleId, ruleIndex, level, message } of run?.results ?? []) {
    expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(["none", "note", "warning", "error"]).toContain(level);
    expect(message.text).not.toBe("");
  }
  expect(run?.results.find(({ ruleId }) => ruleId === "ref/mixed-placeholders")).toMatchObject({
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: "a%20b/p.md" }, region: { startLine: 3, startColumn: 10, endLine: 3, endColumn: 16 } },
      },
    ],
    fixes: [{ artifactChanges: [{ replacements: [{ insertedContent: { text: "{{text}}" } }] }] }],
  });
});

test("a text of any shape is read without a throw, and findings lie within it", () => {
  const odd = [
    "",
    " ",
    "\uFEFF",
    "---",
    "---\n---\n",
    "{{",
    "{{#a}}",
    "<!-- llmopt-",
    "<!-- llmopt-disable",
    "# ",
    "```",
    "\u0000",
    "\uD800",
    "- ",
    "{".repeat(500),
    "<a>".repeat(300),
  ];
  for (const text of odd)
    for (const { start, end } of lint(readText(text))) {
      expect(start).toBeGreaterThanOrEqual(0);
      expect(end).toBeLessThanOrEqual(text.length);
    }
});
