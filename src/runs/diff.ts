/** What changed between two programs, as a unified text diff. */
import type { Program } from "../types.ts";

/** Lines of unchanged text around a change. */
const CONTEXT = 3;

/** Unified diff of model, parameters, steps, demonstrations and templates; empty where the programs are the same. */
export function programDiff(a: Program, b: Program): string {
  const edits = lineEdits(linesOf(a), linesOf(b));
  const changed = edits.flatMap(({ mark }, i) => (mark === " " ? [] : [i]));
  if (changed.length === 0) return "";
  const shown = new Set(changed.flatMap((i) => Array.from({ length: 2 * CONTEXT + 1 }, (_, offset) => i - CONTEXT + offset)));
  const lines: string[] = ["--- a", "+++ b"];
  edits.forEach(({ mark, line }, i) => {
    if (!shown.has(i)) return;
    if (i > 0 && !shown.has(i - 1)) lines.push("@@");
    lines.push(`${mark}${line}`);
  });
  return lines.join("\n");
}

/** A program as text for people; demonstrations by id, since their texts are the training cases'. */
function linesOf(program: Program): readonly string[] {
  const settings = [
    `model: ${program.model}`,
    ...Object.entries(program.params).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
    ...program.steps.map((step) => `step: ${step.use} ${JSON.stringify(step.with)}`),
    `demonstrations: ${program.demos.length}`,
    ...program.demos.map((demo) => `  ${demo.id}`),
  ];
  return [...settings, "system:", ...indented(program.system), "user:", ...indented(program.user)];
}

function indented(text: string): readonly string[] {
  return text.split(/\r?\n/u).map((line) => `  ${line}`);
}

interface Edit {
  readonly mark: " " | "-" | "+";
  readonly line: string;
}

/** Shortest edit by longest common subsequence; removals come before additions. */
function lineEdits(a: readonly string[], b: readonly string[]): readonly Edit[] {
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width); // length of the longest common subsequence of a[i..] and b[j..]
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      edits.push({ mark: " ", line: left });
      i++;
      j++;
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      edits.push({ mark: "-", line: left });
      i++;
    } else {
      edits.push({ mark: "+", line: right ?? "" });
      j++;
    }
  }
  return edits;
}
