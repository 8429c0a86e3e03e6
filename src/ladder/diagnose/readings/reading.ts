import type { Case } from "../../../types.ts";

/** A lenient way to read an answer. What it makes of it is graded by the primary scorer, whose verdict alone decides. */
export interface Reading {
  /** How the answer was read: "inside a Markdown fence". */
  readonly name: string;
  /** Texts that the answer may have meant, the likeliest first; none where this way of reading finds nothing. */
  read(answer: string, kase: Case, known: Known): readonly string[];
}

/** What is known of the answers of all cases. */
export interface Known {
  /** The labels of a closed set; undefined where answers are free. */
  readonly labels: readonly string[] | undefined;
  /** Accepted answers of train and select cases. */
  readonly accepted: ReadonlySet<string>;
}
