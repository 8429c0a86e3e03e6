/**
 * Findings as SARIF 2.1.0 (OASIS), which code hosts and editors read, with what GitHub's code scanning asks for beside it. What a prompt
 * disables is left out rather than given as suppressed: GitHub opens an alert for a suppressed result too. Pure.
 */
import { lineHashes } from "./fingerprints.ts";
import type { Located, Place } from "./located.ts";
import type { Rule } from "./types.ts";

const LEVELS = { error: "error", warning: "warning", info: "note" } as const;
/** Relative paths are below the folder that the sources lie in, wherever that is. */
const ROOT = "%SRCROOT%";

/** `contents` are the files by the names that findings give them: relative with slashes, or absolute. */
export function sarifOf(
  findings: readonly Located[],
  rules: readonly Rule[],
  version: string,
  contents: ReadonlyMap<string, string>,
): object {
  const order = new Map(rules.map(({ id }, at) => [id, at] as const));
  const hashes = new Map(
    [...Map.groupBy(findings, ({ file }) => file)].map(
      ([file, found]) => [file, lineHashes(contents.get(file) ?? "", new Set(found.map(({ from }) => from.line)))] as const,
    ),
  );
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "llmopt", version, rules: rules.map(described) } },
        invocations: [{ executionSuccessful: true }],
        columnKind: "utf16CodeUnits",
        results: findings.map((finding) => {
          const hash = hashes.get(finding.file)?.get(finding.from.line);
          return {
            ruleId: finding.rule,
            ruleIndex: order.get(finding.rule),
            level: LEVELS[finding.level],
            message: { text: finding.message },
            locations: [{ physicalLocation: { artifactLocation: artifact(finding.file), region: regionOf(finding.from, finding.to) } }],
            ...(hash === undefined ? {} : { partialFingerprints: { primaryLocationLineHash: hash } }),
            ...(finding.fix === undefined ? {} : { fixes: [fixOf(finding.file, finding.fix)] }),
          };
        }),
      },
    ],
  };
}

function described({ id, level, about }: Rule): object {
  return {
    id,
    shortDescription: { text: about },
    fullDescription: { text: about },
    help: { text: `${about}. Disable it for a line with <!-- llmopt-disable-next-line ${id} -- reason -->.` },
    defaultConfiguration: { level: LEVELS[level] },
  };
}

function fixOf(file: string, { from, to, text }: NonNullable<Located["fix"]>): object {
  const replacement = { deletedRegion: regionOf(from, to), insertedContent: { text } };
  return {
    description: { text: "the mechanical fix of --fix" },
    artifactChanges: [{ artifactLocation: artifact(file), replacements: [replacement] }],
  };
}

/** A relative URI reference below the root of the sources, or a file URI for an absolute path. */
function artifact(file: string): { readonly uri: string; readonly uriBaseId?: string } {
  const path = file.replaceAll("\\", "/");
  const uri = path
    .split("/")
    .map((part) => (/^[A-Za-z]:$/.test(part) ? part : encodeURIComponent(part)))
    .join("/");
  if (path.startsWith("/")) return { uri: `file://${uri}` };
  return /^[A-Za-z]:\//.test(path) ? { uri: `file:///${uri}` } : { uri: uri.replace(/^(?:\.\/)+/, ""), uriBaseId: ROOT };
}

function regionOf(from: Place, to: Place): object {
  return { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column };
}
