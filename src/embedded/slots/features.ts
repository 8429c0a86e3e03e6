/** What the tagger looks at, token by token: the usual features of named-entity taggers, and the sections that are context. */
import { hash32 } from "../text/hash.ts";
import { outline, type Token } from "./tokens.ts";

/** A message as the tagger sees it: tokens that may be values, and words beside them that say what is asked for. */
export interface Sequence {
  readonly tokens: readonly Token[];
  /** `head=word` of the context sections. */
  readonly context: readonly string[];
}

/** Hashes of the features of each token. */
export function featuresOf({ tokens, context }: Sequence): Int32Array[] {
  const size = tokens.length <= 2 ? String(tokens.length) : tokens.length <= 5 ? "short" : "long";
  return tokens.map((token, i) => {
    const at = (step: number): Token | undefined => tokens[i + step];
    const lower = (step: number): string => at(step)?.lower ?? (i + step < 0 ? "<" : ">");
    const sort = (step: number): string => at(step)?.sort ?? (i + step < 0 ? "<" : ">");
    const names: string[] = ["bias", `size ${size}`];
    for (let step = -2; step <= 2; step++) names.push(`w${step} ${lower(step)}`, `s${step} ${sort(step)}`);
    names.push(
      `w-1,0 ${lower(-1)} ${token.lower}`,
      `w0,1 ${token.lower} ${lower(1)}`,
      `w-2,-1 ${lower(-2)} ${lower(-1)}`,
      `w1,2 ${lower(1)} ${lower(2)}`,
      `w-1,1 ${lower(-1)} ${lower(1)}`,
      `s-1,0 ${sort(-1)} ${token.sort}`,
      `s0,1 ${token.sort} ${sort(1)}`,
      `s-1,0,1 ${sort(-1)} ${token.sort} ${sort(1)}`,
      `s0,1,2 ${token.sort} ${sort(1)} ${sort(2)}`,
      `s-2,-1,0 ${sort(-2)} ${sort(-1)} ${token.sort}`,
      `w-1s0 ${lower(-1)} ${token.sort}`,
      `s0w1 ${token.sort} ${lower(1)}`,
      `w-2,-1s0 ${lower(-2)} ${lower(-1)} ${token.sort}`,
      `w-3,-2,-1 ${lower(-3)} ${lower(-2)} ${lower(-1)}`,
      `w-3 ${lower(-3)}`,
      `w3 ${lower(3)}`,
      `p2 ${token.lower.slice(0, 2)}`,
      `p3 ${token.lower.slice(0, 3)}`,
      `x2 ${token.lower.slice(-2)}`,
      `x3 ${token.lower.slice(-3)}`,
      `outline ${outline(token.text)}`,
      `chunk ${token.chunk}`,
      `chunk shape ${token.chunkShape} ${token.sort}`,
      `glued ${token.glued} ${at(1)?.glued ?? ""} ${token.sort}`,
      `rarity ${token.rarity} ${at(-1)?.rarity ?? ""}`,
      `rarity sort ${token.rarity} ${token.sort} ${size}`,
    );
    if (token.head !== "") names.push(`head ${token.head}`, `head ${token.head} ${token.sort}`, `head ${token.head} ${token.lower}`);
    if (token.opens) names.push(`opens ${token.sort}`, `opens ${token.head}`);
    if (i === tokens.length - 1) names.push(`ends ${token.sort}`);
    for (const word of context) {
      names.push(`c ${word}`, `cs ${word} ${token.sort}`, `cw ${word} ${token.lower}`, `c-1 ${word} ${lower(-1)}`, `cz ${word} ${size}`);
      names.push(`cr ${word} ${token.rarity} ${token.opens} ${size}`);
    }
    return Int32Array.from(new Set(names.map((name) => hash32(name))));
  });
}
