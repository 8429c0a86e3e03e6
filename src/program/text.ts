/** A text with what never matters set aside: compatibility forms, case, punctuation, spacing. */
export function plain(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s\p{P}]+/gu, " ")
    .trim();
}

/** Signs, and what stands between numbers. */
const COUNTS = String.raw`(?<=\p{N}\s*)[^\s\p{L}\p{N}](?=\s*\p{N})|(?<![\p{L}\p{N}]\s*)\p{Pd}(?=\p{N})`;
const MARKS = new RegExp(`(?<counts>${COUNTS})|[\\s\\p{P}]`, "gu");

/** What tells inputs apart: as `plain`, but "3 - 4" is not "3 / 4", nor "-4" the same as "4". A text of marks alone is itself. */
export function plainInput(text: string): string {
  const folded = text.normalize("NFKC").toLowerCase();
  const bare = folded
    .replace(MARKS, (_, counts: string | undefined) => ` ${counts ?? ""} `)
    .replace(/ +/g, " ")
    .trim();
  return bare === "" ? folded.trim() : bare;
}
