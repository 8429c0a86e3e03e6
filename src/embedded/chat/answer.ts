/** What was understood -> the reply: claims, a hypothetical passage, a label, a span, a memory, or a refusal. */
import { replyToClaims } from "../claims/reply.ts";
import { type Finding, present } from "../prompt/form.ts";
import { adapt } from "../reader/demonstrate.ts";
import { composePassage } from "../memory/hyde.ts";
import type { Form } from "../prompt/instructions.ts";
import { chooseLabel, chooseLearnt, fold, labelsInPlay } from "../labels/labelling.ts";
import { createMemory } from "../memory/memory.ts";
import type { Mind } from "../mind.ts";
import { analyse } from "../reader/question.ts";
import { readAnswer } from "../reader/reader.ts";
import { isRefusal } from "../prompt/refusals.ts";
import type { Demonstration, Understood } from "../prompt/request.ts";
import { extract } from "../slots/extractor.ts";
import { type Frame, frameAnswer, type Framed } from "../slots/frame.ts";
import { askingOf, shownBy } from "../slots/in-context.ts";
import { forbidsJson, partFor } from "../tuning/part-for.ts";
import { verdictOf } from "../tuning/tune-yes-no.ts";
import type { Part, Tuned } from "../tuning/tuned.ts";
import { answerYesNo, isYesNo } from "../reader/yes-no.ts";

/** Below this probability that the answer is there, a prompt that says what to say then gets that. */
const refuseBelow = 0.4;
const nothing = "I cannot answer that from what I was given.";

export interface Reply {
  readonly text: string;
  /** Probability 0..1 that the answer is right; undefined where what is said was made by a rule that has none. */
  readonly confidence?: number | undefined;
  /** What the text says in words where the answer is not known. */
  readonly refusal?: string | undefined;
}

/** What is said; `tuned` is what a fine-tuned model knows beyond the base. */
export function reply(asked: Understood, mind: Mind, tuned?: Tuned): Reply {
  if (asked.claims.length > 0) return replyToClaims(asked, mind);
  if (asked.instructions.hyde && asked.passages.length === 0) return { text: composePassage(asked.question, mind, tuned) };
  return replyBy(asked, mind, tuned === undefined ? undefined : partFor(tuned, asked));
}

function replyBy(asked: Understood, mind: Mind, tuned: Part | undefined): Reply {
  const shown = tuned?.extractor === undefined ? shownBy(asked, mind) : {};
  const extractor = tuned === undefined ? shown.extractor : tuned.extractor;
  if (extractor !== undefined) return extract(extractor, askingOf(asked), mind.lexicon);
  const frame = frameFor(asked, tuned?.frame ?? shown.framed?.frame);
  const bare = shown.framed === undefined ? asked : { ...asked, demonstrations: unframed(asked.demonstrations, shown.framed) };
  const form = learntForm(bare, tuned);
  const plain: Form = frame === undefined ? form : { ...form, json: undefined, cite: false };
  const finding = find(bare, mind, tuned, plain);
  const text = present(finding, plain);
  return {
    text: frame === undefined ? text : frameAnswer(frame, finding, text, isShown(finding.text, bare, tuned)),
    confidence: finding.confidence > 0 ? finding.confidence : undefined,
    refusal: finding.known ? undefined : finding.text === "" ? nothing : finding.text,
  };
}

/** The form that the prompt asks for in words wins over a learnt one that contradicts it. */
function frameFor(asked: Understood, frame: Frame | undefined): Frame | undefined {
  if (frame === undefined) return undefined;
  const json = asked.instructions.form.json;
  const isJson = frame.format.kind === "json";
  if (json !== undefined && !(isJson && (json.length === 0 || json.some((field) => frame.format.keys.includes(field))))) return undefined;
  return isJson && json === undefined && forbidsJson(asked) ? undefined : frame;
}

/** The refusal stands inside the frame in the examples. */
function isShown(text: string, { demonstrations }: Understood, tuned: Part | undefined): boolean {
  return tuned === undefined ? demonstrations.some(({ answer }) => answer === text) : tuned.refusal === text;
}

/** The demonstrations with what their answers hold inside the frame. */
function unframed(demonstrations: readonly Demonstration[], { inner }: Framed): Demonstration[] {
  return demonstrations.flatMap((shown, i) => (inner[i] === undefined ? [] : [{ ...shown, answer: inner[i] }]));
}

