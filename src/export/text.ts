/** What `export` wrote, for a terminal. Pure. */
import { forTerminal } from "../report/escape.ts";
import { meanWithInterval } from "../report/figures.ts";
import { hanging, wrap } from "../report/layout.ts";
import type { Exported, Name, Reach } from "./types.ts";

const SHORT_OF: Readonly<Record<Reach, readonly string[]>> = {
  template: [],
  passages: ["what finds passages is not in these files: answer.mts takes them as the field passages, see README.md"],
  messages: ["a new question needs the program's steps, which are not in these files, see README.md"],
};

/** No line is wider than `width` columns. */
export function exportText(
  dir: string,
  { rung, run, summary, cases, reach, place }: Exported,
  names: readonly Name[],
  width: number,
): string {
  const { primary } = summary;
  const checked = cases.filter((one) => one.checked).length;
  const lines = [
    names.join(" "),
    ...(cases.length === 0
      ? []
      : [`${cases.length} select cases with their exact messages; ${checked} of them gave the recorded answer once more`]),
    ...SHORT_OF[reach],
    ...(place.embedded ? [`the files ask ${place.endpoint.baseUrl}: start llmopt serve`] : []),
  ];
  const head = `${dir}: ${rung.name} (${rung.status}) of ${run}, ${primary} ${meanWithInterval(rung.scores.test?.[primary])} on test`;
  return [...wrap(forTerminal(head), width), ...lines.flatMap((line) => hanging(" ", forTerminal(line), width))].join("\n");
}
