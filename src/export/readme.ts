/** `README.md` of an export: what is there, how it scored, how it is used, and what it does not reproduce. Pure. */
import { list, rows } from "../report/blocks.ts";
import { forMarkdown } from "../report/escape.ts";
import { coverage, meanWithInterval } from "../report/figures.ts";
import type { SplitName } from "../types.ts";
import { quoted } from "./curl.ts";
import { exampleOf } from "./snippet.ts";
import type { Exported, Name, Reach } from "./types.ts";

const aboutFiles = (reach: Reach): Readonly<Record<Exclude<Name, "README.md">, string>> => ({
  "program.json": "the program as llmopt keeps it: model, parameters, templates, demonstrations, steps",
  "system.md": "template of the system message",
  "user.md": "template of the user message",
  "demos.jsonl": `the demonstrations${reach === "messages" ? " that the program holds, while a step may show others" : ""}: fields and answer, one a line`,
  "demos.messages.json": "the same as the chat messages that are sent between the system message and the question",
  "messages.jsonl": "the exact messages that were sent for cases of the select split, with the answers and scores that the run recorded",
  "request.json": "the body of the chat completion request for the first of these cases, byte for byte as it is sent",
  "curl.sh": "sends it (any POSIX shell; from another one give curl the same options)",
  "answer.mts": `${reach === "messages" ? "sends the messages of an exported case again" : "answers a question"} (Node 22.18 or newer; needs the package openai)`,
});

export function readme(of: Exported, written: ReadonlySet<Name>): string {
  const { summary, rung, program, version } = of;
  const reason = rung.reason === "" ? "" : `: ${forMarkdown(rung.reason)}`;
  const files = Object.entries(aboutFiles(of.reach)).filter(([name]) => written.has(name as Name));
  const missing = missingOf(of);
  const sections = [
    `# ${forMarkdown(summary.name)}: ${forMarkdown(rung.name)}`,
    `The program of the rung **${forMarkdown(rung.name)}** (${rung.status}${reason}) of the run ${forMarkdown(of.id)}, for ${forMarkdown(program.model)}. Exported by llmopt ${forMarkdown(version)}.`,
    "## How it scored",
    scores(of),
    `The run decided by ${forMarkdown(summary.primary)}. Only *test* was never used to decide; brackets are 95 % intervals.${summary.exploratory ? " **Exploratory**: the same few cases chose and confirmed." : ""}`,
    "## What is here",
    rows(
      ["file", ""],
      files.map(([name, about]) => [`\`${name}\``, about]),
    ),
    "A template names a field as `{{field}}`; `{{#field}}…{{/field}}` is kept only where the field is not empty.",
    "## How it is used",
    ...use(of, written),
    "## What is not reproduced",
    missing.length === 0
      ? "Nothing is left out of these files. A model that samples may word an answer differently each time."
      : list(missing),
  ];
  return `${sections.join("\n\n")}\n`;
}

/** What the files cannot do, a sentence each. */
export function missingOf({ steps, reach, cases, place }: Pick<Exported, "steps" | "reach" | "cases" | "place">): readonly string[] {
  const unchecked = cases.filter(({ checked }) => !checked).length;
  return [
    ...steps.map(({ stage }) => {
      const does = `What the step ${forMarkdown(stage.name)} does (${forMarkdown(stage.about)}) is not in these files, only its options are, in program.json`;
      const after = cases.filter(({ reply, answer }) => reply !== undefined && reply !== answer).length;
      return stage.after === undefined
        ? `${does}.`
        : `${does}. What it does to an answer afterwards is not done: it changed ${after} of ${cases.length} exported answers (\`reply\` and \`answer\` in messages.jsonl).`;
    }),
    ...(reach === "passages"
      ? [
          "`answer.mts` takes what retrieval finds as the field `passages`: blocks of `[1] title`, a line break and the text, with an empty line between them, as in messages.jsonl.",
        ]
      : []),
    ...(reach === "messages"
      ? [
          `A new question cannot be answered with these files: it needs the steps, and llmopt has no public function yet that answers one with them.${cases.length === 0 ? "" : " `answer.mts` only sends the messages of exported cases again."}`,
        ]
      : []),
    ...(cases.length === 0
      ? ["No case was exported, so there are no exact messages, no request and no curl here; `--cases 5` writes them."]
      : []),
    ...(unchecked === 0
      ? []
      : [
          `${unchecked} of ${cases.length} exported cases could not be checked against the recorded answer, since the cache does not hold it any more (\`checked\` in messages.jsonl).`,
        ]),
    ...(place.composed === undefined
      ? []
      : [`The experiment puts the key together as ${forMarkdown(place.composed)}; here \`${place.key}\` holds all of it.`]),
  ];
}

function scores({ rung }: Exported): string {
  const splits = (["select", "confirm", "test"] as const satisfies readonly SplitName[]).filter(
    (split) => rung.scores[split] !== undefined,
  );
  const names = [...new Set(splits.flatMap((split) => Object.keys(rung.scores[split] ?? {})))];
  return rows(
    ["", ...splits.map((split) => (split === "test" ? "**test**" : split))],
    names.map((name) => [
      forMarkdown(name),
      ...splits.map((split) => {
        const mean = rung.scores[split]?.[name];
        return `${meanWithInterval(mean)} (${coverage(mean)})`;
      }),
    ]),
  );
}

/** A question that stands whole in a command has so many characters at the most. */
const MOST = 400;

function use({ reach, place, store, program, cases }: Exported, written: ReadonlySet<Name>): readonly string[] {
  const served = `npx llmopt serve${store === undefined ? "" : ` --store ${quoted(store)}`}`;
  const real = JSON.stringify(cases[0]?.fields ?? {});
  const question = cases.length === 0 || real.length > MOST ? exampleOf(program, reach) : real;
  const commands = [
    ...(place.embedded ? [`${served} # in a terminal of its own`] : []),
    ...(place.key === undefined ? [] : [`export ${place.key}=…`]),
    ...(written.has("curl.sh") ? ["sh curl.sh"] : []),
    ...(written.has("answer.mts") ? ["npm install openai", `node answer.mts${reach === "messages" ? "" : ` ${quoted(question)}`}`] : []),
  ];
  const where = forMarkdown(place.endpoint.baseUrl);
  const about = place.embedded
    ? `The model is llmopt's embedded engine: \`llmopt serve\`, in the project's folder, answers other programs. The files ask ${where}.`
    : `The files ask ${where}.`;
  return [about, ...(commands.length === 0 ? [] : [`\`\`\`sh\n${commands.join("\n")}\n\`\`\``])];
}
