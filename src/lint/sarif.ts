/** Findings as SARIF 2.1.0 (OASIS), which code hosts and editors read. Columns are in UTF-16 units. Pure. */
import type { Located, Place } from "./located.ts";
import type { Rule } from "./types.ts";

const LEVELS = { error: "error", warning: "warning", info: "note" } as const;

export function sarifOf(findings: readonly Located[], rules: readonly Rule[], version: string): object {
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "llmopt",
            version,
            rules: rules.map(({ id, level, about }) => ({
              id,
              shortDescription: { text: about },
              defaultConfiguration: { level: LEVELS[level] },
            })),
          },
        },
        columnKind: "utf16CodeUnits",
        results: findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: rules.findIndex(({ id }) => id === finding.rule),
          level: LEVELS[finding.level],
          message: { text: finding.message },
          locations: [{ physicalLocation: { artifactLocation: artifact(finding.file), region: regionOf(finding.from, finding.to) } }],
          ...(finding.fix === undefined ? {} : { fixes: [fixOf(finding.file, finding.fix)] }),
        })),
      },
    ],
  };
}

function fixOf(file: string, { from, to, text }: NonNullable<Located["fix"]>): object {
  const replacement = { deletedRegion: regionOf(from, to), insertedContent: { text } };
  return {
    description: { text: "the mechanical fix of --fix" },
    artifactChanges: [{ artifactLocation: artifact(file), replacements: [replacement] }],
  };
}

/** A relative URI reference, or a file URI for an absolute path. */
function artifact(file: string): { readonly uri: string } {
  const path = file.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");
  return { uri: path.startsWith("/") ? `file://${path}` : path.replace(/^\.\//, "") };
}

function regionOf(from: Place, to: Place): object {
  return { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column };
}
