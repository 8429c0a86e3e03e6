/** The vocabulary of the linter: what it reads, what it knows beside that, what it finds, and how a prompt may be changed. */
import type { Splits } from "../types.ts";
import type { Text } from "./text.ts";

/** The two templates of a program. */
export interface Prompt {
  readonly system: string;
  readonly user: string;
}

/** What is known beside the prompt; all of it may be missing. */
export interface Facts {
  /** Names of the data's input fields. */
  readonly fields?: readonly string[] | undefined;
  /** What the wanted answers look like, from train cases. */
  readonly answers?: Answers | undefined;
  /** Whether retrieval shows passages (`{{passages}}`). */
  readonly passages?: boolean | undefined;
  readonly model?: "plain" | "reasoning" | undefined;
}

export interface Answers {
  /** label: few different ones, each often · json: objects · phrase: a few words · text: anything longer. */
  readonly kind: "label" | "json" | "phrase" | "text";
  /** Of labels, all that occur. */
  readonly labels?: readonly string[] | undefined;
  /** Of objects, the keys that all of them have. */
  readonly keys?: readonly string[] | undefined;
}

/** A mechanical change of a prompt that may help, for a race to decide. Makes no call. */
export interface Operator {
  readonly name: string;
  readonly about: string;
  /** Id of the lint rule whose findings it mends: where it applies, none is left. Undefined where it can promise no such thing. */
  readonly rule?: string | undefined;
  /**
   * The changed prompt; undefined where it does not apply or has nothing to change, so that applying it again changes nothing more.
   * Keeps every placeholder and section tag. Wording is added to and changed in English prompts only: a prompt of two languages is worse.
   */
  apply(prompt: Prompt, facts: Facts): Prompt | undefined;
}

/** error: it cannot work as meant · warning: it is likely to cost quality, money or trust · info: worth a thought. */
export type Level = "error" | "warning" | "info";

/** A piece of a template; offsets in UTF-16 units, the end excluded. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A piece of a template and what is to stand in its place. */
export interface Edit extends Span {
  readonly text: string;
}

/** What a rule says of a piece of a template, as `what; what would be right`. */
export interface Fault extends Span {
  readonly message: string;
  /** A change that nobody would dispute and that cannot change what is meant. */
  readonly fix?: Edit | undefined;
}

export interface Finding extends Fault {
  readonly rule: string;
  readonly level: Level;
}

/** What a rule may know beside the template that it looks at. */
export interface Known extends Facts {
  /** The other template of the same prompt; undefined where a file is looked at alone. */
  readonly beside?: string | undefined;
  /** The format that the experiment's scorers parse replies as, such as JSON. */
  readonly parsed?: string | undefined;
  /** The reply's form is sent with the request (`response_format`), so the prompt need not spell it out. */
  readonly enforced?: boolean | undefined;
  /** The experiment's cases, for what must not stand in a prompt. */
  readonly splits?: Splits | undefined;
}

export interface Rule {
  /** Stable: `family/name`. */
  readonly id: string;
  readonly level: Level;
  /** The fault in a few words. */
  readonly about: string;
  /** What it finds depends on what is known beside the text. */
  readonly knows?: true | undefined;
  check(text: Text, known: Known): readonly Fault[];
}
