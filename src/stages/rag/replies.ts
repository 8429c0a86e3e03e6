/** What a model's reply says, whatever stands around the JSON that it was asked for: pure. */
import { z } from "zod";

/** The queries of a reply in JSON, else its lines without bullets, numbers and quotes; empty where there are none. */
export function queriesIn(reply: string): readonly string[] {
  for (const [open, close] of [
    ["{", "}"],
    ["[", "]"],
  ] as const) {
    const [from, to] = [reply.indexOf(open), reply.lastIndexOf(close)];
    const read = queries.safeParse(from < 0 ? undefined : valueOf(reply.slice(from, to + 1)));
    if (read.success) return read.data;
  }
  const lines = reply.split("\n").map((line) => line.replace(/^\s*(?:[-*•]|\(?\d{1,2}[.):])\s*/u, "").trim());
  return lines
    .filter((line) => line !== "" && !/^```|[:：]$|^[[{\]}]/u.test(line))
    .map((line) => line.replace(/^(["'“«])(.*)["'”»],?$/u, "$2"));
}

/**
 * The ranking that a reply gives of `count` things numbered from 1, as indexes from 0: the first list of numbers with the most of them,
 * or numbers in brackets in a row, `[2] > [1]`. Numbers that are none of the things, or come again, are left out, and what is not ranked
 * comes last, in the order it had. Undefined where the reply ranks nothing.
 */
export function rankingIn(reply: string, count: number): readonly number[] | undefined {
  const lists = [...reply.matchAll(/\[([\s\d",-]+)\]/g)].map(([, numbers = ""]) => indexes(numbers, count));
  const single = lists.filter(({ length }) => length === 1).flat();
  const longest = [...lists, [...new Set(single)]].reduce((best, list) => (list.length > best.length ? list : best), []);
  const ranked = longest.length > 0 ? longest : /^[\d\s,.>;]+$/.test(reply) ? indexes(reply, count) : [];
  if (ranked.length === 0) return undefined;
  return [...ranked, ...Array.from({ length: count }, (_, i) => i).filter((i) => !ranked.includes(i))];
}

const list = z.array(z.string());
const queries = z.union([list, z.object({ queries: list }).transform((given) => given.queries)]);

function indexes(numbers: string, count: number): readonly number[] {
  const found = (numbers.match(/-?\d+/g) ?? []).map((digits) => Number(digits) - 1);
  return [...new Set(found)].filter((i) => i >= 0 && i < count);
}

function valueOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
