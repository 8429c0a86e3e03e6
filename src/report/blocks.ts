/** Blocks of Markdown. */

/** A table; the cells are Markdown already. */
export function rows(title: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(title), line(title.map(() => "---")), ...body.map(line)].join("\n");
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}
