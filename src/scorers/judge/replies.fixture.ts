/** What models make of a good reply. */
import { html, says, type Behaviour } from "../../wire/server.fixture.ts";

/** The same verdict, as models write it. */
export const DRESSES: Readonly<Record<string, (good: string) => string>> = {
  "in a fence": (good) => `\`\`\`json\n${JSON.stringify(JSON.parse(good), null, 2)}\n\`\`\``,
  "in prose": (good) => `Sure! I looked at {all} of it [1]; here it is: ${good}\nAnything else?`,
  "after thoughts": (good) => `<think>Maybe ${good.replaceAll(/\d/gu, "0")}? No.\nGRADE: D</think>\n\n${good}`,
  "after thoughts that never began": (good) => `Maybe ${good.replaceAll(/\d/gu, "0")}?</think>${good}`,
  "after another object": (good) => `${good.replaceAll(/\d/gu, "7")}\nOn second thought:\n${good}`,
  "with trailing commas": (good) => good.replaceAll("}", " , }").replaceAll("]", ",]"),
  "in typographic quotes": (good) => good.replaceAll(/"([^"]*)"/gu, "“$1”"),
  "with line breaks in its texts": (good) => good.replaceAll("for a reason", "for\na\t\r\nreason"),
  "with numbers as texts": (good) => good.replaceAll(/:(\d+)/gu, ':"$1"'),
  "with booleans for 0 and 1": (good) => good.replaceAll(/(?<=(?:verdict|noncommittal)":)[01]/gu, (bit) => String(bit === "1")),
  "in other letters": (good) => good.replaceAll(/(?<="verdict":)"(\w+)"/gu, (_, label: string) => `" (${label.toLowerCase()}). "`),
  "among other keys": (good) => good.replace("{", '{"confidence": 0.9, '),
  "without reasons": (good) => good.replaceAll(/"reason":"[^"]*",/gu, ""),
  "after a byte order mark": (good) => `\uFEFF${good}\r\n`,
  "inside another object": (good) => `{"result": ${good}}`,
};

/** What cannot be taken for a verdict. */
export const SPOILT: Readonly<Record<string, (good: string) => string | Behaviour>> = {
  prose: () => "The answer is right, I would say. It deserves full marks.",
  "verdict 5": (good) => withVerdict(good, "59"),
  "verdict 5 in words": () => "verdict 5",
  "a negative number": (good) => withVerdict(good, "-1"),
  NaN: (good) => withVerdict(good, "NaN"),
  "a number without end": (good) => withVerdict(good, "1e999"),
  "a fraction": (good) => withVerdict(good, "0.5"),
  null: (good) => withVerdict(good, "null"),
  "a wrong label": (good) => withVerdict(good, '"maybe"'),
  "a list of verdicts": (good) => withVerdict(good, "[1, 1]"),
  "no verdict": (good) => good.replaceAll(/"(?:verdict|grade|rating|noncommittal)"/gu, '"said"').replace('"statements"', '"said"'),
  nothing: () => says(""),
  blanks: () => says(" \n"),
  HTML: () => "<!DOCTYPE html><html><style>b{color:red}</style><body>{}</body></html>",
  "a page of the endpoint": () => html(200, "Please sign in"),
  "half of it": (good) => good.slice(0, -2),
  "half of it, for the limit on tokens": (good) => says(good.slice(0, -2), "length"),
  "nothing but the limit on tokens": () => says("", "length"),
  "thoughts alone": (good) => `<think>${good}`,
  "an empty object": () => "{}",
  "a broken object around a whole one": (good) => `{"reason": "it said ${good} there", ${good.slice(1)}`,
  "the beginning of an object with a whole one in it": (good) => `{"reason": "it said ${good} there", ${good.slice(1, -1)}`,
};

function withVerdict(good: string, value: string): string {
  return good
    .replaceAll(/(?<="(?:verdict|noncommittal|grade|rating)":)(?:"\w+"|\d+)/gu, value)
    .replace(/(?<="statements":).*(?=\}$)/u, value.startsWith("[") ? value : `[${value}]`);
}

const BITS = [
  '"verdict":',
  "5",
  "-1",
  "NaN",
  "true",
  "null",
  "}",
  "{",
  "]",
  "[",
  ",",
  '"',
  "“",
  "\\",
  "```",
  "<think>",
  "</think>",
  "\nGRADE: C\n",
  "0.5",
  "1e999",
  "A",
  "🙂",
  "\ud800",
  "٤",
];

/** The reply with pieces lost, doubled, changed and put elsewhere. */
export function garbled(good: string, random: () => number): string {
  const place = (): number => Math.floor(random() * (text.length + 1));
  const bit = (): string => BITS[Math.floor(random() * BITS.length)] ?? "";
  let text = good;
  for (let change = Math.floor(random() * 6); change > 0; change--) {
    const [at, from, kind] = [place(), place(), random()];
    const piece = text.slice(from, from + 12);
    if (kind < 0.3) text = text.slice(0, at) + bit() + text.slice(at);
    else if (kind < 0.5) text = text.slice(0, from) + text.slice(from + 12);
    else if (kind < 0.7) text = text.slice(0, at) + piece + text.slice(at);
    else if (kind < 0.9) text = text.replace(/(?<=:)(?:\d+|"\w+")/u, bit());
    else text = text.slice(0, at);
  }
  return text;
}
