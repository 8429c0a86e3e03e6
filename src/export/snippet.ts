/** `answer.mts`: a program in about twenty lines of TypeScript on the official client, without llmopt. Pure. */
import { PASSAGES } from "../program/render.ts";
import { placeholdersOf } from "../program/template.ts";
import { forTerminal } from "../report/escape.ts";
import type { Program } from "../types.ts";
import type { Place, Reach } from "./types.ts";

/** The names of the files that it reads. */
export const READS = {
  system: "system.md",
  user: "user.md",
  demos: "demos.messages.json",
  cases: "messages.jsonl",
} as const;

/** `body` is the request as it is sent; its messages are left out. */
export function snippet(of: {
  /** Names the program, in one line. */
  readonly title: string;
  readonly reach: Reach;
  readonly program: Program;
  readonly place: Pick<Place, "endpoint" | "key" | "keyHeader">;
  readonly body: string;
}): string {
  const lines = of.reach === "messages" ? again(of.title) : fromFields(of.title, of.reach, of.program);
  return [...lines.head, ...asked(of.place, of.body), ...lines.tail, ""].join("\n");
}

interface Lines {
  readonly head: readonly string[];
  readonly tail: readonly string[];
}

const IMPORTS = ['import { readFileSync } from "node:fs";', 'import OpenAI from "openai";'];
const READ = 'const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");';
const MESSAGES = "const messages: OpenAI.ChatCompletionMessageParam[]";

/** The fields that a question gives, as JSON, with nothing in them. */
export function exampleOf(program: Program, reach: Reach): string {
  const given = [...namesIn(program)].filter((name) => name !== PASSAGES || reach === "passages");
  return JSON.stringify(Object.fromEntries(given.map((name) => [name, "…"])));
}

function namesIn({ system, user }: Program): ReadonlySet<string> {
  return new Set(placeholdersOf(`${system}\n${user}`).map(({ name }) => name));
}

function fromFields(title: string, reach: Reach, program: Program): Lines {
  const { system, demos } = program;
  const empty = namesIn(program).has(PASSAGES) && reach === "template";
  const parsed = "JSON.parse(process.argv[2] ?? (await text(process.stdin)))";
  const head = [
    `// Answers as ${title} did: node answer.mts '${forTerminal(exampleOf(program, reach))}', or that JSON on stdin.`,
    IMPORTS[0] ?? "",
    'import { text } from "node:stream/consumers";',
    IMPORTS[1] ?? "",
    "",
    READ,
    `const fields = ${empty ? `{ ...${parsed}, ${PASSAGES}: "" }` : parsed};`,
    ...(system.trim() === "" ? [] : [`const system = render(read("${READS.system}"), fields);`]),
    `${MESSAGES} = [`,
    ...(system.trim() === "" ? [] : ['  ...(system === "" ? [] : [{ role: "system" as const, content: system }]),']),
    ...(demos.length === 0 ? [] : [`  ...JSON.parse(read("${READS.demos}")),`]),
    `  { role: "user", content: render(read("${READS.user}"), fields) },`,
    "];",
  ];
  return { head, tail: ["", RENDER] };
}

function again(title: string): Lines {
  const head = [
    `// Sends the messages of an exported case once more, as ${title} did: node answer.mts CASE, or the first one.`,
    "// A new question needs the program's steps, which are not in here: see README.md.",
    ...IMPORTS,
    "",
    READ,
    `const cases = read("${READS.cases}").split("\\n").filter(Boolean).map((line) => JSON.parse(line));`,
    "const id = process.argv[2] ?? cases[0].case;",
    "const found = cases.find((one) => one.case === id);",
    `if (found === undefined) throw new Error(\`no case \${id} in ${READS.cases}\`);`,
    `${MESSAGES} = found.messages;`,
  ];
  return { head, tail: [] };
}

function asked({ endpoint, key, keyHeader }: Pick<Place, "endpoint" | "key" | "keyHeader">, body: string): readonly string[] {
  const { messages: _, ...sent } = JSON.parse(body) as Readonly<Record<string, unknown>>;
  const options = Object.entries(sent).map(
    ([name, value]) => `  ${/^[a-z_]\w*$/i.test(name) ? name : JSON.stringify(name)}: ${JSON.stringify(value)},`,
  );
  // Without a key of its own the client would speak of OPENAI_API_KEY, whatever the endpoint.
  const read =
    key === undefined
      ? ['const apiKey = "none";']
      : [
          `const apiKey = process.env[${JSON.stringify(key)}];`,
          `if (!apiKey) throw new Error(${JSON.stringify(`${key} is not set; it holds the key of the endpoint`)});`,
        ];
  const headers = key === undefined || keyHeader === undefined ? "" : `, defaultHeaders: { ${JSON.stringify(keyHeader)}: apiKey }`;
  return [
    ...read,
    `const client = new OpenAI({ baseURL: ${JSON.stringify(endpoint.baseUrl)}, apiKey${headers} });`,
    "const reply = await client.chat.completions.create({",
    ...options,
    "  messages,",
    "} as OpenAI.ChatCompletionCreateParamsNonStreaming);",
    "const message = reply.choices[0]?.message;",
    "console.log(message?.content ?? JSON.stringify(message));",
  ];
}

/** What `renderTemplate` does, for who has no llmopt. */
const RENDER = `/** {{field}} is the field as it stands; {{#field}}…{{/field}} is kept where the field is not empty, and its tags take their own lines along. */
function render(template: string, fields: Record<string, string>): string {
  const shown: boolean[] = [];
  const alone = /(?<=^|\\n)[ \\t\\r]*(\\{\\{[ \\t]*[#/][^{}\\n]*\\}\\})[ \\t\\r]*(?:\\n|$)/g;
  const fill = (piece: string, mark?: string, tag?: string) => {
    const visible = !shown.includes(false);
    if (tag === undefined) return visible ? piece : "";
    const name = tag.trim();
    if (mark === "/") shown.pop();
    else if (!Object.hasOwn(fields, name)) throw new Error(\`the field "\${name}" is not given\`);
    else if (mark === "#") shown.push(fields[name] !== "");
    return mark === "" && visible ? String(fields[name]) : "";
  };
  return template.replace(alone, "$1").replace(/\\{\\{[ \\t]*([#/]?)([^{}\\n]*)\\}\\}|[^]/g, fill).trim();
}`;
