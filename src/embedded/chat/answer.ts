/** What was understood -> the reply: claims, a hypothetical passage, a label, a span, a memory, or a refusal. */
import { checkClaim } from "../claims/claims.ts";
import { classify } from "../labels/classifier.ts";
import { type Finding, present } from "../prompt/form.ts";
import { adapt } from "../reader/demonstrate.ts";
import { composePassage } from "../memory/hyde.ts";
import type { Form } from "../prompt/instructions.ts";
import { chooseLabel, fold, labelsInPlay } from "../labels/labelling.ts";
import { createMemory } from "../memory/memory.ts";
import type { Mind } from "../mind.ts";
import { analyse } from "../reader/question.ts";
import { readAnswer } from "../reader/reader.ts";
import { isRefusal } from "../prompt/refusals.ts";
import type { Understood } from "../prompt/request.ts";
import type { Tuned } from "../tuning/tuned.ts";
import { answerYesNo, isYesNo } from "../reader/yes-no.ts";

/** Below this probability that the answer is there, a prompt that says what to say then gets that. */
const refuseBelow = 0.4;
/** Below this probability of a tuned label, a prompt that says what to say when none fits gets that. */
const sureOfLabel = 0.35;
const nothing = "I cannot answer that from what I was given.";

/** The text of the reply; `tuned` is what a fine-tuned model knows beyond the base. */
export function reply(asked: Understood, mind: Mind, tuned?: Tuned): string {
  if (asked.claims.length > 0) {
    const passages = asked.passages.map((p) => mind.lexicon.read(p.text));
    return JSON.stringify(asked.claims.map(({ number, text }) => ({ claim: number, ...checkClaim(mind.lexicon.read(text), passages) })));
  }
  if (asked.instructions.hyde && asked.passages.length === 0) return composePassage(asked.question, mind, tuned);
  const form = learntForm(asked, tuned);
  return present(find(asked, mind, tuned, form), form);
}

function find(asked: Understood, mind: Mind, tuned: Tuned | undefined, form: Form): Finding {
  const refusal = asked.instructions.refusal ?? tuned?.refusal ?? shownRefusal(asked);
  const refused: Finding = { text: refusal ?? nothing, known: false, question: asked.question, confidence: 0 };
  const label = findLabel(asked, mind, tuned);
  if (label !== undefined) return label.known || refusal === undefined ? { ...label, known: true } : refused;
  const recalled = recall(asked, mind, tuned);
  if (recalled !== undefined && (asked.passages.length === 0 || recalled.confidence > 0.9)) return recalled;
  if (asked.passages.length === 0 || asked.question === "") return refused;
  const weights = adapt(asked.demonstrations, tuned?.reader ?? mind.reader, mind);
  const passages = asked.passages.map((p) => mind.lexicon.read(p.text));
  const answer = readAnswer(passages, analyse(mind.lexicon.read(asked.question)), weights, form.shape === "word" ? 1 : undefined);
  if (answer === undefined) return refused;
  if (refusal !== undefined && answer.confidence < (tuned?.refuseBelow ?? refuseBelow))
    return { ...refused, confidence: 1 - answer.confidence };
  return {
    text: answer.text,
    known: true,
    question: asked.question,
    source: asked.passages[answer.passage]?.label,
    quote: answer.sentenceText,
    confidence: answer.confidence,
  };
}

function findLabel(asked: Understood, mind: Mind, tuned: Tuned | undefined): Finding | undefined {
  const labels = labelsInPlay(asked.instructions.labels, asked.demonstrations);
  const text = asked.question === "" ? asked.passages.map((p) => p.text).join("\n") : asked.question;
  const finding = (label: string, confidence: number, known: boolean): Finding => ({
    text: label,
    known,
    question: asked.question,
    confidence,
  });
  if (
    tuned?.classifier !== undefined &&
    (labels.length < 2 || labels.some((l) => tuned.classifier?.classes.some((c) => fold(c) === fold(l.name))))
  ) {
    const chances = classify(tuned.classifier, mind.lexicon.read(text));
    const allowed = new Set(labels.map((label) => fold(label.name)));
    let best = -1;
    tuned.classifier.classes.forEach((name, i) => {
      if ((allowed.size < 2 || allowed.has(fold(name))) && (best < 0 || (chances[i] ?? 0) > (chances[best] ?? 0))) best = i;
    });
    return finding(tuned.classifier.classes[best] ?? "", chances[best] ?? 0, (chances[best] ?? 0) >= sureOfLabel);
  }
  if (labels.length < 2) return undefined;
  if (asked.passages.length > 0 && isYesNo(labels)) return answerYesNo(asked, labels, mind);
  const choice = chooseLabel(text, labels, asked.demonstrations, mind.lexicon, mind.fitted);
  return finding(choice.label, choice.confidence, !choice.unsure);
}

/** From the tuned memory, or from demonstrations that answer without passages. */
function recall(asked: Understood, mind: Mind, tuned: Tuned | undefined): Finding | undefined {
  const shown = asked.demonstrations.filter((d) => d.passages.length === 0 && d.question !== "");
  const memories = [
    ...(tuned?.memory === undefined ? [] : [tuned.memory]),
    ...(shown.length === 0 ? [] : [createMemory(shown, 0.75, mind.lexicon)]),
  ];
  for (const memory of memories) {
    const best = memory.recall(mind.lexicon.read(asked.question), 1)[0];
    if (best !== undefined && best.similarity >= memory.threshold)
      return { text: best.answer, known: true, question: asked.question, confidence: best.similarity };
  }
  return undefined;
}

/** A demonstration that answers with words of not knowing, which stand in none of its passages, shows how to refuse. */
function shownRefusal(asked: Understood): string | undefined {
  return asked.demonstrations.find((d) => isRefusal(d.answer) && !d.passages.some((p) => p.text.includes(d.answer)))?.answer;
}

/** The form of the instructions; where they leave it open, that of the training rows or of the demonstrations. */
function learntForm(asked: Understood, tuned: Tuned | undefined): Form {
  const form = asked.instructions.form;
  if (form.shape !== "span" || form.json !== undefined) return form;
  if (tuned?.sentences === true) return { ...form, shape: "sentence" };
  const shown = asked.demonstrations.filter((d) => d.passages.length > 0 && !isRefusal(d.answer));
  const sentences = shown.filter((d) => isSentence(d.answer)).length;
  return shown.length > 0 && sentences * 2 > shown.length ? { ...form, shape: "sentence" } : form;
}

/** Six words or more with a full stop at the end. */
export function isSentence(answer: string): boolean {
  return /[.!?。！？]["”」]?$/u.test(answer) && (answer.split(/\s+/).length >= 6 || /[。！？]/u.test(answer));
}
