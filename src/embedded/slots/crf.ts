/**
 * A linear-chain conditional random field over hashed features (Lafferty, McCallum and Pereira 2001); it tags the spans of each kind by
 * their beginning, inside and outside (BIO, Ramshaw and Marcus 1995).
 */
import { exp, log } from "../text/arithmetic.ts";

export interface Tagger {
  /** Kinds of spans; tag 0 is outside, 1 + 2k begins kind k, 2 + 2k goes on with it. */
  readonly kinds: number;
  /** Feature hash -> row of `weights`. */
  readonly rows: ReadonlyMap<number, number>;
  /** Row-major, a column a tag. */
  readonly weights: Float32Array;
  /** From tag (row) to tag (column); the last row is the beginning. */
  readonly moves: Float32Array;
}

export interface Tagged {
  /** Feature hashes of each token. */
  readonly features: readonly Int32Array[];
  /** The right tag of each token. */
  readonly tags: Uint16Array;
}

export interface Span {
  readonly kind: number;
  /** Token numbers; `to` is the last one. */
  readonly from: number;
  readonly to: number;
}

/** The most probable tags (Viterbi 1967) as spans, and the probability of the whole, 0..1; `favour` adds to the score of a kind. */
export function tag(
  tagger: Tagger,
  features: readonly Int32Array[],
  favour: ReadonlyMap<number, number> = new Map(),
): { readonly spans: readonly Span[]; readonly confidence: number } {
  const count = features.length;
  if (count === 0) return { spans: [], confidence: 1 };
  const width = 1 + 2 * tagger.kinds;
  const emissions = score(tagger, features);
  for (const [kind, bonus] of favour)
    for (let t = 0; t < count; t++) emissions[t * width + 1 + 2 * kind] = (emissions[t * width + 1 + 2 * kind] as number) + bonus;
  const best = Float64Array.from({ length: count * width });
  const from = new Uint16Array(count * width);
  for (let t = 0; t < count; t++) {
    for (let j = 0; j < width; j++) {
      let top = -Infinity;
      let arg = 0;
      if (t === 0) top = mayFollow(width, j) ? (tagger.moves[width * width + j] as number) : -Infinity;
      else
        for (let i = 0; i < width; i++) {
          if (!mayFollow(i, j)) continue;
          const s = (best[(t - 1) * width + i] as number) + (tagger.moves[i * width + j] as number);
          if (s > top) {
            top = s;
            arg = i;
          }
        }
      best[t * width + j] = top + (emissions[t * width + j] as number);
      from[t * width + j] = arg;
    }
  }
  let last = 0;
  for (let j = 1; j < width; j++) if ((best[(count - 1) * width + j] as number) > (best[(count - 1) * width + last] as number)) last = j;
  const logBest = best[(count - 1) * width + last] as number;
  const tags = new Uint16Array(count);
  for (let t = count - 1; t >= 0; t--) {
    tags[t] = last;
    last = from[t * width + last] as number;
  }
  const confidence = exp(Math.min(0, logBest - forward(tagger, emissions, count).logZ));
  return { spans: spansOf(tags), confidence };
}

/** Mean negative log-likelihood of an example. */
export function lossOf(tagger: Tagger, examples: readonly Tagged[]): number {
  const sum = examples.reduce((total, { features, tags }) => {
    const emissions = score(tagger, features);
    return total + forward(tagger, emissions, features.length).logZ - scoreOf(tagger, emissions, tags);
  }, 0);
  return sum / Math.max(1, examples.length);
}

/** The tags of spans that do not overlap. */
export function tagsOf(count: number, spans: readonly Span[]): Uint16Array {
  const tags = new Uint16Array(count);
  for (const { kind, from, to } of spans) {
    tags[from] = 1 + 2 * kind;
    tags.fill(2 + 2 * kind, from + 1, to + 1);
  }
  return tags;
}

