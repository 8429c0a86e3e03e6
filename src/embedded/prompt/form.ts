/** Puts an answer into the form that the instructions ask for. */
import type { Form } from "./instructions.ts";

/** An answer and where it comes from; `known` is false for a refusal. */
export interface Finding {
  readonly text: string;
  readonly known: boolean;
  readonly question: string;
  /** How the prompt names the passage. */
  readonly source?: string | undefined;
  /** The sentence that holds the answer. */
  readonly quote?: string | undefined;
  /** Probability, 0..1. */
  readonly confidence: number;
}

/** The reply's text. A refusal is never reshaped: it stays the phrase of the prompt, alone or as a field of the JSON. */
export function present(finding: Finding, form: Form): string {
  if (form.json !== undefined) return JSON.stringify(asObject(finding, form.json, form));
  if (!finding.known) return finding.text;
  const text = shaped(finding, form);
  return form.cite && finding.source !== undefined ? `${text} [${finding.source}]` : text;
}

function shaped({ text, quote }: Finding, form: Form): string {
  const out =
    form.shape === "sentence"
      ? (quote ?? text)
      : form.shape === "date"
        ? (isoDate(text) ?? isoDate(quote ?? "") ?? text)
        : form.shape === "number"
          ? (plainNumber(text) ?? text)
          : text;
  return form.letters === "lower" ? out.toLowerCase() : form.letters === "upper" ? out.toUpperCase() : out;
}

const isAnswer = /^(?:answer|label|category|intent|class|topic|result|response|value|verdict|reply|output|prediction|date|number)$/i;

function asObject(finding: Finding, names: readonly string[], form: Form): Record<string, unknown> {
  const fields = names.length === 0 ? ["answer"] : names;
  const main = fields.find((name) => isAnswer.test(name)) ?? fields[0];
  return Object.fromEntries(
    fields.map((name) => [name, name === main ? (finding.known ? shaped(finding, form) : finding.text) : fieldOf(name, finding)]),
  );
}

function fieldOf(name: string, { known, source, quote, question, confidence }: Finding): unknown {
  const found = known ? { source: source ?? null, quote: quote ?? null } : { source: null, quote: null };
  if (/^(?:source|citation|passage|reference|document|doc)(?:_?id|_?number)?$/i.test(name)) return found.source;
  if (/^(?:sources|citations|passages|references)$/i.test(name)) return found.source === null ? [] : [found.source];
  if (/^(?:quote|evidence|sentence|reason|reasoning|explanation|support)$/i.test(name)) return found.quote;
  if (/^(?:confidence|score|probability)$/i.test(name)) return Math.round(confidence * 100) / 100;
  if (/^(?:found|known|answerable|has_answer)$/i.test(name)) return known;
  if (/^(?:question|query|input)$/i.test(name)) return question;
  return null;
}

const monthNames = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];

/** A date in English words, as digits or in Chinese, as YYYY-MM-DD; undefined when there is no whole date. */
function isoDate(text: string): string | undefined {
  const iso =
    /\b(\d{4})-(\d{1,2})-(\d{1,2})\b/.exec(text) ??
    /(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日/u.exec(text) ??
    /\b(\d{4})\/(\d{1,2})\/(\d{1,2})\b/.exec(text);
  if (iso !== null) return calendar(iso[1], Number(iso[2]), iso[3]);
  const names = monthNames.map((m) => `${m}|${m.slice(0, 3)}\\.?`).join("|");
  const dayFirst = new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?\\s+(?:of\\s+)?(${names}),?\\s+(\\d{4})\\b`, "i").exec(text);
  if (dayFirst !== null) return calendar(dayFirst[3], monthNumber(dayFirst[2]), dayFirst[1]);
  const monthFirst = new RegExp(`\\b(${names})\\s+(\\d{1,2})(?:st|nd|rd|th)?,?\\s+(\\d{4})\\b`, "i").exec(text);
  return monthFirst === null ? undefined : calendar(monthFirst[3], monthNumber(monthFirst[1]), monthFirst[2]);
}

function monthNumber(name = ""): number {
  return monthNames.findIndex((m) => m.startsWith(name.toLowerCase().slice(0, 3))) + 1;
}

function calendar(year: string | undefined, month: number, day: string | undefined): string | undefined {
  if (month < 1 || month > 12 || Number(day) < 1 || Number(day) > 31) return undefined;
  return `${year}-${String(month).padStart(2, "0")}-${(day ?? "").padStart(2, "0")}`;
}

const small =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split(
    " ",
  );

/** The first number of a text in digits, without separators of thousands. */
function plainNumber(text: string): string | undefined {
  const digits = /-?\d+(?:,\d{3})*(?:\.\d+)?/.exec(text)?.[0];
  if (digits !== undefined) return digits.replaceAll(",", "");
  const word = small.findIndex((w) => new RegExp(`\\b${w}\\b`, "i").test(text));
  return word < 0 ? undefined : String(word);
}
