/** A program of a run -> the files that hold it for use without llmopt, by their fixed names. Pure. */
import { render } from "../program/render.ts";
import { forTerminal } from "../report/escape.ts";
import type { Message, Program } from "../types.ts";
import { curlScript } from "./curl.ts";
import { readme } from "./readme.ts";
import { READS, snippet } from "./snippet.ts";
import type { Exported, Name } from "./types.ts";

/** Every name that an export may write. */
export const NAMES: readonly Name[] = [
  "program.json",
  READS.system,
  READS.user,
  "demos.jsonl",
  READS.demos,
  READS.cases,
  "request.json",
  "curl.sh",
  "answer.mts",
  "README.md",
];

/** In the order in which they are to be written: README.md, which tells what is there, last. */
export function exportFiles(of: Exported): ReadonlyMap<Name, string> {
  const { program, cases, reach, place, request } = of;
  const [first] = cases;
  const title = forTerminal(`the program "${of.rung.name}" of ${of.id}`);
  const files: readonly (readonly [Name, string] | undefined)[] = [
    ["program.json", `${JSON.stringify(program, null, 2)}\n`],
    program.system.trim() === "" ? undefined : [READS.system, program.system],
    [READS.user, program.user],
    program.demos.length === 0 ? undefined : ["demos.jsonl", lines(program.demos)],
    // Where a step chooses them, these are not what is sent.
    program.demos.length === 0 || reach === "messages" ? undefined : [READS.demos, `${JSON.stringify(demoMessages(program), null, 2)}\n`],
    first === undefined ? undefined : [READS.cases, lines(cases)],
    first === undefined ? undefined : ["request.json", request.body],
    first === undefined ? undefined : ["curl.sh", curlScript({ url: request.url, place, kase: first.case, body: "request.json" })],
    first === undefined && reach !== "template" ? undefined : ["answer.mts", snippet({ title, reach, program, place, body: request.body })],
  ];
  const written = files.filter((file) => file !== undefined);
  return new Map([...written, ["README.md", readme(of, new Set(written.map(([name]) => name)))]]);
}

/** The demonstrations as they are sent: between the system message and the question. */
function demoMessages(program: Program): readonly Message[] {
  const [first] = program.demos;
  return first === undefined ? [] : render({ ...program, system: "" }, { id: "", fields: first.fields }, []).slice(0, -1);
}

function lines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}
