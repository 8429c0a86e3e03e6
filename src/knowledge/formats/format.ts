/** What a reader of one file format gives to `readDocuments`. */

/** A document as its file tells it; what is missing is filled from the file's path. */
export interface Draft {
  readonly id?: string | undefined;
  readonly title?: string | undefined;
  readonly text: string;
  /** Line of the file where it begins, from 1, for files that hold several documents. */
  readonly line?: number | undefined;
}

export interface Reading {
  readonly drafts: readonly Draft[];
  /** What is wrong with the file, as `line: what; what would be right` or without a line. */
  readonly faults: readonly string[];
}

export interface Format {
  /** In lower case, with the dot. */
  readonly extensions: readonly string[];
  /** `text` is decoded, has no byte order mark and only `\n` line breaks. */
  read(text: string): Reading | Promise<Reading>;
}
