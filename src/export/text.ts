/** What `export` wrote, for a terminal. Pure. */
import { forTerminal } from "../report/escape.ts";
import { meanWithInterval } from "../report/figures.ts";
import type { Exported, Name } from "./types.ts";

export function exportText(dir: string, { rung, run, summary, cases, reach, place }: Exported, names: readonly Name[]): string {
  const { primary } = summary;
  const checked = cases.filter((one) => one.checked).length;
  const lines = [
    `${dir}: ${rung.name} (${rung.status}) of ${run}, ${primary} ${meanWithInterval(rung.scores.test?.[primary])} on test`,
    `  ${names.join("  ")}`,
    ...(cases.length === 0
      ? []
      : [`  ${cases.length} select cases with their exact messages; ${checked} of them gave the recorded answer once more`]),
    ...(reach === "template" ? [] : ["  a step of this program is not in these files; README.md says what that means"]),
    ...(place.embedded ? [`  the files ask ${place.endpoint.baseUrl}: start llmopt serve`] : []),
  ];
  return lines.map((line) => `${line.startsWith("  ") ? "  " : ""}${forTerminal(line)}`).join("\n");
}
