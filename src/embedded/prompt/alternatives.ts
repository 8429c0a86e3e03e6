/** A question that names the labels of a text: "Is the review positive or negative?" */

export interface Alternatives {
  readonly names: readonly string[];
  /** The sentence that asks. */
  readonly text: string;
  /** The question without it. */
  readonly rest: string;
}

const name = "[\"“`']?([\\p{L}\\d_-]{2,30})[\"”`']?";
const asking = new RegExp(
  `(?:\\b(?:is|are|was|does|do) (?:the |this |that |these |my )?(?:(?:following|above|customer|user|sentiment of the|tone of the) )?(?:reviews?|texts?|messages?|sentences?|e-?mails?|tickets?|tweets?|comments?|feedback|posts?|headlines?|sentiment|tone|mood|attitude|reviewer|writer|author|input|utterance)(?: (?:sound|above|below|here))?(?: (?:more|rather|mostly|a|an|about))? |\\bis it (?=["“\`']))${name}(?:, ${name})?,? or (?:an? )?${name} ?\\?`,
  "iu",
);

/** Undefined where the question does not ask which of several words a text is. */
export function alternativesIn(question: string): Alternatives | undefined {
  const match = asking.exec(question);
  if (match === null) return undefined;
  const names = match.slice(1).flatMap((one: string | undefined) => (one === undefined ? [] : [one]));
  const rest = `${question.slice(0, match.index)}${question.slice(match.index + match[0].length)}`.trim();
  return names.some((one) => /^(?:not|no|yes|none|more|less)$/i.test(one)) ? undefined : { names, text: match[0], rest };
}
