/** Finds JSON in text as models write it. Pure. */

/** How often a reply is gone through at the most: one of opening brackets alone must not take minutes. */
const PASSES = 20;

/**
 * The last JSON value of this kind that is no quotation. One inside another is found where the outer is not what is looked for; in one
 * that has the key and is broken nothing is looked for, since what seems whole in it may stand in one of its texts.
 */
export function jsonIn(text: string, opening: "{" | "[", key: string, wanted: (value: object) => boolean, material: string): unknown {
  const known = unspaced(material);
  let last: unknown;
  let left = PASSES * text.length;
  for (let at = text.indexOf(opening); at >= 0 && left > 0; at = text.indexOf(opening, at + 1)) {
    // What opens like an object and never closes is all that follows.
    const closed = balanced(text, at);
    const source = closed ?? (/^\{\s*["“]/u.test(text.slice(at, at + 20)) ? text.slice(at) : "");
    const value = parsed(source);
    const found = typeof value === "object" && value !== null && wanted(value);
    const broken = value === undefined && names(source, key);
    if (!found && !broken) {
      left -= closed?.length ?? text.length - at;
      continue;
    }
    at += source.length - 1;
    if (broken || !known.includes(unspaced(source))) last = value;
  }
  return last;
}

/** Whether the key stands in the text as in JSON. */
export function names(text: string, key: string): boolean {
  return new RegExp(`["“„]${key}["”“]`, "u").test(text);
}

/** From an opening bracket to the one that closes it; brackets in strings do not count. */
function balanced(text: string, from: number): string | undefined {
  const tokens = /"[^"\\]*(?:\\[^][^"\\]*)*"|[{[]|[}\]]/gu;
  tokens.lastIndex = from;
  let depth = 0;
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    if (token[0] === "{" || token[0] === "[") depth++;
    else if (token[0] === "}" || token[0] === "]") depth--;
    if (depth === 0) return text.slice(from, tokens.lastIndex);
  }
  return undefined;
}

function parsed(source: string): unknown {
  for (const text of [source, mended(source), mended(source.replace(/[“”„‟]/gu, '"'))]) {
    try {
      return JSON.parse(text);
    } catch {
      // The next form may do.
    }
  }
  return undefined;
}

const CONTROLS: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Without trailing commas, and with line breaks in strings escaped. */
function mended(source: string): string {
  return source.replace(/"[^"\\]*(?:\\[^][^"\\]*)*"|,(?=\s*[}\]])/gu, (token) =>
    token === "," ? "" : token.replace(/[\n\r\t]/gu, (control) => CONTROLS[control] ?? control),
  );
}

function unspaced(text: string): string {
  return text.replace(/\s+/gu, "");
}
