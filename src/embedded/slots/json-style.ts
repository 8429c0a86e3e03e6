/** Spacing of JSON as the examples have it. */
export type Leaf = string | number | boolean | null;

export interface JsonStyle {
  readonly comma: string;
  readonly colon: string;
  /** Inside the braces of an object that stands on one line. */
  readonly pad: string;
  /** One step of indentation; empty for one line. */
  readonly indent: string;
  /** Letters beyond ASCII are written as \u escapes. */
  readonly ascii: boolean;
}

const layouts = [
  { comma: ",", colon: ":", pad: "", indent: "" },
  { comma: ", ", colon: ": ", pad: "", indent: "" },
  { comma: ", ", colon: ":", pad: "", indent: "" },
  { comma: ",", colon: ": ", pad: "", indent: "" },
  { comma: ", ", colon: ": ", pad: " ", indent: "" },
  { comma: ",", colon: ": ", pad: "", indent: "  " },
  { comma: ",", colon: ": ", pad: "", indent: "    " },
  { comma: ",", colon: ": ", pad: "", indent: "\t" },
];

/** The style that writes most of the examples as they are; the first of equals. */
export function learnStyle(examples: readonly string[]): JsonStyle {
  const ascii = examples.some((e) => /\\u[0-9a-f]{4}/i.test(e)) && !examples.some((e) => /[^\0-\x7f]/.test(e));
  const some = examples.slice(0, 500).map((text) => ({ text, json: readJson(text) }));
  let best: JsonStyle = { comma: ",", colon: ":", pad: "", indent: "", ascii };
  let most = -1;
  for (const layout of layouts) {
    const style = { ...layout, ascii };
    const same = some.filter(({ text, json }) => writeJson(json, style) === text).length;
    if (same > most) {
      most = same;
      best = style;
    }
  }
  return best;
}

export function writeJson(value: unknown, style: JsonStyle, depth = 0): string {
  const { comma, colon, pad, indent } = style;
  if (value === null || typeof value !== "object") return quoted(JSON.stringify(value ?? null), style.ascii);
  const parts = Array.isArray(value)
    ? value.map((item) => writeJson(item, style, depth + 1))
    : Object.entries(value).map(([key, item]) => `${quoted(JSON.stringify(key), style.ascii)}${colon}${writeJson(item, style, depth + 1)}`);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (parts.length === 0) return `${open}${close}`;
  if (indent !== "")
    return `${open}\n${parts.map((p) => `${indent.repeat(depth + 1)}${p}`).join(`${comma}\n`)}\n${indent.repeat(depth)}${close}`;
  return Array.isArray(value) ? `${open}${parts.join(comma)}${close}` : `${open}${pad}${parts.join(comma)}${pad}${close}`;
}

/** Undefined where the text is no JSON object or array. */
export function readJson(text: string): object | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return json !== null && typeof json === "object" ? json : undefined;
  } catch {
    return undefined;
  }
}

function quoted(text: string, ascii: boolean): string {
  return ascii ? text.replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`) : text;
}
