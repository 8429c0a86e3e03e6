import { finish } from "../../../program/answer.ts";
import { wantedAnswer } from "../../../program/demos.ts";
import type { Case } from "../../../types.ts";
import { labelsOf, wordsOf } from "../answers.ts";
import { changed, type Probe } from "./probe.ts";

/** What a better prompt could do: the system prompt ends with how answers look. */
const wording: Probe = {
  name: "wording",
  about: "a sentence in the system prompt that says how answers look",
  imitates: "prompt",
  needs: (_, { form }) => form !== undefined,
  async run(kase, bench, lab) {
    const turn = await bench.gathered(kase);
    const system = `${turn.program.system}\n${bench.form ?? ""}`.trim();
    return await finish(bench.able, changed(turn, { program: { system } }), lab);
  },
};
export default wording;

/** Answers of other cases that the instruction quotes. */
const QUOTED = 3;

/** How answers look, as an instruction: the labels, the keys of the object, or how long they are. From train alone. */
export function formOf(train: readonly Case[]): string | undefined {
  const labels = labelsOf(train);
  if (labels !== undefined) return `Answer with exactly one of these labels, spelt as here, and with nothing else: ${labels.join(", ")}.`;
  const objects = train.flatMap(({ expected }) =>
    typeof expected === "object" && expected !== null && !Array.isArray(expected) ? [expected] : [],
  );
  if (objects.length > 0 && objects.length === train.length) {
    const keys = [...new Set(objects.flatMap((one) => Object.keys(one)))];
    return `Answer with one JSON object with the keys ${keys.join(", ")} and with nothing else, in this form: ${JSON.stringify(objects[0])}`;
  }
  const answers = train.flatMap((kase) => wantedAnswer(kase) ?? []);
  const lengths = answers.map((text) => wordsOf(text).length).sort((a, b) => a - b);
  const middle = lengths[Math.floor(lengths.length / 2)];
  if (middle === undefined) return undefined;
  const typical = answers.filter((text) => wordsOf(text).length <= middle).slice(0, QUOTED);
  return `Give the bare answer and nothing else, in about ${middle} ${middle === 1 ? "word" : "words"}, as these answers to other questions do: ${typical.map((text) => JSON.stringify(text)).join(", ")}.`;
}
