import { describe, expect, test } from "vitest";
import { faultsOfTemplate, placeholdersOf, renderTemplate } from "./template.ts";

describe("placeholders", () => {
  test("are found with their offsets, sections' openings among them", () => {
    expect(placeholdersOf("a {{b}} {{ c d }}{{#e}}{{e}}{{/e}}")).toEqual([
      { name: "b", offset: 2 },
      { name: "c d", offset: 8 },
      { name: "e", offset: 17 },
      { name: "e", offset: 23 },
    ]);
  });

  test("are not what only looks like them", () => {
    expect(placeholdersOf('{"a": {"b": 1}} { {x} } {x}')).toEqual([]);
  });

  test("may stand in JSON", () => {
    expect(renderTemplate('{"q": {{q}}}', { q: "1" })).toBe('{"q": 1}');
  });

  test("may have names in any script", () => {
    expect(renderTemplate("问：{{问题}}", { 问题: "谁？" })).toBe("问：谁？");
  });
});

describe("values", () => {
  test.each(["{{b}}", "$&$1$$", "{{#a}}", "\\n", "a\nb", ""])("are inserted as they are: %j", (value) => {
    expect(renderTemplate("<{{a}}>", { a: value, b: "never" })).toBe(`<${value}>`);
  });

  test("must be given, with a word on what is", () => {
    expect(() => renderTemplate("{{questoin}}", { question: "" })).toThrow('{{questoin}}: no such field; did you mean "question"?');
    expect(() => renderTemplate("{{toString}}", { a: "" })).toThrow("no such field");
  });
});

describe("sections", () => {
  const template = "Answer.\n{{#passages}}\nPassages:\n{{passages}}\n{{/passages}}\nQ: {{q}}";
  test("are kept where the field is not empty, without their own lines", () => {
    expect(renderTemplate(template, { passages: "P", q: "?" })).toBe("Answer.\nPassages:\nP\nQ: ?");
  });
  test("leave no trace where it is empty", () => {
    expect(renderTemplate(template, { passages: "", q: "?" })).toBe("Answer.\nQ: ?");
  });
  test("nest", () => {
    const nested = "{{#a}}A{{#b}}B{{/b}}.{{/a}}!";
    const values = ["", "x"].flatMap((a) => ["", "x"].map((b) => renderTemplate(nested, { a, b })));
    expect(values).toEqual(["!", "!", "A.!", "AB.!"]);
  });
  test("keep the line that they share with text", () => {
    expect(renderTemplate("a\n{{#x}}b{{/x}}\nc", { x: "" })).toBe("a\n\nc");
  });
});

describe("faults", () => {
  test.each([
    ["{{#a}}x", "section {{#a}} is never closed; add {{/a}}"],
    ["x{{/a}}", "{{/a}} closes no open section; open it with {{#a}}, or remove it"],
    ["{{#a}}{{#b}}{{/a}}{{/b}}", "{{/a}} closes no open section; {{/b}} comes first"],
    ["x {{a", "{{ is never closed; write {{field}}"],
    ["x {{ }}", "a placeholder names no field; write {{field}}"],
  ])("of %j", (template, what) => {
    expect(faultsOfTemplate(template).map((fault) => fault.what)).toContain(what);
  });

  test("are none in a template that renders", () => {
    expect(faultsOfTemplate('{"a": {{a}}} {{#a}}{{a}}{{/a}} {x} }}')).toEqual([]);
  });
});
