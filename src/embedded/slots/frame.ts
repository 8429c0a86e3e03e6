/** What stands around one answer in its example: `{"label":"…"}`, `Answer: …`, with fields beside it that are always the same or known. */
import { fieldNamed, type Finding } from "../prompt/form.ts";
import { type Fields, type Format, type Leaf, type Value, write } from "./format.ts";
import { isRefusal } from "../prompt/refusals.ts";
import { readFormats } from "./read-formats.ts";
import { leavesOf } from "./plan.ts";

export interface Frame {
  readonly format: Format;
  /** The field that holds the answer. */
  readonly main: string;
  /** Fields that hold numbers, truth values and, at times, null. */
  readonly numbers: readonly string[];
  readonly booleans: readonly string[];
  readonly nulls: readonly string[];
  /** Fields that never change. */
  readonly constant: readonly (readonly [key: string, value: Value])[];
  /** The phrase that stands without the frame: what answers say when there is none. */
  readonly bare?: string | undefined;
}

export interface Framed {
  readonly frame: Frame;
  /** What each example holds inside the frame; undefined for one that is written otherwise. */
  readonly inner: readonly (string | undefined)[];
}

/**
 * The frame of all answers, but for one repeated phrase that may stand without it; undefined for plain answers and for those with several
 * fields of their own. `sources`: what each answer may be copied from.
 */
export function findFrame(answers: readonly string[], sources: readonly string[] = []): Framed | undefined {
  const all = frameOf(answers, sources);
  const bare = phraseOf(all === undefined ? answers : answers.filter((_, i) => all.inner[i] === undefined), answers.length);
  if (bare === undefined) return all;
  const kept = [...answers.keys()].filter((i) => answers[i] !== bare);
  const rest = frameOf(
    kept.map((i) => answers[i] ?? ""),
    sources.length === 0 ? [] : kept.map((i) => sources[i] ?? ""),
  );
  if (rest === undefined) return all;
  const inner = new Map(kept.map((i, at) => [i, rest.inner[at]]));
  return { frame: { ...rest.frame, bare }, inner: answers.map((answer, i) => (answer === bare ? bare : inner.get(i))) };
}

/** The most frequent answer, where it is repeated or among a few says that there is none. */
function phraseOf(answers: readonly string[], count: number): string | undefined {
  const counts = new Map<string, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  const [phrase, times] = [...counts].reduce(
    (a, b) => (b[1] > a[1] || (b[1] === a[1] && isRefusal(b[0]) && !isRefusal(a[0])) ? b : a),
    ["", 0],
  );
  return times >= Math.max(2, count * 0.02) || (times === 1 && count <= 20 && isRefusal(phrase)) ? phrase : undefined;
}

function frameOf(answers: readonly string[], sources: readonly string[]): Framed | undefined {
  const readings = readFormats(answers, sources);
  for (const { format, answers: read } of readings) {
    // One name before each answer is words around it like others, of which more may stand behind it.
    if (format.kind === "pairs" && format.keys.length === 1 && readings.some((other) => other.format.suffix !== "")) continue;
    if (format.kind === "list" || (format.kind === "plain" && format.prefix + format.suffix === "")) continue;
    const known = read.filter((fields) => fields !== undefined);
    const isConstant = (key: string): boolean => new Set(known.map((fields) => JSON.stringify(fields.get(key)))).size === 1;
    const candidates = format.keys.filter((key) => isOpen(key, known) && (format.keys.length === 1 || !isConstant(key)));
    const main = candidates[0] ?? format.keys.find((key) => isOpen(key, known));
    if (main === undefined || candidates.length > 1) continue;
    const fixed = format.keys.filter((key) => key !== main && isConstant(key) && fieldNamed(key, probe) === undefined);
    const leaves = (key: string): readonly Leaf[] => known.flatMap((fields) => leavesOf(fields.get(key) ?? null));
    const of = (type: "number" | "boolean") =>
      format.keys.filter(
        (key) => leaves(key).some((leaf) => typeof leaf === type) && leaves(key).every((leaf) => leaf === null || typeof leaf === type),
      );
    const frame = {
      format,
      main,
      numbers: of("number"),
      booleans: of("boolean"),
      nulls: format.keys.filter((key) => known.some((fields) => fields.get(key) === null)),
      constant: fixed.map((key) => [key, known[0]?.get(key) ?? null] as const),
    };
    return { frame, inner: read.map((fields) => innerOf(fields, main)) };
  }
  return undefined;
}

/** The finding as the examples would write it; `shown`: the examples have this refusal inside the frame. */
export function frameAnswer(frame: Frame, finding: Finding, text: string, shown: boolean): string {
  if (text === frame.bare || (!finding.known && (frame.bare !== undefined || (!shown && frame.format.kind !== "json")))) return text;
  const fields = new Map(frame.constant);
  for (const key of frame.format.keys) {
    if (fields.has(key)) continue;
    const value = key === frame.main ? (!finding.known && frame.nulls.includes(key) ? null : text) : fieldNamed(key, finding);
    if (typeof value === "string") fields.set(key, leafOf(value, key, frame));
    else if (typeof value === "object" && value !== null)
      fields.set(
        key,
        leavesOf(value).map((leaf) => leafOf(String(leaf), key, frame)),
      );
    else fields.set(key, value ?? null);
  }
  return write(frame.format, fields);
}

const probe: Finding = { text: "", known: false, question: "", confidence: 0 };

/** Neither a list nor a field that the engine fills in by its name. */
function isOpen(key: string, rows: readonly Fields[]): boolean {
  return fieldNamed(key, probe) === undefined && rows.every((fields) => !Array.isArray(fields.get(key)));
}

function innerOf(fields: Fields | undefined, main: string): string | undefined {
  const value = fields?.get(main);
  return value === undefined || Array.isArray(value) || String(value).trim() === "" ? undefined : String(value);
}

function leafOf(text: string, key: string, { numbers, booleans, nulls }: Frame): Leaf {
  if (text === "null" && nulls.includes(key)) return null;
  if (booleans.includes(key) && (text === "true" || text === "false")) return text === "true";
  return numbers.includes(key) && text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
