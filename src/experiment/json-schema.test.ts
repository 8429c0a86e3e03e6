import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { experimentJsonSchema } from "./json-schema.ts";
import { registry, YAML } from "./project.fixture.ts";

const schema = experimentJsonSchema(registry);
const validate = new Ajv2020({ strict: false }).compile(JSON.parse(JSON.stringify(schema)));

describe("the JSON Schema agrees with what is read", () => {
  const right = [
    YAML,
    YAML.replace("[polish]", "[polish, { use: polish, as: again, rounds: 3 }]"),
    `${YAML}endpoints: { openai: { concurrency: 3 } }`,
    YAML.replace("[same]", "[./evals/polite.ts, { use: evals/polite.mjs, as: p, length: 3 }]"),
    YAML.replace("[same]", "[{ use: judged, not: true, weight: 2, prompts: { verdict: judge.md } }]"),
    `${YAML}max_errors: 20`,
    `${YAML}knowledge: { files: docs/, exclude: [drafts, "*.tmp"], columns: { id: sku, text: [a, b] }, max_errors: 3 }`,
    YAML.replace("[polish]", "[]"),
  ];
  const wrong = [
    `${YAML}wlak: all`,
    `${YAML}knowledge: { files: docs/, max_errors: -1 }`,
    `${YAML}knowledge: { files: docs/, columns: { txt: a } }`,
    YAML.replace("[polish]", "[polsh]"),
    YAML.replace("[polish]", "[{ use: polish, round: 3 }]"),
    YAML.replace("[same]", "[{ use: same, threshold: 2 }]"),
    `${YAML}endpoints: { local: { concurrency: 3 } }`,
    YAML.replace("[same]", "[evals/polite.py]"),
    YAML.replace("[same]", "[{ use: judged, prompts: { verdit: judge.md } }]"),
    YAML.replace("[same]", "[{ use: same, prompts: { verdict: judge.md } }]"),
    YAML.replace("[same]", "[{ use: same, weight: 0 }]"),
  ];
  test.each(right)("right: %s", (yaml) => expect(validate(parse(yaml))).toBe(true));
  test.each(wrong)("wrong: %s", (yaml) => expect(validate(parse(yaml))).toBe(false));
});

test("every key says what it is for", () => {
  const { properties } = schema as { readonly properties: Readonly<Record<string, { readonly description?: string }>> };
  expect(Object.keys(properties)).toContain("ladder");
  for (const [key, { description }] of Object.entries(properties)) expect(description, key).toBeTypeOf("string");
});
