/** The shape of the instructions: steps, sections after LangGPT, or none. */
import { partOf, type Part } from "../parts.ts";
import { readText } from "../text.ts";
import type { Operator } from "../types.ts";
import { isInEnglish, wholeOf } from "./place.ts";
import { tidy } from "../edits.ts";

const IMPERATIVE =
  /^(?:first|then|next|finally|now)?,?[ ]*(?:read|find|identify|look|check|compare|choose|classify|extract|list|write|answer|summari[sz]e|translate|decide|determine|return|output|give|select|pick|quote|cite|rewrite|explain|count|compute|calculate|convert|correct|label|name|use|consider|reply|respond|format|verify|rank|sort|group|remove|replace|state|describe|generate|produce|draft|compose|propose|suggest|assign|flag|mark|evaluate|rate|score|detect|split|join|copy|think)\b/i;

/** A paragraph of several orders as numbered steps. */
export const decompose: Operator = {
  name: "decompose",
  about: "makes several orders numbered steps",
  rule: "task/multi",
  apply({ system, user }) {
    const { sentences, text, lines } = readText(system);
    if (!isInEnglish({ system, user }) || lines.some(({ kind }) => kind !== "text" && kind !== "blank")) return undefined;
    const orders = sentences.filter((one) => IMPERATIVE.test(one.text));
    const [first, last] = [orders[0], orders.at(-1)];
    if (orders.length < 3 || first === undefined || last === undefined) return undefined;
    const between = sentences.filter(({ start }) => start >= first.start && start <= last.start);
    if (between.length !== orders.length || orders.some((one) => one.text.includes("{{"))) return undefined;
    const steps = orders.map((one, at) => `${at + 1}. ${capital(one.text.replace(/^(?:first|then|next|finally),?[ ]+/i, ""))}`);
    return {
      system: tidy(`${text.slice(0, first.start)}\n\nWork in these steps:\n\n${steps.join("\n")}\n\n${text.slice(last.end)}`),
      user,
    };
  },
};

const TITLES: Readonly<Record<"role" | "background" | "goals" | "rules" | "output", string>> = {
  role: "Role",
  background: "Background",
  goals: "Goals",
  rules: "Rules",
  output: "OutputFormat",
};
const ORDER = ["background", "goals", "rules", "output"] as const;

/** Sections after LangGPT (github.com/langgptai/LangGPT), each sentence in the one that its words belong to. */
export const langgptify: Operator = {
  name: "langgptify",
  about: "sorts the instructions into sections: Role, Background, Goals, Rules, OutputFormat",
  apply({ system, user }) {
    const { sentences, sections, lines, examples } = readText(system);
    const prose = lines.every(({ kind }) => kind === "text" || kind === "blank" || kind === "item");
    // A line that announces what stands below it must stay above it.
    const announced = /[:：][ \t]*(?:\n|$)|^[ \t]*[{[]/m.test(system) || lines.some(({ kind }) => kind === "item");
    if (sections.length > 0 || sentences.length < 2 || !prose || announced || examples.length > 0 || !isInEnglish({ system, user }))
      return undefined;
    const sorted = Map.groupBy(sentences, ({ text }, at) => sectionOf(text, at));
    const [role] = sorted.get("role") ?? [];
    const background = [...(sorted.get("role") ?? []).slice(1), ...(sorted.get("background") ?? [])];
    const bodies = { background, goals: sorted.get("goals") ?? [], rules: sorted.get("rules") ?? [], output: sorted.get("output") ?? [] };
    const written = ORDER.filter((part) => bodies[part].length > 0).map(
      (part) => `## ${TITLES[part]}\n${bodies[part].map(({ text }) => `- ${text}`).join("\n")}`,
    );
    const head = role === undefined ? "" : `# Role\n${role.text}`;
    return { system: [head, ...written].filter((one) => one !== "").join("\n\n"), user };
  },
};

function sectionOf(sentence: string, at: number): keyof typeof TITLES {
  const text = sentence.replaceAll("’", "'");
  if (at === 0 && /^(?:you (?:are|answer|help|work)|act as|as an? )\b/i.test(text)) return "role";
  if (/\b(?:JSON|XML|YAML|CSV|format|short phrase|one word|sentences?|\d+ words|fields?|one of:?|label)\b/i.test(text)) return "output";
  if (
    /^(?:if|when|unless|never|always|do not|don't|avoid|only|must|you must|make sure|ensure)\b|\b(?:must|never|always|only)\b/i.test(text)
  )
    return "rules";
  return IMPERATIVE.test(text) || /^(?:your (?:task|job|goal) is|you (?:will|should|answer))\b/i.test(text) ? "goals" : "background";
}

/** Sections back to paragraphs: leaner prompts are often as good. */
export const flatten: Operator = {
  name: "flatten",
  about: "makes sections of a list each paragraphs without headings",
  apply({ system, user }) {
    const { sections, lines, text, examples } = readText(system);
    const said: readonly Part[] = ["role", "background", "goals", "skills", "rules", "output"];
    const simple = sections.length > 1 && sections.every(({ name }) => said.includes(partOf(name) ?? "tools")) && examples.length === 0;
    if (!simple || lines.some(({ kind }) => kind === "code" || kind === "table" || kind === "tag")) return undefined;
    if (
      lines.some(
        ({ kind, start, end }) =>
          kind === "item" && (!/^[-*+•]/.test(text.slice(start, end)) || !/[.!?][ \t]*$/.test(text.slice(start, end))),
      )
    )
      return undefined;
    const head = text.slice(0, sections[0]?.start ?? 0).trim();
    const paragraphs = sections.map(({ name, body }) => {
      const title = /^role[ \t]*[:：][ \t]*(.+)$/iu.exec(name)?.[1];
      const content = text
        .slice(body.start, body.end)
        .split("\n")
        .map((line) => line.replace(/^[-*+•][ \t]+/, "").trim())
        .filter((line) => line !== "");
      return [...(title === undefined ? [] : [`You are: ${title}.`]), ...content].join(" ");
    });
    return { system: [head, ...paragraphs].filter((one) => one !== "").join("\n\n"), user };
  },
};

/** A role that says what the work is; a persona alone rarely changes accuracy, so it stands late among the candidates. */
export const addPersona: Operator = {
  name: "persona",
  about: "begins with a role that fits the task",
  apply(prompt, { answers, passages }) {
    const whole = wholeOf(prompt);
    if (
      !isInEnglish(prompt) ||
      /\b(?:you (?:are|answer|act|work|help)|act as)\b/i.test(whole) ||
      readText(prompt.system).sections.length > 0
    )
      return undefined;
    const role =
      answers?.kind === "label"
        ? "You are an experienced annotator who sorts texts by fixed labels."
        : answers?.kind === "json"
          ? "You are a careful analyst who extracts data from texts."
          : passages === true
            ? "You are a careful researcher who answers from documents."
            : "You are a careful expert in the subject of the question.";
    return { system: tidy(`${role}\n\n${prompt.system}`), user: prompt.user };
  },
};

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
