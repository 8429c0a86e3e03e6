/** YAML front matter between lines of three dashes at the beginning of a prompt file. Pure. */
import { parseDocument } from "yaml";

/** Undefined where there is none, or what stands between the dashes is no map of keys. `end` is where the template begins. */
export function frontMatterOf(content: string): { readonly value: Readonly<Record<string, unknown>>; readonly end: number } | undefined {
  const front = /^[\uFEFF ]?---[ \t]*\n([^]*?)(?:^|\n)---[ \t]*(?:\n|$)/.exec(content);
  if (front === null) return undefined;
  const document = parseDocument(front[1] ?? "", { prettyErrors: false });
  const value: unknown = document.errors.length > 0 ? undefined : document.toJS();
  if (value === null) return { value: {}, end: front[0].length };
  return typeof value === "object" && !Array.isArray(value) ? { value: { ...value }, end: front[0].length } : undefined;
}
