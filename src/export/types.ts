/** What an export is made of. No code. */
import type { Endpoint, Message, Program, Rung, Stage, Summary } from "../types.ts";

/** A select case with the very messages that the program sends for it. */
export interface ShownCase {
  readonly case: string;
  /** What `answer.mts` takes; passages that a step found are among them. */
  readonly fields: Readonly<Record<string, string>>;
  readonly messages: readonly Message[];
  /** What the model said, where a step may have changed the answer afterwards. */
  readonly reply?: string | undefined;
  /** As the run recorded it. */
  readonly answer: string;
  /** By scorer; null where it gave no value. Why it did is left out, since that may tell what is expected. */
  readonly scores: Readonly<Record<string, number | null>>;
  /** The cache, or the engine in this process, gave the recorded answer to these messages once more. */
  readonly checked: boolean;
}

/** All that an export is made of. */
export interface Exported {
  /** Path of the run, as the user may type it. */
  readonly run: string;
  /** `name/stamp-hash`: names the run wherever its folder lies, so that the files hold no path of this machine. */
  readonly id: string;
  readonly version: string;
  readonly summary: Summary;
  readonly rung: Rung;
  readonly program: Program;
  readonly steps: readonly { readonly stage: Stage; readonly options: unknown }[];
  readonly reach: Reach;
  readonly place: Place;
  readonly cases: readonly ShownCase[];
  /** Of the first case; without messages where there is none. */
  readonly request: Request;
  /** Folder of tuned models, where it is not the usual one. */
  readonly store: string | undefined;
}

/** The files that an export may write. */
export type Name =
  | "program.json"
  | "system.md"
  | "user.md"
  | "demos.jsonl"
  | "demos.messages.json"
  | "messages.jsonl"
  | "request.json"
  | "curl.sh"
  | "answer.mts"
  | "README.md";

/**
 * template: fields alone make the messages · passages: fields and the passages that a step found do · messages: a step changes more, so
 * that only messages of exported cases can be sent again.
 */
export type Reach = "template" | "passages" | "messages";

/** Where a program's model answers. */
export interface Place {
  /** Its `apiKey` is never set. */
  readonly endpoint: Endpoint;
  /** Environment variable that holds the key; undefined where the endpoint takes none. */
  readonly key: string | undefined;
  /** What the experiment makes the key of, where it is more than one variable: `Token ${A}`. */
  readonly composed: string | undefined;
  /** Header that takes the key besides the bearer token. */
  readonly keyHeader: string | undefined;
  /** The embedded engine, which other programs reach through `llmopt serve`. */
  readonly embedded: boolean;
}

/** A request as it leaves this machine. */
export interface Request {
  readonly url: string;
  /** JSON, byte for byte. */
  readonly body: string;
}
