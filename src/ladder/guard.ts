/** Nothing of confirm or test may be shown as a demonstration, stand in a prompt or be trained on, wherever a stage had it from. */
import { copiesAmong } from "../data/copies.ts";
import { acceptedOf, isLong, isTelling, lineOf, partOf, quoteFinder, searchFor, textOf } from "../data/quotes.ts";
import { inputOf, normalised } from "../data/text.ts";
import { copyFinder } from "./copied.ts";
import { placeholdersOf } from "../program/template.ts";
import type { Case, Demo, Json, Program, SplitName, Splits, TrainingRow } from "../types.ts";

export interface Guard {
  /** What a program gives away that the one before it did not; undefined where it is nothing. */
  program(candidate: Program, incumbent: Program): string | undefined;
  /** The same for a candidate of the search, which must not know select either: no case of it, and no run of 8 words of a held-out case. */
  candidate(program: Program, incumbent: Program): string | undefined;
  /** What training rows give away; `program` is whose templates they were made with. */
  rows(rows: readonly TrainingRow[], program: Program): string | undefined;
}

/** Looks at nothing before it is asked. What is made from a train case never gives anything away: those were looked at when they were read. */
export function createGuard(splits: Splits): Guard {
  const held = (["confirm", "test"] as const).flatMap((split) => splits[split].map((kase): Held => ({ kase, split })));
  const copies = once(() => copiesAmong(held.map(({ kase }) => inputOf(kase))));
  const trained = once(() => new Set(splits.train.map(inputOf)));
  const known = [...splits.train.map((kase): Held => ({ kase, split: "train" })), ...held];
  const search = once(() => searchFor(known.map(({ kase }) => Object.values(kase.fields))));
  const standingIn = (text: string): readonly Held[] => search()(text).flatMap((at) => known[at] ?? []);

  const shown = (demo: Demo): Held | undefined => {
    const input = inputOf(demo);
    const from = trained().has(input);
    const copy = [...copies()(input)].find(({ at, exact }) => exact || (!from && accepts(held[at]?.kase, demo.answer)));
    return copy === undefined ? undefined : held[copy.at];
  };
  const quotes = once(() => quoteFinder(splits));
  const chosenBy = once(() => quoteFinder(splits, ["select"]));
  const copied = copyFinder(splits);
  const ofTrain = once(() => partOf(splits.train));
  const quotedIn = (program: Program, find: QuoteFinder) => {
    const fromElsewhere = (demo: Demo) => !trained().has(inputOf(demo));
    return find([{ id: "program", text: wordingOf(program, fromElsewhere) }], ofTrain());
  };
  /** The first quote in the candidate that is not in the incumbent. */
  const newIn = (candidate: Program, incumbent: Program, find: QuoteFinder): string | undefined => {
    const quoted = quotedIn(candidate, find);
    const before = new Set(quoted.length === 0 ? [] : quotedIn(incumbent, find).map((quote) => `${quote.split} ${quote.case}`));
    const quote = quoted.find((one) => !before.has(`${one.split} ${one.case}`));
    return quote === undefined ? undefined : `leak: its prompt quotes the ${quote.split} case "${quote.case}"; examples come from train`;
  };
  const program = (candidate: Program, incumbent: Program): string | undefined => {
    for (const demo of demosIn(candidate)) {
      const found = shown(demo);
      if (found !== undefined) return `leak: it shows ${nameOf(found)} as a demonstration; demonstrations come from train`;
    }
    return newIn(candidate, incumbent, quotes());
  };

  return {
    program,
    candidate(candidate, incumbent) {
      const leak = program(candidate, incumbent) ?? newIn(candidate, incumbent, chosenBy());
      if (leak !== undefined) return leak;
      const found = copied(promptOf(candidate), promptOf(incumbent));
      return found && `leak: its prompt has "${found.words}" from the ${found.split} case "${found.case}"; examples come from train`;
    },
    rows(rows, program) {
      const literals = program.user.split(/\{\{[^{}]*\}\}/).map((text) => text.trim());
      const shownFields = placeholdersOf(program.user).map(({ name }) => name);
      const lines = held.map(({ kase }) => lineOf(shownFields.map((name) => kase.fields[name] ?? "").join("\n")));
      const copiesOfLines = once(() => copiesAmong(lines));
      for (const { user, answer } of rows.flatMap(exchangesIn)) {
        const inside = standingIn(user);
        if (inside.some(({ kase, split }) => split === "train" && (isLong(textOf(kase)) || accepts(kase, answer)))) continue;
        // What is left without the words of the template are the fields.
        const line = lineOf(literals.reduce((rest, literal) => rest.replace(literal, " "), user));
        const copy = [...copiesOfLines()(line)].find(({ at, exact }) => exact || accepts(held[at]?.kase, answer));
        const tells = (kase: Case) => isLong(textOf(kase)) || (isTelling(textOf(kase)) && accepts(kase, answer));
        const found = copy === undefined ? inside.find(({ kase, split }) => split !== "train" && tells(kase)) : held[copy.at];
        if (found !== undefined) return `leak: a training row holds ${nameOf(found)}; rows are made from train`;
      }
      return undefined;
    },
  };
}

