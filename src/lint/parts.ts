/**
 * The parts of a structured prompt by the names that their headings have, after LangGPT (github.com/langgptai/LangGPT, README
 * and templates), misspellings of its templates and Chinese headings included. Pure.
 */

export type Part =
  | "role"
  | "profile"
  | "background"
  | "goals"
  | "skills"
  | "rules"
  | "workflow"
  | "tools"
  | "examples"
  | "output"
  | "initialization";

const NAMES: readonly (readonly [Part, RegExp])[] = [
  ["role", /^(?:role|persona|identity|角色)\b|^角色/iu],
  ["profile", /^(?:profile|about|简介)$|^简介/iu],
  ["background", /^(?:background|context|背景)/iu],
  [
    "goals",
    /^(?:goals?|objectives?|tasks?|your task|instructions?|purpose|mission|目标|任务|aufgaben?|ziele?|tâche|tarea|objetivos?)(?:\b|$)/iu,
  ],
  ["skills", /^(?:skills?|abilities|capabilities|技能)(?:\b|$)/iu],
  [
    "rules",
    /^(?:rules?|constrain(?:t?s)?|guidelines?|attention|requirements?|restrictions?|规则|约束|限制|注意|regeln|règles|reglas)(?:\b|$)/iu,
  ],
  ["workflow", /^(?:workflows?|steps?|process|procedure|reasoning steps|工作流程?|流程|步骤|ablauf)(?:\b|$)/iu],
  ["tools", /^(?:tools?|commands?|工具|命令)(?:\b|$)/iu],
  ["examples", /^(?:few[- ]?shot )?(?:examples?|示例|例子|beispiele?|exemples?|ejemplos?)(?:\b|$)/iu],
  [
    "output",
    /^(?:output[ -]?formats?|format|outputs?|response[ -]?formats?|answer[ -]?formats?|输出格式?|ausgabeformat|ausgabe|sortie|salida)(?:\b|$)/iu,
  ],
  ["initialization", /^(?:initiali[sz]ation|init|初始化)/iu],
];

/** Which part a heading names; undefined for any other. */
export function partOf(heading: string): Part | undefined {
  const name = heading
    .replace(/^[\p{N}.)\s]+/u, "")
    .replace(/[*_`:：]+/g, "")
    .trim();
  return NAMES.find(([, pattern]) => pattern.test(name))?.[0];
}

/** `# Role: Poet`, the title of a LangGPT prompt. */
export function isRole({ name, level }: Heading): boolean {
  return level === 1 && /^(?:role|角色)\b\s*[:：]|^角色/iu.test(name);
}

/** A prompt in the manner of LangGPT to the letter, in which order is meant and `<Rules>` names a section. */
export function isLangGpt(sections: readonly Heading[]): boolean {
  const parts = new Set(sections.map(({ name }) => partOf(name)));
  return sections.some(isRole) || (parts.has("profile") && parts.has("initialization"));
}

interface Heading {
  readonly name: string;
  readonly level: number;
}