function find(asked: Understood, mind: Mind, tuned: Part | undefined, form: Form): Finding {
  const refusal = asked.instructions.refusal ?? tuned?.refusal ?? shownRefusal(asked);
  const refused: Finding = { text: refusal ?? nothing, known: false, question: asked.question, confidence: 0 };
  const label = findLabel(asked, mind, tuned, refusal);
  if (label !== undefined) return label.known || refusal === undefined ? { ...label, known: true } : refused;
  const recalled = asked.instructions.only === true && asked.passages.length > 0 ? undefined : recall(asked, mind, tuned);
  if (recalled !== undefined && (asked.passages.length === 0 || recalled.confidence > 0.9)) return recalled;
  if (asked.passages.length === 0 || asked.question === "") return refused;
  const weights = adapt(asked.demonstrations, tuned?.reader ?? mind.reader, mind);
  const passages = asked.passages.map((p) => mind.lexicon.read(p.text));
  const answer = readAnswer(
    passages,
    analyse(mind.lexicon.read(asked.question)),
    weights,
    mind.network,
    form.shape === "word" ? 1 : form.words,
  );
  if (answer === undefined) return refused;
  if (refusal !== undefined && answer.here < (tuned?.refuseBelow ?? refuseBelow)) return { ...refused, confidence: 1 - answer.here };
  return {
    text: answer.text,
    known: true,
    question: asked.question,
    source: asked.passages[answer.passage]?.label,
    quote: answer.sentenceText,
    confidence: answer.confidence,
  };
}

function findLabel(asked: Understood, mind: Mind, tuned: Part | undefined, refusal: string | undefined): Finding | undefined {
  const known = labelsInPlay(asked.instructions.labels, asked.demonstrations, refusal);
  const learnt = (tuned?.yesNo?.names ?? []).map((name) => ({ name, about: "" }));
  const labels = known.length < 2 && asked.passages.length > 0 ? learnt : known;
  const text = asked.question === "" ? asked.passages.map((p) => p.text).join("\n") : asked.question;
  const finding = (label: string, confidence: number, known: boolean): Finding => ({
    text: label,
    known,
    question: asked.question,
    confidence,
  });
  const learntChoice =
    tuned?.classifier === undefined ? undefined : chooseLearnt(mind.lexicon.read(text), labels, tuned.classifier, mind.lexicon);
  if (learntChoice !== undefined) return finding(learntChoice.label, learntChoice.confidence, !learntChoice.unsure);
  if (labels.length < 2) return undefined;
  if (asked.passages.length > 0 && isYesNo(labels)) {
    const reading = answerYesNo(asked, labels, mind);
    const name = tuned?.yesNo?.byVerdict?.[verdictOf(asked, mind)];
    return name === undefined || !labels.some((label) => fold(label.name) === fold(name))
      ? reading
      : { ...reading, text: name, known: true };
  }
  const choice = chooseLabel(text, labels, asked.demonstrations, mind.lexicon, mind.fitted);
  return finding(choice.label, choice.confidence, !choice.unsure);
}

/** From the tuned memory, or from demonstrations that answer without passages. */
function recall(asked: Understood, mind: Mind, tuned: Part | undefined): Finding | undefined {
  const shown = asked.demonstrations.filter((d) => d.passages.length === 0 && d.question !== "");
  const memories = [
    ...(tuned?.memory === undefined ? [] : [tuned.memory]),
    ...(shown.length === 0 ? [] : [createMemory(shown, 0.75, mind.lexicon)]),
  ];
  for (const memory of memories) {
    const best = memory.remember(mind.lexicon.read(asked.question));
    if (best !== undefined && best.certainty >= memory.threshold)
      return { text: best.answer, known: true, question: asked.question, confidence: best.certainty };
  }
  return undefined;
}

/** A demonstration that answers with words of not knowing, which stand in none of its passages, shows how to refuse. */
function shownRefusal(asked: Understood): string | undefined {
  return asked.demonstrations.find((d) => isRefusal(d.answer) && !d.passages.some((p) => p.text.includes(d.answer)))?.answer;
}

/** The form of the instructions; where they leave it open, that of the training rows or of the demonstrations. */
function learntForm(asked: Understood, tuned: Part | undefined): Form {
  const form = asked.instructions.form;
  if (form.shape !== "span" || form.brief === true || form.json !== undefined) return form;
  if (tuned?.sentences === true) return { ...form, shape: "sentence" };
  const shown = asked.demonstrations.filter((d) => d.passages.length > 0 && !isRefusal(d.answer));
  const sentences = shown.filter((d) => isSentence(d.answer)).length;
  return shown.length > 0 && sentences * 2 > shown.length ? { ...form, shape: "sentence" } : form;
}

/** Six words or more with a full stop at the end. */
export function isSentence(answer: string): boolean {
  return /[.!?。！？]["”」]?$/u.test(answer) && (answer.split(/\s+/).length >= 6 || /[。！？]/u.test(answer));
}
