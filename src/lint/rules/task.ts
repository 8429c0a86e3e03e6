/** What is asked for: one thing, and reasoning in the right measure. */
import { asksReasoning, formatIn, reasoningIn } from "../cues.ts";
import { partOf } from "../parts.ts";
import type { Rule } from "../types.ts";

const TASKS: readonly (readonly [string, RegExp])[] = [
  ["translate", /^(?:also |then |and |please )*translate\b/i],
  ["summarize", /^(?:also |then |and |please )*(?:summari[sz]e|write a summary)\b/i],
  ["classify", /^(?:also |then |and |please )*(?:classify|categori[sz]e|label)\b/i],
  ["extract", /^(?:also |then |and |please )*extract\b/i],
  ["rewrite", /^(?:also |then |and |please )*(?:rewrite|paraphrase|rephrase|proofread)\b/i],
  [
    "write",
    /^(?:also |then |and |please )*(?:write|draft|compose) (?:an? |the )?(?:e-?mail|reply|poem|story|article|blog|tweet|letter|headline)/i,
  ],
  ["rate", /^(?:also |then |and |please )*(?:rate|score|rank)\b/i],
  ["answer", /^(?:also |then |and |please )*answer (?:the|any|all) (?:\w+ )?questions?\b/i],
];
const MOST_TASKS = 2;

const multi: Rule = {
  id: "task/multi",
  level: "warning",
  about: "several unrelated tasks in one prompt",
  check({ sentences, english, sections, lines }) {
    if (!english) return [];
    // Steps of one piece of work may well be different tasks.
    const stepped = sections.filter(({ name }) => partOf(name) === "workflow" || /step/i.test(name));
    const items = new Set(lines.filter(({ kind }) => kind === "item").map(({ content }) => content));
    const found = sentences.flatMap(({ start, end, text }) => {
      if (stepped.some((one) => one.start <= start && start < one.end) || items.has(start)) return [];
      const task = TASKS.find(([, pattern]) => pattern.test(text))?.[0];
      return task === undefined ? [] : [{ start, end, task }];
    });
    const tasks = [...new Set(found.map(({ task }) => task))];
    const extra = found.find(({ task }) => task === tasks[MOST_TASKS]);
    if (extra === undefined) return [];
    return [
      {
        start: extra.start,
        end: extra.end,
        message: `${tasks.length} tasks in one prompt (${tasks.join(", ")}); make them numbered steps, or a prompt each`,
      },
    ];
  },
};

const MARKER =
  /\b(?:final answer|answer:|last line|answer alone|<answer|<\/?(?:final|result|output)|result:|####|\\boxed|conclude with|end with|at the end|then (?:give|state|write|answer|output|choose|return|say|provide))\b|["“']?answer["”']?\s*[:：]|<(?:thinking|scratchpad|reasoning|answer)>|\b(?:internally|silently|to yourself|privately)\b|"(?:reasoning|thoughts?|explanation|answer)"/i;

/** Work that has a number of steps by its nature. */
function isStepped(text: string): boolean {
  return /\b(?:solve|calculate|compute|work out|prove|deduce|derive)\b[^.]{0,60}\b(?:problems?|equations?|puzzles?|riddles?|sums?|totals?|questions?|exercises?|price|cost|amount|result|number|value|tax|interest|theorem|probability)\b|\b(?:(?:word|math(?:s|ematical)?|logic|arithmetic) (?:problems?|puzzles?|questions?|exercises?))\b|\bmulti-?(?:hop|step) (?:questions?|problems?|reasoning)\b/i.test(
    text,
  );
}

const reasoning: Rule = {
  id: "cot/model",
  level: "warning",
  about: "step-by-step reasoning asked of a model that reasons by itself, none asked of one that does not, or no marker before the answer",
  knows: true,
  check({ sentences, text, english, role, sections }, { model, beside, answers, enforced }) {
    const whole = `${text}\n${beside ?? ""}`;
    if (
      model === "plain" &&
      english &&
      enforced !== true &&
      answers?.kind !== "json" &&
      !asksReasoning(whole) &&
      formatIn(whole) === null
    ) {
      const stepped = sentences.find((one) => isStepped(one.text));
      // Of two templates the instructions speak for both.
      if (stepped !== undefined && !(role === "user" && isStepped(beside ?? "")) && !MARKER.test(whole) && !/\bsteps?\b/i.test(whole))
        return [
          {
            start: stepped.start,
            end: stepped.end,
            message: 'takes several steps, and this model takes none unasked; add: Think step by step, then write "Answer:" and the answer',
          },
        ];
    }
    const asking = english ? sentences.find((one) => asksReasoning(one.text)) : undefined;
    const match = asking === undefined ? null : reasoningIn(text.slice(asking.start, asking.end));
    if (asking === undefined || match === null || /\b(?:not|n't|never|without)\b/i.test(asking.text)) return [];
    const start = asking.start + match.index;
    const span = { start, end: start + match[0].length };
    if (model === "reasoning") return [{ ...span, message: "the model reasons by itself; leave it out, and test whether that is better" }];
    // A form that is spelt out tells the answer from the rest as well.
    if (MARKER.test(whole) || formatIn(whole) !== null || sections.some(({ name }) => partOf(name) === "output")) return [];
    return [
      { ...span, message: 'reasoning is asked for, and nothing tells it from the answer; add: then write "Answer:" and the answer alone' },
    ];
  },
};

export const task: readonly Rule[] = [multi, reasoning];
