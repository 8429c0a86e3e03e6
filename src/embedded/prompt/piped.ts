/** Names between bars, `a | b | c`, wherever they stand in a sentence. */

const first = /(?:^|[\s"“`'<([:])([\p{L}_][\p{L}\d_ -]{0,30})$/u;
const inner = /^[\p{L}_][\p{L}\d_ -]{0,30}$/u;
const last = /^([\p{L}_][\p{L}\d_ -]{0,30}?)(?=["”`'>)\].,]|$)/u;
/** Characters at the end of a piece that may hold the first name, and what stands before it. */
const reach = 48;

/** The first such names, two or more; in linear time. */
export function pipedIn(sentence: string): string[] | undefined {
  const pieces = sentence.split("|");
  for (let from = 0; from + 1 < pieces.length; from++) {
    const piece = (pieces[from] ?? "").trimEnd();
    // Only the first piece begins the sentence.
    const begins = first.exec(from === 0 && piece.length < reach ? piece : `|${piece.slice(-reach)}`)?.[1];
    if (begins === undefined) continue;
    let to = from + 1;
    while (to + 1 < pieces.length && inner.test((pieces[to] ?? "").trim())) to++;
    const ends = last.exec((pieces[to] ?? "").trimStart())?.[1];
    if (ends !== undefined) return [begins, ...pieces.slice(from + 1, to).map((name) => name.trim()), ends.trim()];
    from = to - 1;
  }
  return undefined;
}
