import { plain } from "../../../program/text.ts";
import { canonical } from "../../../program/hash.ts";
import { acceptedOf } from "../answers.ts";
import type { Json } from "../../../types.ts";
import type { Reading } from "./reading.ts";

/**
 * JSON in prose or nearly JSON, its keys and values spelt as the expected ones; one value of it where a text is expected; and
 * `key: value` lines where an object is, also inside another object or a list of one.
 *
 *     'Here you are: {"People": 4, "time": "six",}' for { people: "4", time: "six" } -> '{"people":"4","time":"six"}'
 *     '{"label": "refund", "confidence": 0.9}' for "refund" -> "refund"
 */
const json: Reading = {
  name: "as JSON",
  read(answer, kase) {
    const { expected } = kase;
    const value = parsed(answer);
    if (isObject(expected)) {
      const given = within(value, Object.keys(expected)) ?? linesOf(answer, expected);
      return given === undefined ? [] : [JSON.stringify(given), JSON.stringify(shaped(given, expected))];
    }
    if (value === undefined) return [];
    if (Array.isArray(expected) && acceptedOf(kase).length === 0) return [JSON.stringify(value)];
    const same = acceptedOf(kase).filter((text) => canonical(parsed(text) ?? null) === canonical(value));
    return [...same, ...leaf(value), JSON.stringify(value)];
  },
};
export default json;

type Fields = { readonly [key: string]: Json };

function isObject(value: Json | undefined): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The first object or list in a text, also with single quotes, Python's words, and commas too many. */
function parsed(text: string): Json | undefined {
  const start = text.search(/[{[]/u);
  const end = Math.max(text.lastIndexOf("}"), text.lastIndexOf("]"));
  if (start < 0 || end <= start) return undefined;
  const found = text.slice(start, end + 1);
  const strict = found.replace(/,\s*([}\]])/gu, "$1");
  const python = strict
    .replace(/'((?:[^'\\]|\\.)*)'/gu, (_, inner: string) => JSON.stringify(inner))
    .replace(/\bTrue\b/gu, "true")
    .replace(/\bFalse\b/gu, "false")
    .replace(/\bNone\b/gu, "null")
    .replace(/([{,]\s*)([A-Za-z_]\w*)(\s*:)/gu, '$1"$2"$3');
  for (const candidate of [found, strict, python]) {
    try {
      return JSON.parse(candidate) as Json;
    } catch {}
  }
  return undefined;
}

/** Objects around an object: more than a model wraps anything in. */
const DEEPEST = 3;

/** The object itself, or the only one inside it that has an expected key, where it has none. */
function within(value: Json | undefined, keys: readonly string[], deep = 0): Fields | undefined {
  if (value === undefined || value === null || typeof value !== "object" || deep > DEEPEST) return undefined;
  const wanted = new Set(keys.map(plain));
  if (isObject(value) && (keys.length === 0 || Object.keys(value).some((key) => wanted.has(plain(key))))) return value;
  const inner = Object.values(value).flatMap((one): readonly Fields[] => {
    const found = within(one, keys, deep + 1);
    return found === undefined ? [] : [found];
  });
  return inner.length === 1 ? inner[0] : undefined;
}

/** `people: 4` on lines of their own, for each expected key. */
function linesOf(answer: string, expected: Fields): Fields | undefined {
  const pairs = [...answer.matchAll(/^[\s\-*"']*([\w ]+?)[\s"'*]*[:=]\s*["']?(.*?)["']?[\s,]*$/gmu)].map(([, key = "", value = ""]) => [
    plain(key),
    value,
  ]);
  const found = Object.keys(expected).flatMap((key) => pairs.filter(([name]) => name === plain(key)).slice(0, 1));
  return found.length === Object.keys(expected).length ? Object.fromEntries(found) : undefined;
}

/** The given values under the expected keys; a value that differs in spelling or type alone becomes the expected one. */
function shaped(given: Fields, expected: Fields): Fields {
  const byKey = new Map(Object.entries(given).map(([key, value]) => [plain(key), value]));
  return Object.fromEntries(
    Object.entries(expected).flatMap(([key, wanted]): [string, Json][] => {
      const value = byKey.get(plain(key));
      if (value === undefined) return [];
      if (isObject(value) && isObject(wanted)) return [[key, shaped(value, wanted)]];
      return [[key, plain(textOf(value)) === plain(textOf(wanted)) ? wanted : value]];
    }),
  );
}

/** The one value that an object holds, or the one under a key that means the answer. */
function leaf(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.length === 1 && typeof value[0] === "string" ? [value[0]] : [];
  if (!isObject(value)) return [];
  const entries = Object.entries(value).filter(([, one]) => typeof one !== "object");
  const named = entries.filter(([key]) => ANSWER.test(key));
  const [only] = entries.length === 1 ? entries : named.length === 1 ? named : [];
  return only === undefined ? [] : [textOf(only[1])];
}

const ANSWER = /^(?:final_?)?(?:answer|label|result|output|category|class|intent|value|prediction|response)$/iu;

function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
