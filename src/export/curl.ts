/** `curl.sh`: one exported case asked once more, by any POSIX shell. The body lies in a file, so that nothing in it is read by the shell. */
import { forTerminal } from "../report/escape.ts";
import type { Place } from "./types.ts";

export function curlScript(of: {
  readonly url: string;
  readonly place: Pick<Place, "key" | "keyHeader">;
  readonly kase: string;
  /** Name of the file that holds the body, in the script's folder. */
  readonly body: string;
}): string {
  const { key, keyHeader } = of.place;
  const value = `\${${key}:?is not set; it holds the key of the endpoint}`;
  const options = [
    "--header 'Content-Type: application/json'",
    ...(key === undefined ? [] : [`--header "Authorization: Bearer ${value}"`]),
    ...(key === undefined || keyHeader === undefined ? [] : [`--header "${keyHeader}: ${value}"`]),
    `--data-binary @${of.body}`,
  ];
  const lines = [
    "#!/bin/sh",
    `# Asks the case ${forTerminal(of.kase)} once more. The answer is choices[0].message.content of what is printed.`,
    'CDPATH="" cd -- "$(dirname -- "$0")" || exit',
    `curl --silent --show-error --globoff ${quoted(of.url)} \\`,
    options.map((option) => `  ${option}`).join(" \\\n"),
  ];
  return `${lines.join("\n")}\n`;
}

/** One word for a POSIX shell, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
