/** Constant text around answers. */

export interface Affixes {
  readonly prefix: string;
  readonly suffix: string;
}

const none: Affixes = { prefix: "", suffix: "" };
/** Nearly all: nine in ten. */
const nearly = 0.9;

/**
 * What three or more different answers begin and end with. A mark such as `Answer: ` or `<a>` shows that it is no part of the answer; whole
 * words, shared by nearly all answers, are none where what is between them stands in the sources, one for each answer, and the whole does not.
 */
export function affixesOf(answers: readonly string[], sources: readonly string[] = []): Affixes {
  const different = [...new Set(answers)];
  if (different.length < 3) return none;
  const worded = wordsAround(different);
  if (isAround(worded, answers, sources)) return worded;
  const marked = marksAround(different);
  // The full stop of sentences is a part of them.
  return marked.prefix === "" && /^[.。!]+$/.test(marked.suffix) ? none : marked;
}

/** The text between the affixes; undefined where they do not stand around anything. */
export function within(answer: string, { prefix, suffix }: Affixes): string | undefined {
  const fits = answer.startsWith(prefix) && answer.endsWith(suffix) && answer.length > prefix.length + suffix.length;
  return fits ? answer.slice(prefix.length, answer.length - suffix.length) : undefined;
}

function isAround(affixes: Affixes, answers: readonly string[], sources: readonly string[]): boolean {
  if (affixes.prefix + affixes.suffix === "") return false;
  const rows = answers.flatMap((answer, i) => {
    const inner = within(answer, affixes);
    const source = sources[i]?.toLowerCase();
    return inner === undefined || source === undefined ? [] : [{ answer: answer.toLowerCase(), inner: inner.toLowerCase(), source }];
  });
  const inside = rows.filter(({ inner, source }) => source.includes(inner));
  const whole = rows.filter(({ answer, source }) => source.includes(answer)).length;
  return (
    rows.length >= answers.length * nearly &&
    new Set(inside.map(({ inner }) => inner)).size >= 3 &&
    inside.length * 2 >= rows.length &&
    whole * 5 < rows.length
  );
}

function wordsAround(different: readonly string[]): Affixes {
  const least = different.length * nearly;
  const front = shared(
    different.map((answer) => answer.split(/(?<=\s)/).slice(0, -1)),
    least,
  ).join("");
  const starting = different.filter((answer) => answer.startsWith(front));
  const rest = starting.map((answer) => answer.slice(front.length));
  const back = shared(
    rest.map((answer) =>
      answer
        .split(/(?=\s)/)
        .slice(1)
        .toReversed(),
    ),
    least,
  )
    .toReversed()
    .join("");
  const inner = rest.filter((answer) => answer.endsWith(back)).map((answer) => answer.slice(0, answer.length - back.length));
  const opening = shared(
    inner.map((text) => [...(/^[\p{Ps}\p{Pi}"'*`]+/u.exec(text)?.[0] ?? "")]),
    least,
  ).join("");
  const closing = shared(
    inner.map((text) =>
      [...(/(?<![\p{Pe}\p{Pf}"'*`.,;:!。，])[\p{Pe}\p{Pf}"'*`.,;:!。，]+$/u.exec(text.slice(1))?.[0] ?? "")].toReversed(),
    ),
    least,
  )
    .toReversed()
    .join("");
  return { prefix: front + opening, suffix: closing + back };
}

/** The longest beginning that at least so many lists share. */
function shared(lists: readonly (readonly string[])[], least: number): string[] {
  const common: string[] = [];
  for (let left = lists; ;) {
    const counts = new Map<string, number>();
    for (const list of left) {
      const next = list[common.length];
      if (next !== undefined) counts.set(next, (counts.get(next) ?? 0) + 1);
    }
    const [next, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), ["", 0]);
    if (count === 0 || count < least) return common;
    left = left.filter((list) => list[common.length] === next);
    common.push(next);
  }
}

function marksAround(different: readonly string[]): Affixes {
  const first = different[0] ?? "";
  let front = first.length;
  let back = first.length;
  for (const other of different) {
    while (front > 0 && !other.startsWith(first.slice(0, front))) front--;
    while (back > 0 && !other.endsWith(first.slice(first.length - back))) back--;
  }
  const prefix = /^[\s\S]*[:：>"“'*`=\]](?:\s*)/.exec(first.slice(0, front))?.[0] ?? "";
  const suffix = /(?:<\/|["”'*`.。!])[^\d]*$/.exec(first.slice(first.length - back))?.[0] ?? "";
  const fits = different.every((answer) => within(answer, { prefix, suffix }) !== undefined);
  return fits ? { prefix, suffix } : none;
}
