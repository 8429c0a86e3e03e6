/** Where a new instruction goes, so that the prompt still reads as one. Pure. */
import { tidy } from "../edits.ts";
import { isEnglish } from "../language.ts";
import { partOf, type Part } from "../parts.ts";
import { readText, type Section } from "../text.ts";
import type { Prompt } from "../types.ts";

/** Both templates as one text, for questions that concern what is said and not where. */
export function wholeOf({ system, user }: Prompt): string {
  return `${system}\n\n${user}`;
}

export function isInEnglish(prompt: Prompt): boolean {
  return isEnglish(wholeOf(prompt));
}

/**
 * The prompt with an instruction more: in the section where such things stand, if there is one, else at the end of the
 * instructions. These are the system template's, or where that is empty and the user template begins with some, those.
 */
export function withInstruction({ system, user }: Prompt, instruction: string, part: Part): Prompt {
  if (system.trim() !== "") return { system: appended(system, instruction, part), user };
  if (sectionFor(readText(user).sections, part) !== undefined) return { system, user: appended(user, instruction, part) };
  const first = user.search(/\{\{/);
  const head = user.slice(0, first < 0 ? user.length : first);
  const end = head.lastIndexOf("\n\n");
  if (end < 0) return { system: instruction, user };
  return { system, user: `${appended(user.slice(0, end), instruction, part)}${user.slice(end)}` };
}

function appended(template: string, instruction: string, part: Part): string {
  const { sections, lines } = readText(template);
  const section = sectionFor(sections, part);
  if (section === undefined) {
    const last = lines.findLast(({ kind }) => kind !== "blank");
    const marked =
      last?.kind === "item" && !instruction.includes("\n") ? itemLike(template.slice(last.start, last.content), instruction) : undefined;
    // A section that is something else must not swallow the instruction.
    if (sections.length > 0)
      return tidy(
        `${template}\n\n## ${part === "output" ? "OutputFormat" : part === "examples" ? "Examples" : "Rules"}\n${asItem(instruction)}`,
      );
    if (marked !== undefined) return `${template.trimEnd()}\n${marked}`;
    const separator = instruction.includes("\n") || template.trimEnd().includes("\n\n") || last?.kind !== "text" ? "\n\n" : "\n";
    return `${template.trimEnd()}${separator}${instruction}`;
  }
  return inserted(template, section, instruction);
}

/** The section where such an instruction stands, or the rules; never all that stands below a title. */
function sectionFor(sections: readonly Section[], part: Part): Section | undefined {
  const named = (wanted: Part): Section | undefined => sections.findLast(({ name, level }) => level > 1 && partOf(name) === wanted);
  return named(part) ?? (part === "examples" ? undefined : named("rules"));
}

function inserted(template: string, { body }: Section, instruction: string): string {
  const content = template.slice(body.start, body.end).trimEnd();
  const { lines } = readText(content);
  const at = lines.findLastIndex(({ kind }) => kind === "item");
  const last = lines[at];
  const item = last === undefined ? undefined : itemLike(content.slice(last.start, last.content), instruction);
  // What follows the list in its section, such as an input, still follows it.
  const next = lines.slice(at + 1).find(({ kind }) => kind !== "text");
  const end = item === undefined ? content.length : (next?.start ?? content.length + 1) - 1;
  const added = item !== undefined ? `\n${item}` : content.trim() === "" ? `\n${asItem(instruction)}` : `\n\n${instruction}`;
  const rest = template.slice(body.end);
  return `${template.slice(0, body.start)}${content.slice(0, end)}${added}${content.slice(end)}${rest === "" ? "" : `\n\n${rest}`}`;
}

/** An item that goes on with a list: its bullet, or the next number. */
function itemLike(marker: string, instruction: string): string {
  const next = marker.replace(/\d+/, (number) => String(Number(number) + 1));
  return `${next}${instruction.replaceAll("\n", `\n${" ".repeat(marker.length)}`)}`;
}

function asItem(instruction: string): string {
  return instruction.includes("\n") ? instruction : `- ${instruction}`;
}