function promptOf({ system, user }: Program): string {
  return `${system}\n\n${user}`;
}

type QuoteFinder = ReturnType<typeof quoteFinder>;

interface Held {
  readonly kase: Case;
  readonly split: SplitName;
}

function nameOf({ kase, split }: Held): string {
  return `the ${split} case "${kase.id}"`;
}

function accepts(kase: Case | undefined, answer: string): boolean {
  return acceptedOf(kase).some((one) => normalised(one) === normalised(answer));
}

/** Each user message of a row with the answer that follows it. */
function exchangesIn({ messages }: TrainingRow): readonly { readonly user: string; readonly answer: string }[] {
  return messages.flatMap(({ role, content }, at) => {
    const next = messages[at + 1];
    return role === "user" ? [{ user: content, answer: next?.role === "assistant" ? next.content : "" }] : [];
  });
}

/** The program's demonstrations, and those that its steps choose from. */
function demosIn({ demos, steps }: Program): readonly Demo[] {
  return [...demos, ...steps.flatMap((step) => valuesIn(step.with).flatMap((value) => demoOf(value) ?? []))];
}

function demoOf(value: Json): Demo | undefined {
  if (typeof value !== "object" || value === null || !("fields" in value) || !("answer" in value)) return undefined;
  const { fields, answer } = value;
  if (typeof fields !== "object" || fields === null || typeof answer !== "string") return undefined;
  const texts = Object.entries(fields).flatMap(([name, text]) => (typeof text === "string" ? [[name, text] as const] : []));
  return { id: "", fields: Object.fromEntries(texts), answer };
}

/** All that a program says and its steps know, but for the demonstrations that do not count. */
function wordingOf({ system, user, demos, steps }: Program, counts: (demo: Demo) => boolean): string {
  const said = (value: Json): string => {
    if (typeof value !== "object" || value === null) return String(value);
    const demo = demoOf(value);
    if (demo !== undefined && !counts(demo)) return "";
    // A table's keys may be questions, and its values their answers.
    return Object.entries(value)
      .map(([key, inner]: [string, Json]) => (Array.isArray(value) ? said(inner) : `${key}: ${said(inner)}`))
      .join("\n");
  };
  const shown = demos.filter(counts).map(({ fields, answer }) => `${Object.values(fields).join("\n")}\n${answer}`);
  return [system, user, ...shown, ...steps.map((step) => said(step.with))].join("\n\n");
}

/** A value and all values in it. */
function valuesIn(value: Json): readonly Json[] {
  if (typeof value !== "object" || value === null) return [value];
  return [value, ...Object.values(value).flatMap((inner: Json) => valuesIn(inner))];
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
