/** Puts an answer into the form that the instructions ask for. */
import type { Form } from "./instructions.ts";
import { isoDate } from "./dates.ts";
import type { Part } from "./reply-parts.ts";
import { firstNumber } from "../text/numerals.ts";

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
  // What was learnt as JSON is said as it was learnt.
  if (form.json !== undefined && isObject(finding.text)) return finding.text;
  if (form.json !== undefined) return JSON.stringify(asObject(finding, form.json, form));
  if (!finding.known) return finding.text;
  const text = shaped(finding, form);
  const cited = form.cite && finding.source !== undefined ? `${text} ${citation(finding.source, form)}` : text;
  if (form.parts !== undefined) return form.parts.map((part) => `${part.before}${valueOf(part, finding, cited)}${part.after}`).join("");
  return form.evidence === true && finding.quote !== undefined && finding.quote !== text ? `"${finding.quote}"\n\n${cited}` : cited;
}

function citation(source: string, { citeAs }: Form): string {
  return citeAs === "()" ? `(${source})` : `[${source}]`;
}

function valueOf({ name }: Part, finding: Finding, answer: string): string {
  return name === "answer" ? answer : String(fieldNamed(name, finding) ?? "");
}

function shaped({ text, quote }: Finding, form: Form): string {
  const span = form.shape === "number" ? (firstNumber(text) ?? text) : text;
  const fits = form.words === undefined || (quote ?? text).split(/\s+/).length <= form.words;
  const whole = form.shape === "sentence" && fits ? (quote ?? text) : span;
  const out = form.dates === undefined ? whole : (dated(span, quote, form.dates) ?? whole);
  return form.letters === "lower" ? out.toLowerCase() : form.letters === "upper" ? out.toUpperCase() : out;
}

/** A date of the answer as the pattern has it; of its sentence only where the answer is a part of that date. */
function dated(text: string, quote: string | undefined, pattern: string): string | undefined {
  if (pattern === "YYYY") return /(?<!\d)[12]\d{3}(?!\d)/.exec(text)?.[0];
  const around =
    quote === undefined || !/\d/.test(text) || /^[\d.,]+$/.test(text.replace(/^[12]\d{3}$/, "year")) ? undefined : isoDate(quote);
  const [year = "", month = "", day = ""] = (isoDate(text) ?? around)?.split("-") ?? [];
  return year === "" ? undefined : pattern.replace("YYYY", year).replace("MM", month).replace("DD", day);
}

function isObject(text: string): boolean {
  try {
    return /^\s*\{/.test(text) && typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

const isAnswer =
  /^(?:answer|label|category|intent|class|topic|result|response|value|verdict|reply|output|prediction|date|number|antwort|réponse|respuesta|risposta|resposta|antwoord|答案|回答|答え|답변?|ответ)$/iu;

/** The field that holds the answer itself: by its name, else the first that its name does not explain; undefined where each is explained. */
export function mainField(fields: readonly string[]): string | undefined {
  return fields.find((name) => isAnswer.test(name)) ?? fields.find((name) => fieldNamed(name, nothingFound) === undefined);
}

const nothingFound: Finding = { text: "", known: false, question: "", confidence: 0 };

function asObject(finding: Finding, names: readonly string[], form: Form): Record<string, unknown> {
  const fields = names.length === 0 ? ["answer"] : names;
  const main = form.main ?? mainField(fields);
  return Object.fromEntries(
    fields.map((name) => [
      name,
      name === main
        ? finding.known
          ? shaped(finding, form)
          : form.nullWhenUnknown === true
            ? null
            : finding.text
        : (fieldNamed(name, finding) ?? null),
    ]),
  );
}

/** The value of a field that its name explains; undefined for any other name. */
export function fieldNamed(
  name: string,
  { known, source, quote, question, confidence }: Finding,
): string | number | boolean | null | readonly string[] | undefined {
  const found = known ? { source: source ?? null, quote: quote ?? null } : { source: null, quote: null };
  if (/^(?:source|citation|passage|reference|document|doc)(?:_?id|_?number)?$/i.test(name)) return found.source;
  if (/^(?:sources|citations|passages|references)$/i.test(name)) return found.source === null ? [] : [found.source];
  if (/^(?:quote|evidence|sentence|reason|reasoning|explanation|support)$/i.test(name)) return found.quote;
  if (/^(?:confidence|score|probability)$/i.test(name)) return Math.round(confidence * 100) / 100;
  if (/^(?:found|known|answerable|has_answer)$/i.test(name)) return known;
  if (/^(?:question|query|input)$/i.test(name)) return question;
  return undefined;
}
