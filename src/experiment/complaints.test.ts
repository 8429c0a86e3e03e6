import { describe, expect, test } from "vitest";
import { casesText, complaintsOf, inProject, reading, registry, YAML } from "./project.fixture.ts";
import { readExperiment } from "./read.ts";

/** The base experiment with one key's line replaced, or added. */
function but(key: string, line: string): string {
  const lines = YAML.trimEnd().split("\n");
  const at = lines.findIndex((one) => one.startsWith(`${key}:`));
  return [...lines.slice(0, at < 0 ? lines.length : at), line, ...(at < 0 ? [] : lines.slice(at + 1))].join("\n");
}

const rows = (...values: readonly object[]): string => [...values.map((value) => JSON.stringify(value)), casesText()].join("\n");

const shape: readonly (readonly [what: string, yaml: string, complaint: string])[] = [
  ["an empty file", "", "experiment.yaml:1:1: the file: is empty; it must be a map"],
  ["text instead of a map", "hello", 'experiment.yaml:1:1: the file: is the text "hello"; it must be a map'],
  ["an unknown key at the top", but("wlak", "wlak: all"), 'experiment.yaml:6:1: unknown key "wlak"; did you mean "walk"?'],
  [
    "an unknown key inside",
    but("budget", "budget: { call: 3 }"),
    'experiment.yaml:6:11: unknown key "call" in budget; did you mean "calls"?',
  ],
  [
    "an unknown key in an endpoint",
    but("endpoints", 'endpoints: { local: { base_url: "http://h/v1", concurency: 3 } }'),
    'experiment.yaml:6:48: unknown key "concurency" in endpoints.local; did you mean "concurrency"?',
  ],
  [
    "an unknown role",
    but("models", "models: { judje: embedded/reader }"),
    'experiment.yaml:6:11: unknown role "judje" in models; did you mean "judge"?',
  ],
  [
    "an unknown split",
    but("data", "data: { file: cases.jsonl, expected: answer, split: { tran: 0.1 } }"),
    'experiment.yaml:2:55: unknown split "tran" in data.split; did you mean "train"?',
  ],
  ["a wrong type", but("repeat", "repeat: often"), 'experiment.yaml:6:9: repeat: is the text "often"; it must be a number'],
  [
    "a number for text",
    but("name", "name: 2024"),
    "experiment.yaml:6:7: name: is the number 2024; write text, in quotes where YAML takes it for something else",
  ],
  [
    "a name that is no folder",
    but("name", "name: a/b"),
    'experiment.yaml:6:7: name: is the text "a/b"; write letters, digits, dots, dashes and underscores, a letter or digit first',
  ],
  ["an empty value", but("budget", "budget:"), "experiment.yaml:6:1: budget: is empty; it must be a map"],
  ["a value out of range", but("margin", "margin: 10"), "experiment.yaml:6:9: margin: is the number 10; it must be at most 1"],
  [
    "half a case that may fail",
    but("max_errors", "max_errors: 2.5"),
    "experiment.yaml:6:13: max_errors: is neither a share, 0 to 1, nor a count, a whole number from 2; write one of them",
  ],
  ["an unknown word", but("walk", "walk: al"), 'experiment.yaml:6:7: walk: is the text "al"; did you mean "all"?'],
  [
    "no ladder",
    YAML.replace("ladder: [polish]\n", ""),
    "experiment.yaml:1:1: ladder: is missing; the stages to climb, in order: names, or { use: name, … }; [] only measures the program as written",
  ],
  ["an unknown stage", but("ladder", "ladder: [polsh]"), 'experiment.yaml:5:10: unknown stage "polsh"; did you mean "polish"?'],
  [
    "an unknown stage with options",
    but("ladder", "ladder: [ { use: polsh, rounds: 3 } ]"),
    'experiment.yaml:5:18: unknown stage "polsh"; did you mean "polish"?',
  ],
  [
    "a stage without a name",
    but("ladder", "ladder: [ { rounds: 3 } ]"),
    "experiment.yaml:5:11: ladder[0]: names no stage; write { use: name, … }",
  ],
  [
    "no stage at all",
    but("ladder", "ladder: [7]"),
    "experiment.yaml:5:10: ladder[0]: is the number 7; write a stage's name, or { use: name, … }",
  ],
  [
    "an unknown option of a stage",
    but("ladder", "ladder: [ { use: polish, round: 3 } ]"),
    'experiment.yaml:5:26: unknown option "round" in ladder[0]; did you mean "rounds"?',
  ],
  [
    "a wrong option of a stage",
    but("ladder", "ladder: [ { use: polish, rounds: 0 } ]"),
    "experiment.yaml:5:34: ladder[0].rounds: is the number 0; it must be at least 1",
  ],
  [
    "an option of two kinds",
    but("ladder", "ladder: [ { use: polish, size: big } ]"),
    'experiment.yaml:5:32: ladder[0].size: is the text "big"; it must be a number or a list',
  ],
  [
    "an item in an option of two kinds",
    but("ladder", "ladder: [ { use: polish, size: [1, x] } ]"),
    'experiment.yaml:5:36: ladder[0].size[1]: is the text "x"; it must be a number',
  ],
  [
    "a stage twice",
    but("ladder", "ladder: [polish, search, polish]"),
    'experiment.yaml:5:26: a second rung is named "polish"; tell them apart with { use: polish, as: … }',
  ],
  [
    "a rung named baseline",
    but("ladder", "ladder: [{ use: polish, as: baseline }]"),
    'experiment.yaml:5:29: ladder[0].as: is "baseline", which is the program as written; choose another',
  ],
  ["an unknown scorer", but("evals", "evals: { scorers: [sme] }"), 'experiment.yaml:4:20: unknown scorer "sme"; did you mean "same"?'],
  [
    "an unknown option of a scorer",
    but("evals", "evals: { scorers: [{ use: same, ignore-case: true }] }"),
    'experiment.yaml:4:33: unknown option "ignore-case" in evals.scorers[0]; did you mean "ignore_case"?',
  ],
  [
    "an option that a scorer needs",
    but("evals", "evals: { scorers: [pattern] }"),
    "experiment.yaml:4:20: evals.scorers[0].pattern: is missing; it must be text",
  ],
  [
    "a scorer's own rule",
    but("evals", 'evals: { scorers: [{ use: pattern, pattern: "*a" }] }'),
    "experiment.yaml:4:45: evals.scorers[0].pattern: begins with *; write a regular expression",
  ],
  [
    "a threshold that is no number",
    but("evals", "evals: { scorers: [{ use: same, threshold: high }] }"),
    'experiment.yaml:4:44: evals.scorers[0].threshold: is the text "high"; it must be a number',
  ],
  [
    "an unknown primary",
    but("evals", "evals: { primary: sam, scorers: [same] }"),
    'experiment.yaml:4:19: unknown scorer "sam"; did you mean "same"?',
  ],
  [
    "no primary of several",
    but("evals", "evals: { scorers: [same, { use: same, as: other }] }"),
    "experiment.yaml:4:8: evals.primary: is missing; write which scorer decides: same, other",
  ],
  [
    "an option that only scorers with prompts have",
    but("evals", "evals: { scorers: [{ use: same, prompts: { verdict: user.md } }] }"),
    'experiment.yaml:4:33: unknown option "prompts" in evals.scorers[0]; known: ignore_case, use, as, axis, threshold, not, weight',
  ],
  [
    "an unknown prompt of a scorer",
    but("evals", "evals: { scorers: [{ use: judged, prompts: { verdit: user.md } }] }"),
    'experiment.yaml:4:46: unknown option "verdit" in evals.scorers[0].prompts; did you mean "verdict"?',
  ],
  [
    "a missing prompt of a scorer",
    but("evals", "evals: { scorers: [{ use: judged, prompts: { verdict: usr.md } }] }"),
    'experiment.yaml:4:55: prompt file usr.md: no such file; did you mean "user.md"?',
  ],
  [
    "an unknown field in a prompt of a scorer",
    but("evals", 'evals: { scorers: [{ use: judged, prompts: { reasons: "Why {{answer}} to {{question}}?" } }] }'),
    'experiment.yaml:4:74: unknown field "question"; known: answer',
  ],
  [
    "a prompt of a scorer without a field",
    but("evals", "evals: { scorers: [{ use: judged, prompts: { verdict: Be strict. } }] }"),
    "experiment.yaml:4:55: no placeholder, so every answer would be judged alike; name a field, such as {{question}}",
  ],
  [
    "a weight that is none",
    but("evals", "evals: { scorers: [{ use: same, weight: 0 }] }"),
    "experiment.yaml:4:41: evals.scorers[0].weight: is the number 0; it must be above 0",
  ],
  [
    "a negation that is no yes or no",
    but("evals", "evals: { scorers: [{ use: same, not: never }] }"),
    'experiment.yaml:4:38: evals.scorers[0].not: is the text "never"; it must be true or false',
  ],
  [
    "a scorer with the name of the mean that weights make",
    but("evals", "evals: { scorers: [{ use: same, weight: 2 }, { use: same, as: weighted }] }"),
    'experiment.yaml:4:46: a scorer is named "weighted", and so is the mean that the weights make; give it another name with as, or take the weights out',
  ],
  [
    "a mean of a scorer that stands later",
    but("evals", "evals: { primary: same, scorers: [{ use: weighted, of: { same: 1 } }, same] }"),
    'experiment.yaml:4:35: of: "same" stands after it; put it before',
  ],
  [
    "a mean of an unknown scorer",
    but("evals", "evals: { primary: same, scorers: [same, { use: weighted, of: { sam: 1 } }] }"),
    'experiment.yaml:4:41: of: unknown scorer "sam"; did you mean "same"?',
  ],
  [
    "a file of a scorer that is not there",
    but("evals", "evals: { scorers: [{ use: human, file: labels.csv }] }"),
    "experiment.yaml:4:20: labels.csv: no such file; paths are relative to the file that names them",
  ],
  [
    "a scorer's program that is not there",
    but("evals", "evals: { scorers: [{ use: command, argv: [./chek.sh] }] }"),
    'experiment.yaml:4:20: chek.sh: no such file; did you mean "check.sh"?',
  ],
  [
    "a scorer's program that is not on the path",
    but("evals", "evals: { scorers: [{ use: command, argv: [check.sh] }] }"),
    'experiment.yaml:4:20: check.sh: no such program on the PATH; did you mean "./check.sh"?',
  ],
  [
    "a scorer's program that cannot be run",
    but("evals", "evals: { scorers: [{ use: command, argv: [./check.sh] }] }"),
    "experiment.yaml:4:20: check.sh: is not executable; chmod +x it, or begin with its interpreter",
  ],
  [
    "a script that a scorer's program is given and that is not there",
    but("evals", "evals: { scorers: [{ use: command, argv: [node, chek.sh, --strict, also.missing] }] }"),
    'experiment.yaml:4:20: chek.sh: no such file; did you mean "check.sh"?',
  ],
  [
    "a Python file that is not there",
    but("evals", "evals: { scorers: [{ use: python, interpreter: node, file: docs }] }"),
    "experiment.yaml:4:20: docs: is a folder; name a file",
  ],
  [
    "a scorer named split",
    but("evals", "evals: { scorers: [{ use: same, as: split }] }"),
    'experiment.yaml:4:37: evals.scorers[0].as: is "split", which means something else in summary.json; choose another',
  ],
  [
    "an unknown metric of a gate",
    but("gates", "gates: [{ metric: sme, min: 0.5 }]"),
    'experiment.yaml:6:19: unknown metric "sme"; did you mean "same"?',
  ],
  [
    "a gate on a figure's least value",
    but("gates", "gates: [{ metric: error_rate, min: 0.5 }]"),
    "experiment.yaml:6:19: gates[0]: error_rate is a figure, which has only max; name a scorer, or write max",
  ],
  [
    "a largest value of a scorer",
    but("gates", "gates: [{ metric: same, max: 0.5 }]"),
    "experiment.yaml:6:19: gates[0]: same is a scorer, of which higher is better; write min, or name a figure: latency_p50, latency_p95, usd_per_answer, usd_per_correct, tokens_per_answer, error_rate",
  ],
  [
    "a case that must pass and is not there",
    but("gates", "gates: [{ must_pass: [c0x] }]"),
    'experiment.yaml:6:22: gates[0].must_pass: no case has the id "c0x"; did you mean "c0" or "c1" or "c2"?',
  ],
  [
    "a tag that must pass where there are no tags",
    but("gates", "gates: [{ must_pass: { tag: critical } }]"),
    'experiment.yaml:6:22: gates[0].must_pass: no case has the tag "critical"; name the column that holds tags in data.tags',
  ],
  [
    "a scorer with the name of a figure",
    but("evals", "evals: { scorers: [{ use: same, as: error_rate }] }"),
    'experiment.yaml:4:19: evals.scorers: "error_rate" is the name of a figure that gates know; give the scorer another name with as',
  ],
  [
    "a gate of nothing",
    but("gates", "gates: [{ metric: same }]"),
    "experiment.yaml:6:9: gates[0]: gates nothing; give it min, max, max_drop, max_breaks or must_pass",
  ],
  ["no target", but("walk", "walk: until-target"), "experiment.yaml:6:7: walk: until-target needs a target; write target: { same: 0.9 }"],
  ["an unknown target", but("target", "target: { sme: 0.9 }"), 'experiment.yaml:6:11: unknown scorer "sme"; did you mean "same"?'],
  [
    "a model without endpoint",
    but("model", "model: reader"),
    'experiment.yaml:1:8: model: is the text "reader"; write endpoint/model-id, such as embedded/reader or openai/gpt-5',
  ],
  [
    "an unknown endpoint",
    but("model", "model: embeded/reader"),
    'experiment.yaml:1:8: unknown endpoint "embeded" of the model "embeded/reader"; did you mean "embedded"?',
  ],
  [
    "an unknown endpoint of a role",
    but("models", "models: { judge: lcal/x }\nendpoints: { local: { base_url: http://h/v1 } }"),
    'experiment.yaml:6:18: unknown endpoint "lcal" of the model "lcal/x"; did you mean "local"?',
  ],
  [
    "an address that is none",
    but("endpoints", "endpoints: { local: { base_url: localhost } }"),
    'experiment.yaml:6:33: endpoints.local.base_url: is "localhost"; write an address such as http://127.0.0.1:11434/v1',
  ],
  [
    "an environment variable that is not set",
    but("model", 'model: h/m\nendpoints: { h: { base_url: "http://h/v1", api_key: "${H_KEY}" } }'),
    "experiment.yaml:2:53: api_key: the environment variable H_KEY is not set; set it, or name it in a file for --env-file",
  ],
  [
    "the key of a built-in endpoint that is not set",
    but("models", "models: { judge: openai/gpt-5 }"),
    'experiment.yaml:6:18: endpoint "openai": the environment variable OPENAI_API_KEY is not set; set it, or name it in a file for --env-file',
  ],
  [
    "a key in the file",
    but("endpoints", "endpoints: { h: { base_url: http://h/v1, api_key: sk-1 } }"),
    "experiment.yaml:6:51: api_key: holds the key itself, which would be kept with every run; write ${NAME} and set that environment variable",
  ],
  [
    "a parameter of llmopt's own",
    but("params", "params: { stream: true }"),
    "experiment.yaml:6:11: params.stream: is set by llmopt itself; remove it",
  ],
  [
    "fractions that do not sum to 1",
    but("data", "data: { file: cases.jsonl, expected: answer, split: { train: 0.6 } }"),
    "experiment.yaml:2:53: data.split: the fractions sum to 1.2; they must sum to 1",
  ],
  [
    "a fraction that is no share",
    but("data", "data: { file: cases.jsonl, expected: answer, split: { train: half } }"),
    'experiment.yaml:2:62: data.split.train: is the text "half"; it must be a number',
  ],
  [
    "no cases named",
    but("data", "data: { expected: answer }"),
    "experiment.yaml:2:7: data: names no cases; write file: cases.jsonl, or files: { train: …, test: … }",
  ],
  [
    "a missing data file with an absolute path, shown as it is",
    but("data", "data: { file: /nowhere/case.jsonl, expected: answer }"),
    "experiment.yaml:2:15: /nowhere/case.jsonl: no such file; paths are relative to the file that names them",
  ],
  [
    "a missing data file",
    but("data", "data: { file: case.jsonl, expected: answer }"),
    'experiment.yaml:2:15: case.jsonl: no such file; did you mean "cases.jsonl"?',
  ],
  [
    "a folder for a file",
    but("data", "data: { file: docs, format: jsonl, expected: answer }"),
    "experiment.yaml:2:15: docs: is a folder; name a file",
  ],
  [
    "an unknown kind of data",
    but("data", "data: { file: user.md, expected: answer }"),
    "experiment.yaml:2:15: user.md: unknown kind of data; name the file .jsonl, .json, .csv, .tsv or .yaml, or set data.format",
  ],
  [
    "an unknown column",
    but("data", "data: { file: cases.jsonl, expected: anwser }"),
    'experiment.yaml:2:38: data.expected: no column is named "anwser"; did you mean "answer"?',
  ],
  [
    "the answer as input",
    but("data", "data: { file: cases.jsonl, expected: answer, input: [question, answer] }"),
    'experiment.yaml:2:64: data.input: "answer" is the right answer, which a program must not see; remove it',
  ],
  [
    "no document",
    but("knowledge", "knowledge: { files: doc/*.md }"),
    "experiment.yaml:6:21: knowledge: doc/*.md: matches no file; paths are relative to the experiment file",
  ],
  [
    "a missing prompt file",
    but("program", "program: { user: usr.md }"),
    'experiment.yaml:3:18: prompt file usr.md: no such file; did you mean "user.md"?',
  ],
  [
    "an unknown field in the file itself",
    but("program", 'program: { user: "Q: {{question}} {{topik}}" }'),
    'experiment.yaml:3:35: unknown field "topik"; did you mean "topic"?',
  ],
  [
    "no placeholder",
    but("program", "program: { user: Answer me }"),
    "experiment.yaml:3:18: no placeholder, so every case would get the same prompt; name a field, such as {{question}}",
  ],
  [
    "single braces",
    but("program", 'program: { user: "Q: {question}" }'),
    "experiment.yaml:3:18: no placeholder, so every case would get the same prompt; write {{question}}, with two braces",
  ],
  [
    "only passages",
    but("program", 'program: { user: "{{passages}}" }'),
    "experiment.yaml:3:19: no placeholder, so every case would get the same prompt; name a field, such as {{question}}",
  ],
  [
    "an unknown field in a variant",
    but("program", 'program: { user: user.md, variants: { a: { system: "Hi {{nam}}" } } }'),
    'experiment.yaml:3:56: unknown field "nam"; known: question, topic, passages',
  ],
  [
    "an empty variant",
    but("program", "program: { user: user.md, variants: { a: {} } }"),
    "experiment.yaml:3:42: program.variants.a: changes nothing; give it a system or a user template",
  ],
  ["tabs", "model: embedded/reader\ndata:\n\tfile: cases.jsonl\n", "experiment.yaml:3:1: tab used as indentation; indent with blanks"],
  ["a key twice", `${YAML}model: embedded/x\n`, "experiment.yaml:6:1: this key stands here twice; keep one of them"],
  ["a second document", `${YAML}---\nmodel: x/y\n`, "experiment.yaml:6:1: a second YAML document begins; an experiment file holds one"],
];

