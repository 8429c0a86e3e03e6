/** Headings and sections: a prompt of sections is read by them, so they must be right. Prose has nothing to fear here. */
import { isLangGpt, isRole, partOf, type Part } from "../parts.ts";
import { formatIn } from "../cues.ts";
import { withinSome } from "../spans.ts";
import { firstLine, type Section, type Text } from "../text.ts";
import type { Fault, Rule } from "../types.ts";

const MOST_LEVELS = 3;

/** A prompt in the manner of LangGPT: a role as title, or three parts or more by their names. */
function isStructured({ sections }: Text): boolean {
  const parts = new Set(sections.flatMap(({ name }) => partOf(name) ?? []));
  return sections.some(isRole) || (parts.size >= 3 && (parts.has("profile") || parts.has("initialization") || parts.has("workflow")));
}

const oneTitle: Rule = {
  id: "structure/one-h1",
  level: "warning",
  about: "a structured prompt with more than one title",
  check({ sections }) {
    const titles = sections.filter(({ level }) => level === 1);
    if (titles.length < 2 || !titles.some(isRole)) return [];
    return titles
      .filter((one, at) => at > 0 && (isRole(one) || isRole(titles[0] ?? one)))
      .map(({ heading, name }) => ({
        ...place(heading),
        message: `"${name}" is a second title; one prompt has one # heading, so write ##`,
      }));
  },
};

