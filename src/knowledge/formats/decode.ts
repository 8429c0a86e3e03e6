/** The bytes of a text file -> text. */
import { messageOf, UserError } from "../../errors.ts";
import type { Layout } from "../../types.ts";

/** A string cannot be longer (V8). */
const MOST = 0x1fffffe8;

/** The text with `\n` line breaks and no byte order mark, and how it lies in the bytes. Throws a UserError for what is no text. */
export function decode(bytes: Uint8Array): { readonly text: string; readonly layout: Layout } {
  const { encoding, begin } = markOf(bytes);
  if (bytes.length - begin > MOST)
    throw new UserError(`is too large (${Math.round(bytes.length / 1e6)} MB); divide it into files of up to 500 MB`);
  let raw: string;
  try {
    raw = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes.subarray(begin));
  } catch (error) {
    if (encoding === "utf-8" && bytes.includes(0)) throw binary();
    const what = encoding === "utf-8" ? "is not UTF-8" : `begins like ${encoding.toUpperCase()} and is not (${messageOf(error)})`;
    throw new UserError(`${what}; save it as UTF-8`, 2, { cause: error });
  }
  if (raw.includes("\0")) throw binary();
  return { text: raw.replace(/\r\n?/g, "\n"), layout: { encoding, begin, wide: wideBreaks(raw) } };
}

/** The layout of what is left of a text whose first characters were cut off. */
export function layoutAfter(text: string, { encoding, begin, wide }: Layout, cut: number): Layout {
  const away = typeof wide === "boolean" ? (wide ? breaksIn(text.slice(0, cut)) : 0) : wide.filter((at) => at < cut).length;
  const bytes = encoding === "utf-8" ? Buffer.byteLength(text.slice(0, cut)) + away : 2 * (cut + away);
  return { encoding, begin: begin + bytes, wide: typeof wide === "boolean" ? wide : wide.slice(away).map((at) => at - cut) };
}

function binary(): UserError {
  return new UserError("is not text but binary data; remove it or exclude it");
}

function markOf(bytes: Uint8Array): { readonly encoding: Layout["encoding"]; readonly begin: number } {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: "utf-8", begin: 3 };
  if (a === 0xff && b === 0xfe) return { encoding: "utf-16le", begin: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: "utf-16be", begin: 2 };
  return { encoding: "utf-8", begin: 0 };
}

/** Which line breaks are two characters: none, all, or those at these offsets of the text in which each is one. */
function wideBreaks(raw: string): Layout["wide"] {
  const wide: number[] = [];
  let breaks = 0;
  for (const { index, 0: mark } of raw.matchAll(/\r\n?|\n/g)) {
    if (mark.length === 2) wide.push(index - wide.length);
    breaks++;
  }
  return wide.length === 0 ? false : wide.length === breaks ? true : wide;
}

function breaksIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