describe("a broken experiment is refused with the place and what would be right", () => {
  test.each(shape)("%s", async (_, yaml, complaint) => {
    expect(await complaintsOf(yaml)).toEqual([complaint]);
  });

  const inFiles: readonly (readonly [
    what: string,
    yaml: string,
    files: Record<string, string | Uint8Array>,
    complaints: readonly string[],
  ])[] = [
    [
      "a placeholder in a prompt file",
      YAML,
      { "user.md": "---\nname: x\n---\n\nQ: {{question}}\nT: {{ topik }}\n" },
      ['user.md:6:4: unknown field "topik"; did you mean "topic"?'],
    ],
    [
      "a placeholder after CRLF and BOM",
      YAML,
      { "user.md": "\uFEFFQ: {{question}}\r\nT: {{x9}}\r\n" },
      ['user.md:2:4: unknown field "x9"; known: question, topic, passages'],
    ],
    [
      "unbalanced sections",
      YAML,
      { "user.md": "{{#question}}Q: {{question}}\n{{/topic}}\n{{ question\n" },
      [
        "user.md:1:1: section {{#question}} is never closed; add {{/question}}",
        "user.md:2:1: {{/topic}} closes no open section; {{/question}} comes first",
        "user.md:3:1: {{ is never closed; write {{field}}",
      ],
    ],
    [
      "broken front matter",
      YAML,
      { "user.md": "---\nname: [x\n---\nQ: {{question}}\n" },
      [expect.stringMatching(/^user\.md:[23]:\d+: front matter is not YAML \(.+\); write key: value lines$/)],
    ],
    [
      "a line that is no JSON",
      YAML,
      { "cases.jsonl": `${casesText()}\n{"id": 1,}\n[1]` },
      ["cases.jsonl:101: not JSON; JSONL holds one object a line", 'cases.jsonl:102: a row is a list; it must be an object, {"id": …}'],
    ],
    [
      "an id twice",
      YAML,
      { "cases.jsonl": rows({ id: "c7", question: "q", answer: "a" }) },
      ['cases.jsonl:9: id "c7" is also the id of cases.jsonl:1; give each case an id of its own'],
    ],
    [
      "a row without answer",
      YAML,
      { "cases.jsonl": rows({ id: "x", question: "q" }) },
      ['cases.jsonl:1: no right answer: "answer" is missing; fill it in, or remove the row'],
    ],
    [
      "a row without input",
      YAML,
      { "cases.jsonl": rows({ id: "x", answer: "a" }) },
      ['cases.jsonl:1: no input: "question" is empty; fill it in, or remove the row'],
    ],
    [
      "labels that are none, each with its line",
      but("evals", "evals: { scorers: [{ use: human, file: labels.csv, scale: { good: 1, bad: 0 } }] }"),
      { "labels.csv": 'case,value,answer\nc1,goood,"two\nlines"\nc2,good\n,bad,\nc3,,\n' },
      [
        'experiment.yaml:4:20: labels.csv:4: 2 values where the header has 3 columns; quote values that hold ","',
        'experiment.yaml:4:20: labels.csv:2: "goood" is not on the scale; did you mean "good"?',
        "experiment.yaml:4:20: labels.csv:5: a label without a case; write the case's id",
      ],
    ],
    [
      "a broken placeholder in a scorer's prompt file",
      but("evals", "evals: { scorers: [{ use: judged, prompts: { verdict: judge.md } }] }"),
      { "judge.md": "---\nversion: 2\n---\nIs this right?\n{{answr}}\n{{#answer}}\n" },
      ['judge.md:5:1: unknown field "answr"; did you mean "answer"?', "judge.md:6:1: section {{#answer}} is never closed; add {{/answer}}"],
    ],
    [
      "unknown documents",
      `${but("data", "data: { file: cases.jsonl, expected: answer, sources: docs }")}\nknowledge: { files: docs/*.md }`,
      {
        "cases.jsonl": rows(
          { id: "x", question: "q", answer: "a", docs: ["one", "tow", "zzzzzz"] },
          { id: "y", question: "r", answer: "a", docs: "tow" },
        ),
      },
      [
        'cases.jsonl:1: source "tow" (and 1 more time) is no document of the knowledge; did you mean "two"?',
        'cases.jsonl:1: source "zzzzzz" is no document of the knowledge; known: one, two',
      ],
    ],
    [
      "an unknown split in a column",
      but("data", "data: { file: cases.jsonl, expected: answer, split: part }"),
      {
        "cases.jsonl": [
          { id: 1, question: "q", answer: "a", part: "tset" },
          { id: 2, question: "r", answer: "a" },
        ]
          .map((row) => JSON.stringify(row))
          .join("\n"),
      },
      [
        'cases.jsonl:1: unknown split "tset"; did you mean "test"?',
        'cases.jsonl:2: no split: "part" is empty; write one of train, select, confirm, test',
      ],
    ],
    [
      "a list in an input column",
      but("data", "data: { file: cases.jsonl, expected: answer, input: question }"),
      { "cases.jsonl": rows({ id: "x", question: ["q"], answer: "a" }) },
      ['cases.jsonl:1: input column "question" holds a list; an input field is text, a number or a boolean'],
    ],
    [
      "text in another encoding",
      YAML,
      { "cases.jsonl": new Uint8Array([0x7b, 0xe9, 0x7d]) },
      ["experiment.yaml:2:15: cases.jsonl: not UTF-8 text; save the file as UTF-8"],
    ],
    ["no rows", YAML, { "cases.jsonl": "\n\n" }, ["experiment.yaml:2:15: cases.jsonl: holds no row; give it at least one case"]],
    [
      "too few cases",
      YAML,
      { "cases.jsonl": casesText(3) },
      [
        "experiment.yaml:2:7: 3 cases in 3 groups cannot fill train, select, confirm, test; 4 groups at least are needed, some 100 cases to learn much",
      ],
    ],
  ];
  test.each(inFiles)("%s", async (_, yaml, files, complaints) => {
    expect(await complaintsOf(yaml, files)).toEqual(complaints);
  });
});

