import { describe, expect, test } from "vitest";
import { z } from "zod";
import { seeded } from "../stats/random.ts";
import { badPrompts } from "./bad-prompts.fixture.ts";
import { directivesIn, withoutDirectives } from "./directives.ts";
import { lineHashes } from "./fingerprints.ts";
import { fixed } from "./fix.ts";
import { goodPrompts } from "./good-prompts.fixture.ts";
import { lint } from "./lint.ts";
import { locate } from "./located.ts";
import { rules } from "./rules/index.ts";
import { sarifOf } from "./sarif.ts";
import { dataTemplates, textTemplate } from "./source.ts";
import { readText } from "./text.ts";
import type { Known } from "./types.ts";

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

test("what disables nothing is said, where that is sure", () => {
  const idle = (content: string, known: Known = {}, chosen = rules): readonly string[] =>
    lint(textTemplate(content).text, known, chosen).flatMap(({ rule, message }) => (rule === "meta/disable" ? [message] : []));
  const shout = "<!-- llmopt-disable-next-line rules/shouting -->";
  expect(idle(`${shout}\nAnswer.`)).toEqual(["rules/shouting disables nothing here; remove it"]);
  expect(idle(`${shout}\n${SHOUT}`)).toEqual([]);
  expect(idle("---\nlint: { disable: [rules/vague] }\n---\nAnswer.")).toHaveLength(1);
  expect(idle("<!-- llmopt-disable rules/vague, meta/disable -->\nAnswer.")).toEqual([]);
  // Another look may need it: with an experiment, or by more rules.
  expect(idle("<!-- llmopt-disable examples/leak -->\nAnswer.")).toEqual([]);
  expect(idle("<!-- llmopt-disable examples/leak -->\nAnswer.", { fields: [] })).toHaveLength(1);
  expect(idle("<!-- llmopt-disable -->\nAnswer.")).toEqual([]);
  expect(idle(`${shout}\nAnswer.`, {}, only("meta/disable"))).toEqual([]);
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

/** Good and bad prompts with lines changed about by chance, among them what rules mend and what they must leave alone. */
const varied: readonly string[] = Array.from({ length: 150 }, (_, seed) => {
  const next = seeded(seed);
  const one = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
  const claim = "Cite the source of each claim.";
  const odd = [
    "#### Deep",
    "Use {text} for {{text}}.",
    `${claim} ${claim}`,
    `- ${claim}`,
    `1. ${claim}`,
    `  ${claim}   `,
    "```\n{text}\n```",
    "",
  ];
  const own = one([...Object.values(goodPrompts), ...badPrompts.map(({ text }) => text)]).split("\n");
  const lines = [0, 1, 2].reduce<readonly string[]>(
    (all) => all.toSpliced(Math.floor(next() * (all.length + 1)), 0, one([...odd, ...own])),
    own,
  );
  return lines.join("\n").replace(/\n*$/, one(["", "\n", "\n\n"]));
});

describe("fixes of any prompt", () => {
  const mend = (text: string): string => fixed(text, { fields: ["text"] }, rules).content;

  test("are made once", () => {
    const changed = varied.filter((text) => mend(text) !== text);
    expect(changed.length).toBeGreaterThan(varied.length / 3);
    for (const text of changed) expect(mend(mend(text))).toBe(mend(text));
  });

  test("are the same with any line breaks, which stay, as do those at the end and a BOM", () => {
    const windows = (text: string): string => `\uFEFF${text.replaceAll("\n", "\r\n")}`;
    for (const text of varied) {
      expect(mend(windows(text))).toBe(windows(mend(text)));
      expect(/\n*$/.exec(mend(text))?.[0]).toBe(/\n*$/.exec(text)?.[0]);
    }
  });

  test("take no placeholder and no fenced block away", () => {
    const tags = (text: string): readonly string[] => [...text.matchAll(/\{\{[^{}]*\}\}/g)].map(([tag]) => tag);
    const fences = (text: string): readonly string[] => text.match(/^```[^\n]*\n[^]*?^```$/gm) ?? [];
    for (const text of varied) {
      for (const tag of new Set(tags(text))) {
        const count = (whole: string): number => tags(whole).filter((one) => one === tag).length;
        expect(count(mend(text)), text).toBeGreaterThanOrEqual(count(text));
      }
      expect(fences(mend(text))).toEqual(fences(text));
    }
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
  const log = sarifOf(locate("a b/p.md", content, template, lint(template.text)), rules, "1.2.3", new Map([["a b/p.md", content]])) as {
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
  const place = { artifactLocation: { uri: "a%20b/p.md", uriBaseId: "%SRCROOT%" } };
  const region = { startLine: 3, startColumn: 10, endLine: 3, endColumn: 16 };
  expect(run?.results.find(({ ruleId }) => ruleId === "ref/mixed-placeholders")).toMatchObject({
    locations: [{ physicalLocation: { ...place, region } }],
    fixes: [{ artifactChanges: [{ ...place, replacements: [{ deletedRegion: region, insertedContent: { text: "{{text}}" } }] }] }],
  });
});

describe("SARIF of any prompt", () => {
  const files = varied.slice(0, 40).map((content, at) => ({ file: `p/${at}.md`, content }));
  const located = files.flatMap(({ file, content }) => {
    const template = textTemplate(content);
    return locate(file, content, template, lint(template.text));
  });
  const log = sarifOf(located, rules, "1.2.3", new Map(files.map(({ file, content }) => [file, content])));
  const region = z.strictObject({
    startLine: z.int().min(1),
    startColumn: z.int().min(1),
    endLine: z.int().min(1),
    endColumn: z.int().min(1),
  });
  const artifactLocation = z.strictObject({ uri: z.string().regex(/^(?!\/|\.\.)[^\s\\]+$/), uriBaseId: z.literal("%SRCROOT%") });
  const message = z.strictObject({ text: z.string().min(1) });
  const level = z.enum(["note", "warning", "error"]);
  // What sections 3.13 to 3.56 of the specification and GitHub's code scanning ask for, of all that is written.
  const schema = z.strictObject({
    $schema: z.url(),
    version: z.literal("2.1.0"),
    runs: z.tuple([
      z.strictObject({
        tool: z.strictObject({
          driver: z.strictObject({
            name: z.literal("llmopt"),
            version: z.string(),
            rules: z.array(
              z.strictObject({
                id: z.string(),
                shortDescription: message,
                fullDescription: message,
                help: message,
                defaultConfiguration: z.strictObject({ level }),
              }),
            ),
          }),
        }),
        invocations: z.tuple([z.strictObject({ executionSuccessful: z.literal(true) })]),
        columnKind: z.literal("utf16CodeUnits"),
        results: z.array(
          z.strictObject({
            ruleId: z.string(),
            ruleIndex: z.int().min(0),
            level,
            message,
            locations: z.tuple([z.strictObject({ physicalLocation: z.strictObject({ artifactLocation, region }) })]),
            partialFingerprints: z.strictObject({ primaryLocationLineHash: z.string().regex(/^[0-9a-f]{1,16}:[1-9]\d*$/) }),
            fixes: z
              .tuple([
                z.strictObject({
                  description: message,
                  artifactChanges: z.tuple([
                    z.strictObject({
                      artifactLocation,
                      replacements: z.tuple([
                        z.strictObject({ deletedRegion: region, insertedContent: z.strictObject({ text: z.string() }) }),
                      ]),
                    }),
                  ]),
                }),
              ])
              .optional(),
          }),
        ),
      }),
    ]),
  });

  test("holds what the specification and code hosts ask for, and regions within their files", () => {
    const { runs } = schema.parse(log);
    const [{ results, tool }] = runs;
    expect(results.length).toBeGreaterThan(20);
    expect(new Set(tool.driver.rules.map(({ id }) => id)).size).toBe(tool.driver.rules.length);
    for (const { ruleId, ruleIndex, locations } of results) {
      expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
      const [{ physicalLocation }] = locations;
      const { startLine, startColumn, endLine, endColumn } = physicalLocation.region;
      const lines = files.find(({ file }) => file === physicalLocation.artifactLocation.uri)?.content.split("\n") ?? [];
      expect(startLine < endLine || (startLine === endLine && startColumn <= endColumn)).toBe(true);
      expect(endLine).toBeLessThanOrEqual(lines.length);
      expect(startColumn).toBeLessThanOrEqual((lines[startLine - 1]?.length ?? 0) + 1);
      expect(endColumn).toBeLessThanOrEqual((lines[endLine - 1]?.length ?? 0) + 1);
    }
  });

  test("names an absolute path by a file URI", () => {
    const uris = ["/a b/p.md", "C:\\a\\p.md", "./p.md"].map((file) => {
      const text = JSON.stringify(
        sarifOf(
          located.slice(0, 1).map((one) => ({ ...one, file })),
          rules,
          "1",
          new Map(),
        ),
      );
      return /"uri":"([^"]*)"/.exec(text)?.[1];
    });
    expect(uris).toEqual(["file:///a%20b/p.md", "file:///C:/a/p.md", "p.md"]);
  });
});

test("lines are known by the hashes that GitHub's own action gives them", () => {
  const hashes = (content: string, count: number) => [
    ...lineHashes(content, new Set(Array.from({ length: count }, (_, at) => at + 1))).values(),
  ];
  expect(hashes("", 1)).toEqual(["c129715d7a2bc9a3:1"]);
  expect(hashes(" a\nb\n  \t\tc\n d", 4)).toEqual(["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]);
  const lines = "Lorem ipsum dolor sit amet.\n".repeat(10);
  expect(hashes(lines, 8)).toEqual([
    ...[1, 2, 3, 4, 5, 6].map((nth) => `a7f2ff13bc495cf2:${nth}`),
    "a7f2ff1481e87703:1",
    "a9cf91f7bbf1862b:1",
  ]);
  expect(hashes(lines.replaceAll("\n", "\r\n"), 11)).toEqual(hashes(lines, 11));
});

test("prompts of other tools are read as what they send", () => {
  const read = (content: string) =>
    dataTemplates(content, "p.yaml").map(({ text, beside }) => ({ text: text.text, role: text.role, beside }));
  const chat =
    '[{"role": "developer", "content": [{"type": "text", "text": "Be calm."}]}, {"role": "assistant", "content": "No."}, {"role": "user", "content": "{{x}}"}]';
  expect(read(chat)).toEqual([
    { text: "Be calm.", role: "system", beside: "{{x}}" },
    { text: "{{x}}", role: "user", beside: "Be calm." },
  ]);
  const promptfoo = "prompts:\n  - Sort {{x}}.\n  - file://b.txt\n  - raw: Rank {{x}}.\ntests:\n  - vars: { x: TODO }\n";
  expect(read(promptfoo).map(({ text }) => text)).toEqual(["Sort {{x}}.", "Rank {{x}}."]);
  expect(read("instructions: Be calm.\ninput: a\n").map(({ role }) => role)).toEqual(["system"]);
});

test("a prompt of very many pieces is looked at whole", () => {
  const many = (line: string) => `${line}\n`.repeat(130_000);
  for (const line of ["# A", "!!", "{{x}}", "<!-- llmopt-disable rules/vague -->"]) {
    const template = textTemplate(many(line));
    expect(locate("p.md", many(line), template, lint(template.text)).length).toBeGreaterThan(0);
  }
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
