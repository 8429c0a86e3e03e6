import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { seeded } from "../stats/random.ts";
import { converted, dataToMarkdown, FORMATS, markdownToData } from "./convert.ts";
import { goodPrompts } from "./good-prompts.fixture.ts";

const LANGGPT = goodPrompts["LangGPT"] ?? "";

/** A text without the empty lines beside headings, which alone may change. */
function essence(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
}

/** Structured prompts of all shapes by chance: lists, pairs, prose, code, deeper sections, odd names. */
function promptBy(seed: number): string {
  const next = seeded(seed);
  const one = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
  const line = (): string =>
    one([
      "Be calm.",
      "Ask: why?",
      "输出一句话。",
      "`x: 1` # no heading",
      "\"quoted\", 'twice'",
      "- [ ] task",
      "true",
      "12",
      "a: b: c",
      "{{field}} and <Rules>",
      "* star",
      "…",
    ]);
  const lines = (make: (i: number) => string): string => Array.from({ length: 1 + Math.floor(next() * 4) }, (_, i) => make(i)).join("\n");
  const body = (depth: number): string =>
    one([
      () => lines(() => `- ${line()}`),
      () => lines((i) => `${i + 1}. ${line()}`),
      () => lines((i) => `- Key${i}: ${line()}`),
      () => lines(() => line()),
      () => `${line()}\n\n- ${line()}\n  - ${line()}\n1. ${line()}`,
      () => `\`\`\`\n# code\n\n- ${line()}\n\`\`\``,
      () => "",
      () =>
        depth > 1
          ? line()
          : `${one(["", `${line()}\n\n`, "- Author: Kim\n\n"])}${"#".repeat(depth + 2)} ${one(["Skill-1", "7", "__proto__"])}\n${body(depth + 1)}\n\n${"#".repeat(depth + 2)} Skill-2\n${body(depth + 1)}`,
    ])();
  const title = one([
    "# Role: Poet\n\n",
    "# A title\nSome text.\n\n",
    "",
    "---\nversion: 2 # a comment\n---\n# Role: Poet\n\n",
    "---\nversion: 2\nname: poet\n---\nBefore.\n\n# T\n\n",
  ]);
  const names = ["Goals", "Rules", "Role", "Text", "Meta", "constructor", "__proto__", "输出格式", "Profile", '"Odd": name'];
  const taken = title === "" ? [] : ["Role", "Text", "Meta"];
  const sections = names.filter((name) => next() < 0.5 && !taken.includes(name)).map((name) => `## ${name}\n${one(["", "\n"])}${body(1)}`);
  return `${title}${sections.length === 0 ? "## Goals\n- Rhyme." : sections.join("\n\n")}\n`;
}

const prompts = [LANGGPT, ...Array.from({ length: 150 }, (_, seed) => promptBy(seed))];

test.each(["json", "yaml"] as const)("Markdown, %s and Markdown again is the same prompt", (format) => {
  for (const prompt of prompts) {
    const back = converted(converted(prompt, "markdown", format, "p"), format, "markdown", "p");
    expect(essence(back), prompt).toEqual(essence(prompt));
    // Once it is in its form, nothing changes at all.
    expect(converted(converted(back, "markdown", format, "p"), format, "markdown", "p")).toBe(back);
  }
});

test("JSON and YAML hold the same data", () => {
  for (const prompt of prompts)
    expect(parse(converted(prompt, "markdown", "yaml", "p"))).toEqual(JSON.parse(converted(prompt, "markdown", "json", "p")));
});

test("code blocks keep their empty lines and headings", () => {
  const prompt = "## Format\n```\n# not a heading\n\n\nend\n```\n\n## Rules\n- One.\n";
  expect(converted(converted(prompt, "markdown", "json", "p"), "json", "markdown", "p")).toBe(prompt);
});

test("a LangGPT prompt becomes what one would write by hand", () => {
  expect(markdownToData(LANGGPT, "p")).toMatchObject({
    Role: "Editor of recipes",
    Profile: { Author: "Kim", Version: "1.2", Language: "English" },
    Goals: ["Write a recipe from the notes."],
    Workflow: ["1. Read the notes.", "2. List the ingredients in the order of their use.", "3. Write the steps."],
    OutputFormat: "A title, a list of ingredients, numbered steps.",
  });
});

test("data by other hands are written out whole", () => {
  const data = {
    role: { name: "Poet", profile: { author: "Kim", version: 1 }, skills: [{ name: "rhyme", level: 3 }, "metre"], rules: null },
  };
  expect(dataToMarkdown(data)).toBe(
    "# Role: Poet\n\n## profile\n- author: Kim\n- version: 1\n\n## skills\n- name: rhyme\n  level: 3\n- metre\n\n## rules",
  );
});

describe("what has no such form is refused with its reason", () => {
  test.each([
    ["Sort the mail.", "markdown", "headings"],
    ["# A\n\n# B", "markdown", "second title"],
    ["## A\nx\n## A\ny", "markdown", 'two sections are named "A"'],
    ["# Role: A\n## Role\nx", "markdown", 'what stands in the title and a section are both named "Role"'],
    ["# A\nb\n## Text\nx", "markdown", 'what stands below the title and a section are both named "Text"'],
    ["## 1\nx\n## A\ny\n## 0\nz", "markdown", "number"],
    ["[1, 2]", "json", "no map of sections"],
    ["", "yaml", "no map of sections"],
    ['{"Role": ', "json", "not readable"],
  ] as const)("%j", (content, from, why) => {
    for (const to of FORMATS) expect(() => converted(content, from, to, "p.md")).toThrow(new RegExp(`^p\\.md: .*${why}`));
  });
});
