/** Candidates of the writer that say what another one says already: they would cost calls and tell nothing new. */
import { EndpointFault } from "../../errors.ts";
import type { Arm, Lab, Program } from "../../types.ts";

/** Cosine similarity above which two texts say the same. */
const SAME = 0.95;

export interface Alike {
  /** Remembers arms as they are. */
  add(arms: readonly Arm[]): void;
  /** Whether an arm says something that none of those remembered says; then it is remembered too, else a note names the other. */
  isNew(arm: Arm): Promise<boolean>;
}

/**
 * Two prompts are alike where the sentences and lines that only one of them has are: by the cosine of their mean vectors, from the experiment's
 * embedder. What they share says nothing, so that one new rule in a long prompt is seen. Where one has nothing but what the other has too,
 * they are not alike unless the other has no more either. An embedder that does not answer finds nothing alike.
 */
export function createAlike(lab: Pick<Lab, "embed" | "note">): Alike {
  const known: { readonly name: string; readonly parts: ReadonlySet<string> }[] = [];
  const entry = ({ name, program }: Arm) => ({ name, parts: new Set(partsOf(program)) });
  const embedded = async (texts: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> => {
    try {
      const vectors = texts.length === 0 ? [] : await lab.embed(texts);
      return new Map(texts.map((text, at) => [text, vectors[at] ?? []]));
    } catch (error) {
      if (error instanceof EndpointFault) return new Map();
      throw error;
    }
  };
  return {
    add: (arms) => void known.push(...arms.map(entry)),
    async isNew(arm) {
      const one = entry(arm);
      const pairs = known.map(({ name, parts }) => ({
        name,
        mine: [...one.parts.difference(parts)],
        other: [...parts.difference(one.parts)],
      }));
      const open = pairs.filter(({ mine, other }) => mine.length > 0 && other.length > 0);
      const vectors = await embedded([...new Set(open.flatMap(({ mine, other }) => [...mine, ...other]))]);
      const twin = pairs.find(({ mine, other }) =>
        mine.length === 0 || other.length === 0 ? mine.length === other.length : cosine(sumOf(mine, vectors), sumOf(other, vectors)) > SAME,
      );
      if (twin === undefined) known.push(one);
      else lab.note(`${arm.name} is not tried: it says what ${twin.name} says`);
      return twin === undefined;
    },
  };
}

/** Sentences, headings and lines, without case and punctuation. */
function partsOf({ system, user }: Program): readonly string[] {
  const parts = `${system}\n${user}`.split(/\n|(?<=[.!?])\s+|(?<=[。！？])/u);
  return parts
    .map((part) =>
      part
        .toLowerCase()
        .replace(/[^\p{L}\p{M}\p{N}]+/gu, " ")
        .trim(),
    )
    .filter((part) => part !== "");
}

function sumOf(texts: readonly string[], vectors: ReadonlyMap<string, readonly number[]>): readonly number[] {
  const sum: number[] = [];
  for (const text of texts) for (const [at, x] of (vectors.get(text) ?? []).entries()) sum[at] = (sum[at] ?? 0) + x;
  return sum;
}

/** 0 where one of them is no direction at all. */
function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, each, at) => sum + each * (y[at] ?? 0), 0);
  const length = Math.sqrt(dot(a, a) * dot(b, b));
  return length === 0 ? 0 : dot(a, b) / length;
}
