/** What a prompt already asks for, so that neither a rule nor an operator asks for it again. Pure. */
import { placeholdersOf } from "../program/template.ts";
import type { Facts, Prompt } from "./types.ts";

/** A way out where the answer is not there, in the languages that prompts are most often written in. */
const UNKNOWN =
  /\b(?:do(?:es)? ?n[o']t|can ?not|can't|cannot|unable to|if (?:you|it|this|they|there)[^.\n]{0,40}\bnot) (?:know|tell|find|determine|answer|contain|hold|mention|say|state|provide|include|sure|clear|in|there|given|known|available|enough|present|covered|stated)\b|\b(?:don't|do not|not) (?:know|sure|found|stated|given|mentioned|available|enough information|specified|answerable|covered)\b|\b(?:cannot|can ?not|can't|could not|couldn't) be (?:found|answered|determined|inferred|derived|established)\b|\b(?:is|are)(?: not|n't) (?:in|found|stated|given|mentioned|covered|contained|there|helpful|relevant|useful|sufficient|enough)\b|\b(?:can't|cannot|couldn't|could not) find\b|\b(?:unknown|insufficient|unanswerable|unsure|not_found|no answer|out of scope|none of (?:the|these|them))\b|\bn\/a\b|\bnull\b|\b(?:insufficient|not enough) \w+|\b(?:missing|absent|lacks?)\b|weiß[^.]{0,20}nicht|nicht (?:enthalten|in den?|im|gefunden|beantwort|bekannt|genannt)|unbekannt|ne (?:sais|figure|contient|trouve|permet|peux)|inconnu|no (?:lo )?(?:sé|sabes|se encuentra|está|aparece|contiene|figura)|desconocid|non (?:lo )?(?:so|sai|contien|è|trov)|não (?:sei|sabe|está|encontr|const)|не (?:знаю|найден|содерж|указан)|不知道|未提及|没有(?:答案|提到|找到|足够)|無法|无法|找不到|わかりません|分かりません|記載がない|모르/iu;
/** Reasoning that is to be written down. */
const REASONING =
  /\b(?:think|reason|work|go)(?: (?:it|this|about it|through (?:it|this|the \w+)))?(?: (?:carefully|out|through))?,? step[- ]by[- ]step\b|\bstep[- ]by[- ]step (?:reasoning|thinking)\b|\bchain[- ]of[- ]thought\b|\b(?:explain|show|write(?: down| out)?) your (?:reasoning|thinking|thought process|working?|steps)\b|\blet'?s think\b/iu;
const SHORT =
  /\b(?:short phrase|(?:a )?(?:single|one) word|only the (?:answer|label|name|number|value|year|date)|(?:the )?(?:answer|label|name|number) (?:alone|only)|nothing else|no explanations?|not (?:with|in) a (?:full )?sentence|as (?:short|briefly) as possible|(?:at most|no more than|up to|within|under|maximum(?: of)?) (?:\d+|one|two|three|four|five|six|seven|eight|ten) words?)\b/iu;
const SENTENCE = /\b(?:full|complete|whole|single|one|two|three|\d+) sentences?\b|\bparagraphs?\b/iu;
const GROUNDED =
  /\b(?:only (?:from|on|with|by|what|the (?:passages?|context|documents?|information|text))|(?:from|on|using|use) only|based (?:only|solely) on|solely|exclusively|nothing but)\b/iu;
const EVIDENCE = /\b(?:quote|cite|citation|evidence|excerpt|verbatim)\b/iu;
const FORMAT = /\b(?:JSON|YAML|XML|CSV|TSV)\b/u;

export function asksUnknown(text: string): boolean {
  return UNKNOWN.test(text.replaceAll("’", "'"));
}

export function asksReasoning(text: string): boolean {
  return REASONING.test(text);
}

export function reasoningIn(text: string): RegExpExecArray | null {
  return REASONING.exec(text);
}

export function asksShort(text: string): boolean {
  return SHORT.test(text);
}

export function asksSentence(text: string): boolean {
  return SENTENCE.test(text);
}

export function asksGrounded(text: string): boolean {
  return GROUNDED.test(text);
}

export function asksEvidence(text: string): boolean {
  return EVIDENCE.test(text);
}

/** A data format by name, in capital letters as everybody writes them. */
export function formatIn(text: string): RegExpExecArray | null {
  return FORMAT.exec(text);
}

/** Fields that hold what an answer is looked for in, by the names that people give them. */
const CONTEXT =
  /^(?:passages?|context|documents?|docs?|sources?|articles?|paragraphs?|knowledge|excerpts?|transcript|contract|报告|文章|上下文|kontext|contexte|contexto)$|_(?:context|passages?|documents?)$/iu;
const QUESTION = /^(?:question|query|q|frage|pregunta|problem|问题|問題|质问)$|_(?:question|query)$/iu;
/** Fields that hold a text of any length. */
const LONG =
  /^(?:text|input|content|messages?|e?mails?|reviews?|body|code|tickets?|comments?|posts?|conversation|chat|dialogue|story|essay|resume|abstract|report|utterance|sentence|note)$|_(?:text|content|message|body)$/iu;

export function isContext(field: string): boolean {
  return CONTEXT.test(field);
}

export function isQuestion(field: string): boolean {
  return QUESTION.test(field);
}

export function isLongInput(field: string): boolean {
  return CONTEXT.test(field) || QUESTION.test(field) || LONG.test(field);
}

/** An answer is given, and is to be judged: then nothing is looked for. */
export function isJudged(fields: readonly string[]): boolean {
  return fields.some((field) =>
    /^(?:answer|response|reply|output|candidate|completion|prediction|claims?|statements?)$|_(?:answer|response|output)$/iu.test(field),
  );
}

/** Whether an answer is looked for in a text that is shown: it may not be there. */
export function readsContext(prompt: Prompt, { passages }: Facts): boolean {
  const names = placeholdersOf(`${prompt.system}\n${prompt.user}`).map(({ name }) => name);
  return passages === true || names.some(isContext);
}
