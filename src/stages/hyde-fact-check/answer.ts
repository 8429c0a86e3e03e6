/** An answer taken apart into what it states, and put together again: pure. Every byte that is not a changed statement stays as it is. */
import { jsonStatements } from "./json-answer.ts";
import { isAside, proseStatements } from "./prose-answer.ts";

/** Something that an answer states, at its place. */
export interface Statement {
  /** `answer.slice(start, end)` is what is changed or left out. */
  readonly start: number;
  readonly end: number;
  /** As it is checked: without marks of lists and citations, in JSON with its key. */
  readonly text: string;
  /** What of the text is the answer's own, where `text` says more: a value without its key. */
  readonly value: string;
  /** Numbers of passages that it cites. */
  readonly cites: readonly number[];
  /** Whether the answer falls with it. */
  readonly core: boolean;
}

export interface Anatomy {
  readonly form: "prose" | "json";
  readonly statements: readonly Statement[];
}

/** What the answer states; nothing where it is empty, abstains, or has code, questions and courtesies alone. */
export function anatomyOf(answer: string): Anatomy {
  const json = jsonStatements(answer);
  return json === undefined ? { form: "prose", statements: proseStatements(answer) } : { form: "json", statements: json };
}

/**
 * The answer with statements replaced, or left out where the change is null: in JSON that is `null`, in prose the sentence goes, and its
 * line with it where nothing else stands there.
 */
export function rewritten(answer: string, { form, statements }: Anatomy, changes: ReadonlyMap<Statement, string | null>): string {
  let out = "";
  let end = 0;
  for (const statement of statements) {
    const change = changes.get(statement);
    if (change === undefined) continue;
    const old = answer.slice(statement.start, statement.end);
    out += answer.slice(end, statement.start) + (form === "json" ? jsonOf(change, old) : (change ?? HOLE));
    end = statement.end;
  }
  out += answer.slice(end);
  return out.includes(HOLE) ? closed(out) : out;
}

/** Whether the answer says nothing but that it does not know: it is empty, or such words, or the experiment's own. */
export function abstains(answer: string, abstain: string): boolean {
  const said = bare(answer);
  if (said === "" || said === bare(abstain)) return true;
  const { form, statements } = anatomyOf(answer);
  if (form === "json") return statements.length === 0 && /:\s*null\b/u.test(answer) && !/:\s*(?:"[^"]|\d|true|false)/u.test(answer);
  return statements.length === 0 && isAside(answer) && !/[?？]\s*$/u.test(answer);
}

/** The value in place of the old one: of its kind, or null. */
function jsonOf(change: string | null, old: string): string {
  if (change === null) return "null";
  if (old.startsWith('"')) return JSON.stringify(change);
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/u.test(change) && /^[-\d]/u.test(old) ? change : "null";
}

/** Stands where a sentence was; no character of a text. */
const HOLE = "\uffff";

/** Without holes and the blanks beside them; a line that has nothing else left goes, and of two empty lines around it one. */
function closed(text: string): string {
  const lines: string[] = [];
  let gone = false;
  for (const line of text.split("\n")) {
    const rest = line.replace(/(?<![^\S\n])[^\S\n]*\uffff[^\S\n]*$/u, "").replaceAll(/\uffff[^\S\n]*/gu, "");
    const goes = line.includes(HOLE) && MARKER.test(rest);
    const double: boolean = gone && line.trim() === "" && (lines.at(-1)?.trim() ?? "") === "";
    if (!goes && !double) lines.push(rest);
    gone = goes;
  }
  return lines.join("\n").trim();
}

/** What begins a line of a list, a quotation or a table, or a label. */
const MARKER = /^[\s>]*(?:(?:[-*+•]|\(?\d{1,3}[.)]|\(?\p{L}[.)])\s*)?[*_]*$/u;

function bare(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[’‘]/gu, "'")
    .replace(/[^\p{L}\p{N}']+/gu, " ")
    .trim();
}
