/** Headings and sections: a prompt of sections is read by them, so they must be right. Prose has nothing to fear here. */
import { partOf, type Part } from "../parts.ts";
import { formatIn } from "../cues.ts";
import { firstLine, type Section, type Text } from "../text.ts";
import type { Fault, Rule } from "../types.ts";

const MOST_LEVELS = 3;

/** A prompt in the manner of LangGPT: a role as title, or three parts or more by their names. */
function isStructured({ sections }: Text): boolean {
  const parts = new Set(sections.flatMap(({ name }) => partOf(name) ?? []));
  return sections.some(isRole) || (parts.size >= 3 && (parts.has("profile") || parts.has("initialization") || parts.has("workflow")));
}

function isRole({ name, level }: Section): boolean {
  return level === 1 && /^(?:role|角色)\b\s*[:：]|^角色/iu.test(name);
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
    const top = Math.min(...sections.map(({ level }) => level));
    return sections.flatMap((section, at): readonly Fault[] => {
      const before = sections[at - 1];
      const marks = {
        start: section.heading.start,
        end: section.heading.start + (/^ *#+/.exec(text.slice(section.heading.start))?.[0].length ?? 0),
      };
      if (before !== undefined && section.level > before.level + 1) {
        const level = before.level + 1;
        // What stands below it would have to follow, so only a heading without any is mended.
        const alone = (sections[at + 1]?.level ?? 0) <= before.level;
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
  check(text, { answers, beside, enforced }) {
    const { sections } = text;
    const tasks: readonly (Part | undefined)[] = ["goals", "workflow", "skills", "background"];
    const taskless = isStructured(text) && !sections.some(({ name }) => tasks.includes(partOf(name))) && !sections.some(isTask);
    const first = sections[0];
    const found: Fault[] = [];
    if (taskless && first !== undefined)
      found.push({ ...place(first.heading), message: "no section says what is to be done; add ## Goals, or ## Workflow" });
    const whole = `${text.text}\n${beside ?? ""}`;
    const asked =
      formatIn(whole.toUpperCase()) !== null || /[{][\s]*"/.test(whole) || text.sections.some(({ name }) => partOf(name) === "output");
    if (answers?.kind === "json" && enforced !== true && beside !== undefined && text.role !== "user" && !asked)
      found.push({
        ...firstLine(text.text),
        message: `expected answers are JSON, and nothing asks for it; name the fields${named(answers.keys)}`,
      });
    return found;
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
    const seen = new Map<string, Section>();
    return sections.flatMap((section, at): readonly Fault[] => {
      const parent = sections.slice(0, at).findLast(({ level }) => level < section.level);
      const key = `${parent?.start ?? -1} ${section.level} ${section.name.toLowerCase()}`;
      if (!seen.has(key)) {
        seen.set(key, section);
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
    return sections.flatMap((section, at): readonly Fault[] => {
      const deeper = (sections[at + 1]?.level ?? 0) > section.level;
      // A title says something by itself, and what ends the prompt may be filled in by what follows.
      if (deeper || section.level === 1 || text.slice(section.body.start, section.body.end).trim() !== "") return [];
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
    if (!isStructured(text)) return [];
    const parts = text.sections.flatMap((section) => {
      const rank = ORDER.indexOf(partOf(section.name) ?? "tools");
      return rank < 0 || section.level > 2 ? [] : [{ section, rank }];
    });
    return parts.flatMap(({ section, rank }, at): readonly Fault[] => {
      const later = parts.slice(0, at).find((one) => one.rank > rank);
      if (later === undefined) return [];
      return [
        {
          ...place(section.heading),
          message: `"${section.name}" after "${later.section.name}"; models follow the order, so put it before`,
        },
      ];
    });
  },
};

function place({ start, end }: { readonly start: number; readonly end: number }) {
  return { start, end };
}

export const structure: readonly Rule[] = [oneTitle, headingLevels, required, duplicate, empty, order];