function spansOf(tags: Uint16Array): Span[] {
  const spans: Span[] = [];
  for (let t = 0; t < tags.length; t++) {
    const now = tags[t] ?? 0;
    if (now % 2 === 0) continue;
    let to = t;
    while (tags[to + 1] === now + 1) to++;
    spans.push({ kind: (now - 1) / 2, from: t, to });
  }
  return spans;
}

/** The inside of a kind follows its beginning or its inside only; `from` may be the beginning of the text. */
function mayFollow(from: number, to: number): boolean {
  return to === 0 || to % 2 === 1 || from === to || from === to - 1;
}

function rowsIn(rows: ReadonlyMap<number, number>, features: Int32Array): Int32Array {
  const out: number[] = [];
  for (const f of features) {
    const row = rows.get(f);
    if (row !== undefined) out.push(row);
  }
  return Int32Array.from(out);
}

function score(tagger: Tagger, features: readonly Int32Array[]): Float64Array {
  return scoreRows(
    tagger,
    features.map((f) => rowsIn(tagger.rows, f)),
  );
}

export function scoreRows({ kinds, weights }: Tagger, active: readonly Int32Array[]): Float64Array {
  const width = 1 + 2 * kinds;
  const out = new Float64Array(active.length * width);
  active.forEach((rows, t) => {
    const o = t * width;
    for (let a = 0; a < rows.length; a++) {
      const w = (rows[a] as number) * width;
      for (let j = 0; j < width; j++) out[o + j] = (out[o + j] as number) + (weights[w + j] as number);
    }
  });
  return out;
}

export interface Lattice {
  readonly logZ: number;
  /** Probabilities of each tag given the text so far, a row a token. */
  readonly alpha: Float64Array;
  /** exp(emission − its row's maximum). */
  readonly emitted: Float64Array;
  /** exp(move), 0 where a move is not allowed. */
  readonly moved: Float64Array;
}

/** The forward pass, normalised at each token (Rabiner 1989). */
export function forward(tagger: Tagger, emissions: Float64Array, count: number): Lattice {
  const width = 1 + 2 * tagger.kinds;
  const moved = new Float64Array((width + 1) * width);
  for (let i = 0; i <= width; i++)
    for (let j = 0; j < width; j++) if (mayFollow(i, j)) moved[i * width + j] = exp(tagger.moves[i * width + j] as number);
  const alpha = new Float64Array(count * width);
  const emitted = new Float64Array(count * width);
  let logZ = 0;
  for (let t = 0; t < count; t++) {
    const o = t * width;
    let top = -Infinity;
    for (let j = 0; j < width; j++) top = Math.max(top, emissions[o + j] as number);
    let sum = 0;
    for (let j = 0; j < width; j++) {
      let reach = 0;
      if (t === 0) reach = moved[width * width + j] as number;
      else if (j % 2 === 0 && j > 0)
        reach =
          (alpha[o - width + j - 1] as number) * (moved[(j - 1) * width + j] as number) +
          (alpha[o - width + j] as number) * (moved[j * width + j] as number);
      else for (let i = 0; i < width; i++) reach += (alpha[o - width + i] as number) * (moved[i * width + j] as number);
      const e = exp((emissions[o + j] as number) - top);
      emitted[o + j] = e;
      alpha[o + j] = reach * e;
      sum += reach * e;
    }
    for (let j = 0; j < width; j++) alpha[o + j] = (alpha[o + j] as number) / sum;
    logZ += log(sum) + top;
  }
  return { logZ, alpha, emitted, moved };
}

export function scoreOf(tagger: Tagger, emissions: Float64Array, tags: Uint16Array): number {
  const width = 1 + 2 * tagger.kinds;
  let sum = 0;
  tags.forEach((now, t) => {
    sum += (emissions[t * width + now] as number) + (tagger.moves[(t === 0 ? width : (tags[t - 1] as number)) * width + now] as number);
  });
  return sum;
}