describe("complaints as a whole", () => {
  test("come all at once, in the order of the file", async () => {
    const yaml = `modle: x
model: nowhere/x
data: { file: cases.jsonl, expected: anwser }
program: { user: usr.md, system: "{{nothing}}" }
evals: { primary: best, scorers: [same] }
ladder: [polsh]
budget: { usd: -1 }
`;
    const lines = await complaintsOf(yaml);
    expect(lines.map((line) => line.split(":").slice(0, 3).join(":"))).toEqual([
      "experiment.yaml:1:1",
      "experiment.yaml:2:8",
      "experiment.yaml:3:38",
      "experiment.yaml:4:18",
      "experiment.yaml:4:35",
      "experiment.yaml:5:19",
      "experiment.yaml:6:10",
      "experiment.yaml:7:16",
    ]);
  });

  test("of rows end after twenty with the number of the rest", async () => {
    const lines = await complaintsOf(YAML, { "cases.jsonl": Array.from({ length: 50 }, () => "{").join("\n") });
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe("… and 30 more");
  });

  test("about a missing experiment name the nearest file", async () => {
    await inProject(YAML, {}, async (dir) => {
      const error = await readExperiment(`${dir}/experment.yaml`, registry, { env: {} }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ message: `${dir}/experment.yaml: no such file; did you mean "experiment.yaml"?`, code: 2 });
    });
  });

  test("never hold the value of a secret", async () => {
    const yaml = but("model", 'model: h/m\nendpoints: { h: { base_url: "http://h/v1", api_key: "${H_KEY}-${MISSING}" } }');
    const lines = await complaintsOf(yaml, {}, { env: { H_KEY: "s3cret" } });
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain("s3cret");
  });

  test("have code 3 only where cases are all that lacks", async () => {
    await expect(reading(YAML, { "cases.jsonl": casesText(3) })).rejects.toMatchObject({ code: 3 });
    await expect(reading(YAML, {}, { filter: "nowhere to be found" })).rejects.toMatchObject({ code: 3 });
    await expect(reading(but("walk", "walk: al"), { "cases.jsonl": casesText(3) })).rejects.toMatchObject({ code: 2 });
  });
});
