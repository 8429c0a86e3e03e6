/** Texts of models, users and files made harmless for where they are shown. */
import { stripVTControlCharacters } from "node:util";

/** One line for a terminal: no escape sequences, no control characters, no line breaks. */
export function forTerminal(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, " ")
    .toWellFormed()
    .trim();
}

/** Several lines for a terminal: as above, but line breaks stay. */
export function forTerminalLines(text: string): string {
  return text.split("\n").map(forTerminal).join("\n");
}

/** For HTML text and quoted attributes. */
export function forHtml(text: string): string {
  return forXml(text);
}

/** For XML 1.0 text and quoted attributes; characters that XML forbids become U+FFFD. */
export function forXml(text: string): string {
  return stripVTControlCharacters(text)
    .toWellFormed()
    .replace(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, "\ufffd")
    .replace(/[&<>"']/gu, (character) => `&#${character.charCodeAt(0)};`);
}

/** One line of Markdown text, also in a table cell, that is shown as it stands. */
export function forMarkdown(text: string): string {
  return forTerminal(text)
    .replace(/[\\`*_[~$]/gu, "\\$&")
    .replace(/[&<>|]/gu, (character) => `&#${character.charCodeAt(0)};`);
}
