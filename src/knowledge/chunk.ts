/** Cuts documents into chunks: the pieces that are embedded, searched and shown. */
import { suggest, UserError } from "../errors.ts";
import type { Cut, Document } from "../types.ts";
import type { Block, Chunker, Outline } from "./chunkers/chunker.ts";
import { chunkers } from "./chunkers/index.ts";
import { type Heading, headingsOf, linesOf } from "./headings.ts";
import { countBelow } from "./sorted.ts";
import { tokenize } from "./tokens.ts";

export interface Chunk {
  /** `document#n`, n from 1. */
  readonly id: string;
  /** Document id. */
  readonly source: string;
  /** `Document title › heading › …`, with the headings that all of the chunk stands under. */
  readonly title: string;
  /** `document.text.slice(start, end)` */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The chunks of a document, in order. None has more than `size` tokens (see `tokenize`), each begins with the last `overlap`
 * tokens of what comes before it, and every character that is not white space is in one at least.
 *
 * A chunk ends at the strongest of the chunker's boundaries in the second half of what fits besides the overlap, of equals at the last one,
 * else at the last one in the first half; what lies between two boundaries is divided only where it does not fit. There is no boundary
 * within the chunker's blocks that fit, with the heading that may stand above them.
 *
 * Throws a UserError for an unknown chunker, and unless 0 <= overlap < size, both whole.
 */
export function chunk(document: Document, cut: Cut): readonly Chunk[] {
  const { size, overlap } = checked(cut);
  const { text } = document;
  const { starts, ends } = tokenize(text);
  const lines = linesOf(text);
  const headings = headingsOf(lines);
  const outline = chunkerOf(cut.chunker).outline({ text, lines, headings });
  const cuts = cutsOf(starts, outline, size - overlap);
  const contextOf = contextIn(headings);
  const headOf = headIn(outline.blocks ?? [], size);
  const chunks: Chunk[] = [];
  for (let from = 0; from < starts.length;) {
    const first = Math.max(0, from - overlap);
    const to = endOf(from, Math.min(first + size, starts.length), cuts);
    const start = starts[first] ?? 0;
    const end = ends[to - 1] ?? text.length;
    const own = starts[from] ?? 0;
    const context = contextOf(own, end).filter((title) => title !== document.title);
    chunks.push({
      id: `${document.id}#${chunks.length + 1}`,
      source: document.id,
      title: [document.title, ...context, ...headOf(own)].join(" › "),
      text: text.slice(start, end),
      start,
      end,
    });
    from = to;
  }
  return chunks;
}

/** The chunker of a name; throws a UserError for an unknown one. */
function chunkerOf(name: string): Chunker {
  const found = chunkers.find((chunker) => chunker.name === name);
  if (found !== undefined) return found;
  throw new UserError(
    `chunker: no chunker "${name}"; ${suggest(
      name,
      chunkers.map((chunker) => chunker.name),
    )}`,
  );
}

function checked({ size, overlap }: Cut): Pick<Cut, "size" | "overlap"> {
  if (!Number.isInteger(size) || size < 1) throw new UserError(`size: ${size} is no chunk size; give a whole number of tokens, 1 or more`);
  if (!Number.isInteger(overlap) || overlap < 0 || overlap >= size)
    throw new UserError(`overlap: ${overlap} does not go with size ${size}; give a whole number of tokens from 0 to ${size - 1}`);
  return { size, overlap };
}

/** How well the text may be cut before each of its tokens, 0 where it may not; what is kept together has at most `most` tokens. */
function cutsOf(starts: readonly number[], { boundaries, blocks = [] }: Outline, most: number): Uint8Array {
  const cuts = new Uint8Array(starts.length);
  for (const { at, strength } of boundaries) {
    // The first token that begins there or later.
    const token = countBelow(starts, at);
    if (token < cuts.length) cuts[token] = Math.max(cuts[token] ?? 0, strength);
  }
  for (const { start, end } of blocks) {
    const [first, last] = [countBelow(starts, start), countBelow(starts, end)];
    let from = first;
    while (from > 0 && cuts[from] === 0 && last - from <= most) from--;
    if (last - from <= most) cuts.fill(0, first + 1, last);
  }
  return cuts;
}

/** The token, after `from` and at `limit` at the latest, before which a chunk ends. */
function endOf(from: number, limit: number, cuts: Uint8Array): number {
  if (limit === cuts.length) return limit;
  const half = from + Math.ceil((limit - from) / 2);
  let best = limit;
  let strength = 0;
  for (let at = limit; at > from && (at >= half || strength === 0); at--) {
    const cut = cuts[at] ?? 0;
    if (cut > strength) [best, strength] = [at, cut];
  }
  return best;
}

/**
 * Tells the titles of the headings, outermost first, that everything from `start` to `end` stands under. To be asked in the
 * order of the text, so that a text of many headings takes no longer than one of few.
 */
function contextIn(headings: readonly Heading[]): (start: number, end: number) => readonly string[] {
  const within = (path: readonly Heading[], next: Heading) => path.filter(({ level }) => level < next.level);
  let path: readonly Heading[] = [];
  let passed = 0;
  return (start, end) => {
    for (let next = headings[passed]; next !== undefined && next.start <= start; next = headings[++passed])
      path = [...within(path, next), next];
    let common = path;
    for (let i = passed, next = headings[i]; next !== undefined && next.start < end; next = headings[++i]) common = within(common, next);
    return common.map(({ title }) => title);
  };
}

/**
 * Tells for chunks whose own text begins at an offset what the block that it begins in says of its parts, unless that has more characters than
 * a chunk has tokens, about a quarter of it. To be asked in the order of the text.
 */
function headIn(blocks: readonly Block[], size: number): (start: number) => readonly string[] {
  const heads = blocks.flatMap(({ end, head }) => (head === undefined || head.title.length > size ? [] : [{ ...head, end }]));
  let next = 0;
  return (start) => {
    while ((heads[next]?.end ?? Infinity) <= start) next++;
    const head = heads[next];
    return head !== undefined && head.from <= start ? [head.title] : [];
  };
}