const headingLevels: Rule = {
  id: "structure/heading-levels",
  level: "warning",
  about: "a heading level that is skipped, or more than three of them",
  check({ sections, text }) {
    const top = sections.reduce((least, { level }) => Math.min(least, level), Number.POSITIVE_INFINITY);
    return sections.flatMap((section, at): readonly Fault[] => {
      const before = sections[at - 1];
      const marks = {
        start: section.heading.start,
        end: section.heading.start + (/^ *#+/.exec(text.slice(section.heading.start))?.[0].length ?? 0),
      };
      if (before !== undefined && section.level > before.level + 1) {
        const level = before.level + 1;
        // What stands below it would have to follow, so only a heading without any is mended.
        const alone = (sections[at + 1]?.level ?? 0) <= level;
        const fix = alone ? { fix: { ...marks, text: "#".repeat(level) } } : {};
        return [{ ...marks, message: `level ${section.level} below level ${before.level} skips one; write ${"#".repeat(level)}`, ...fix }];
      }
      if (section.level - top < MOST_LEVELS) return [];
      return [
        {
          ...marks,
          message: `${section.level - top + 1} levels of headings are more than models keep apart; use ${MOST_LEVELS} or fewer, lists below`,
        },
      ];
    });
  },
};

const required: Rule = {
  id: "structure/required",
  level: "error",
  about: "a structured prompt without a task, or no word on a form that answers must have",
  knows: true,
  check(text, { answers, beside, enforced, parsed }) {
    const { sections, front } = text;
    if (front !== undefined && text.text.trim() === "")
      return [{ start: 0, end: 0, message: "the file holds no prompt; write one, or remove it" }];
    const tasks: readonly (Part | undefined)[] = ["goals", "workflow", "skills", "background"];
    const taskless = isStructured(text) && !sections.some(({ name }) => tasks.includes(partOf(name))) && !sections.some(isTask);
    const first = sections[0];
    const found: Fault[] = [];
    if (taskless && first !== undefined)
      found.push({ ...place(first.heading), message: "no section says what is to be done; add ## Goals, or ## Workflow" });
    const whole = `${text.text}\n${beside ?? ""}`;
    const format = parsed ?? (answers?.kind === "json" ? "JSON" : undefined);
    const asked =
      formatIn(whole.toUpperCase()) !== null ||
      /[{][\s]*"/.test(whole) ||
      text.sections.some(({ name }) => partOf(name) === "output") ||
      (format !== undefined && whole.toLowerCase().includes(format.toLowerCase()));
    if (format === undefined || asked || enforced === true || beside === undefined || text.role === "user") return found;
    const what = parsed === undefined ? `expected answers are ${format}` : `a scorer reads answers as ${format}`;
    const right = format === "JSON" ? `name the fields${named(answers?.keys)}` : `say that the answer is ${format} alone`;
    return [...found, { ...firstLine(text.text), message: `${what}, and nothing asks for it; ${right}` }];
  },
};

function isTask({ name }: Section): boolean {
  return /task|goal|instruction|objective|what to do/i.test(name);
}

function named(keys: readonly string[] | undefined): string {
  return keys === undefined || keys.length === 0 ? "" : `: ${keys.map((key) => `"${key}"`).join(", ")}`;
}

const duplicate: Rule = {
  id: "structure/duplicate",
  level: "warning",
  about: "two sections of one name",
  check({ sections }) {
    const seen = new Set<string>();
    const open: Section[] = [];
    return sections.flatMap((section): readonly Fault[] => {
      while ((open.at(-1)?.level ?? 0) >= section.level) open.pop();
      const key = `${open.at(-1)?.start ?? -1} ${section.level} ${section.name.toLowerCase()}`;
      open.push(section);
      if (!seen.has(key)) {
        seen.add(key);
        return [];
      }
      return [{ ...place(section.heading), message: `a second section "${section.name}"; make one of them, or name them apart` }];
    });
  },
};

const empty: Rule = {
  id: "structure/empty",
  level: "warning",
  about: "a heading with nothing below it",
  check({ sections, text }) {
    // Headings of an answer that is shown as a form are filled in by the model.
    const isForm = withinSome(sections.filter(({ name }) => /\b(?:output|examples?|template|format)\b/i.test(name)));
    return sections.flatMap((section, at): readonly Fault[] => {
      const deeper = (sections[at + 1]?.level ?? 0) > section.level;
      // A title says something by itself, as does an end, and what ends the prompt may be filled in by what follows.
      if (
        deeper ||
        section.level === 1 ||
        /^end\b/i.test(section.name) ||
        isForm(section.start - 1) ||
        text.slice(section.body.start, section.body.end).trim() !== ""
      )
        return [];
      if (at === sections.length - 1 && !isFilled(section)) return [];
      return [{ ...place(section.heading), message: `nothing stands below "${section.name}"; fill it or remove it` }];
    });
  },
};

/** Parts that are said in the prompt itself, unlike "Context" or "Answer", which what follows may fill. */
function isFilled({ name }: Section): boolean {
  const part = partOf(name);
  return part !== undefined && part !== "background" && part !== "examples" && part !== "output";
}

const ORDER: readonly Part[] = ["role", "goals", "rules", "workflow", "output", "initialization"];

const order: Rule = {
  id: "structure/order",
  level: "warning",
  about: "parts out of the order Role, Goals, Rules, Workflow, OutputFormat, Initialization",
  check(text) {
    if (!isLangGpt(text.sections)) return [];
    // The first section of each rank; a second title begins a prompt of its own.
    const firsts: (Section | undefined)[] = [];
    return text.sections.flatMap((section): readonly Fault[] => {
      const rank = section.level > 2 ? -1 : ORDER.indexOf(partOf(section.name) ?? "tools");
      if (rank < 0) return [];
      if (section.level === 1) firsts.length = 0;
      firsts[rank] ??= section;
      const later = firsts.slice(rank + 1).find((one) => one !== undefined);
      if (later === undefined) return [];
      return [
        {
          ...place(section.heading),
          message: `"${section.name}" after "${later.name}"; models follow the order, so put it before`,
        },
      ];
    });
  },
};

function place({ start, end }: { readonly start: number; readonly end: number }) {
  return { start, end };
}

export const structure: readonly Rule[] = [oneTitle, headingLevels, required, duplicate, empty, order];
