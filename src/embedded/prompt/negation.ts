const negator =
  /\b(?:not|never|without|avoid(?:ing)?|omit(?:ting)?|skip(?:ping)?|forget|fail|neglect|leave out|exclude|instead of|rather than|nicht|kein\p{L}*|ohne|vergiss|sans|sin|senza)\b|n['’]t\b|(?<!\byes(?: or |\/|, | ?- ?))\bno\b/giu;
/** A verb for answering behind a finished "without any preamble" begins an order of its own. */
const newOrder =
  /^ (?:(?:any|an?|the|further|extra|more|long|other) )?(?!(?:a|any|the|further|extra|more|full|long|other|complete) )[\p{L}-]{2,30}(?: (?:or|and) [\p{L}-]{2,30})? (?:please )?(?:answer|reply|respond|write|give|output|return|use|state|say|provide|cite) /iu;
const reach = 28;
const reachOfPair = 60;

/** Whether what stands at a place of a sentence is forbidden there rather than asked for; a negation that is itself negated asks. */
export function isNegated(sentence: string, at: number): boolean {
  const before = sentence.slice(0, at);
  if (/(?:不要|不用|不必|(?<!不得)不|勿|避免)(?!忘|漏|遗漏|遺漏|省略)[^，。；]{0,8}$/u.test(before))
    return !/(?:忘记|忘了|忘記|省略|遗漏|遺漏|不得不)[^，。；]{0,8}$/u.test(before);
  const clause = before.slice(Math.max(...[...".;,:"].map((mark) => before.lastIndexOf(mark))) + 1);
  const found = [...clause.matchAll(negator)];
  let negated = false;
  let from = clause.length;
  for (const match of found.toReversed()) {
    const end = match.index + match[0].length;
    if (from - end > (negated ? reachOfPair : reach)) break;
    if (/^(?:without|no|ohne|sans|sin|senza)$/i.test(match[0]) && newOrder.test(clause.slice(end))) break;
    negated = !negated;
    from = match.index;
  }
  return negated;
}
