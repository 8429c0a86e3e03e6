/** Where the answer of a case stands: the passages that hold it, and what of it the program was shown. Pure. */
import { CUT } from "../../knowledge/cuts.ts";
import type { Library } from "../../knowledge/library.ts";
import type { Case, Passage, Turn } from "../../types.ts";
import { plain } from "../../program/text.ts";
import { acceptedOf, holds, holdsPlain, isTelling, wordsOf } from "./answers.ts";

/** Sources are trusted where those of so many cases hold an accepted answer, of those whose answer any document holds. */
const TRUSTED = 0.5;
const COUNTED = 200;
/** Gold passages that are shown, cut as a retriever cuts them: a whole handbook would hide the answer that it holds. */
const SHOWN = 5;
/** A field from so many words on is a text to read, not a question: beside other fields, and alone. */
const LONG = { beside: 15, alone: 60 };
/** Sentences on either side of the answer. */
const AROUND = 1;

/** What the program's context held: nothing was retrieved, other passages were, or the answer was there. */
export type Context = "nothing retrieved" | "retrieved without it" | "there";

/**
 * Finds the passages that hold a case's answer: of its sources, those with an accepted answer first, at least one of each; where it
 * names none that is there, or most cases name others than those that hold it, of any document that holds an accepted answer word for
 * word. Then by the words they share with the question.
 */
export function createGold(library: Pick<Library, "documents" | "passagesOf"> | undefined, all: readonly Case[]): Gold {
  if (library === undefined) return { passages: () => [], trusted: true };
  const cut = new Map<string, readonly Passage[]>();
  const passagesOf = (id: string): readonly Passage[] => {
    const passages = cut.get(id) ?? library.passagesOf(id, CUT);
    cut.set(id, passages);
    return passages;
  };
  // Every case without sources looks through all of them.
  const texts = new Map<string, string>();
  const textOf = (id: string): string => {
    const text = texts.get(id) ?? plain(library.documents.get(id)?.text ?? "");
    texts.set(id, text);
    return text;
  };
  const sourcesOf = ({ sources = [] }: Case) => sources.filter((source) => library.documents.has(source));
  const holdingOf = (kase: Case, ids: Iterable<string>): readonly string[] =>
    [...ids].filter((id) => telling(kase).some((answer) => holdsPlain(textOf(id), answer)));
  const named = all.filter((kase) => sourcesOf(kase).length > 0 && telling(kase).length > 0).slice(0, COUNTED);
  const right = named.filter((kase) => holdingOf(kase, sourcesOf(kase)).length > 0);
  const elsewhere = named.filter((kase) => !right.includes(kase) && holdingOf(kase, library.documents.keys()).length > 0);
  const trusted = elsewhere.length === 0 || right.length >= TRUSTED * (right.length + elsewhere.length);
  const found = new Map<string, readonly Passage[]>();
  const passagesFor = (kase: Case): readonly Passage[] => {
    const known = found.get(kase.id);
    if (known !== undefined) return known;
    const asked = new Set(
      Object.values(kase.fields)
        .flatMap(wordsOf)
        .filter((word) => word.length > 3),
    );
    const worth = (passage: Passage): number => {
      const shared = new Set(wordsOf(`${passage.title} ${passage.text}`).filter((word) => asked.has(word))).size;
      return (holdsAnswer(passage, kase) ? 1000 : 0) + shared;
    };
    const ranked = (passages: readonly Passage[]) =>
      passages
        .map((passage) => ({ passage, worth: worth(passage) }))
        .sort((a, b) => b.worth - a.worth)
        .map(({ passage }) => passage);
    const own = sourcesOf(kase).filter((source) => passagesOf(source).length > 0);
    const holding = () =>
      holdingOf(kase, library.documents.keys())
        .flatMap(passagesOf)
        .filter((passage) => holdsAnswer(passage, kase));
    const other = own.length > 0 && !trusted && holdingOf(kase, own).length === 0 ? holding() : [];
    const sources = other.length > 0 ? [] : own;
    const passages = ranked(other.length > 0 ? other : sources.length > 0 ? sources.flatMap(passagesOf) : holding());
    const first = sources.flatMap((source) => passages.find((passage) => passage.source === source) ?? []);
    const chosen = [...new Set([...first, ...passages])].slice(0, Math.max(SHOWN, first.length));
    found.set(kase.id, chosen);
    return chosen;
  };
  return { passages: passagesFor, trusted };
}

export interface Gold {
  passages(kase: Case): readonly Passage[];
  /** Whether the sources that cases name mostly hold their answers. */
  readonly trusted: boolean;
}

/** What the turn's context held of the case's answer, also where the question brings its own text. */
export function contextOf(turn: Turn, kase: Case, gold: readonly Passage[]): Context {
  if (focused(kase) !== undefined) return "there";
  if (turn.passages.length === 0) return turn.retrieved === true ? "retrieved without it" : "nothing retrieved";
  const shown = new Set(turn.passages.map(({ source }) => source));
  const groups = kase.sourceGroups ?? (kase.sources ?? []).map((source) => [source]);
  // Another part of the right document does not help, so the words decide where they can.
  const there = gold.some((passage) => holdsAnswer(passage, kase))
    ? turn.passages.some((passage) => holdsAnswer(passage, kase))
    : groups.length > 0 && groups.every((group) => group.some((source) => shown.has(source)));
  return there ? "there" : "retrieved without it";
}

/** The fields with each long one cut to the sentences around an accepted answer; undefined where none holds one. */
export function focused(kase: Case): Case["fields"] | undefined {
  const cut = Object.fromEntries(
    Object.entries(textsOf(kase)).flatMap(([name, text]) => {
      const sentences = text.split(/(?<=[.!?。！？])\s+|\n+/u);
      const at = sentences.findIndex((sentence) => holdsAnswer({ text: sentence }, kase));
      return at < 0 ? [] : [[name, sentences.slice(Math.max(0, at - AROUND), at + AROUND + 1).join(" ")]];
    }),
  );
  return Object.keys(cut).length === 0 ? undefined : { ...kase.fields, ...cut };
}

/** The fields that are texts to read, not questions. */
export function textsOf({ fields }: Pick<Case, "fields">): Case["fields"] {
  const long = Object.keys(fields).length > 1 ? LONG.beside : LONG.alone;
  return Object.fromEntries(Object.entries(fields).filter(([, text]) => wordsOf(text).length >= long));
}

/** How plain retrieval searches and how many passages it finds. */
export const PLAIN = { search: "hybrid", fusion: { dense: 0.5 }, pool: 50, top: SHOWN } as const;

/** Whether an accepted answer stands there word for word, and is one that does not stand in any text. */
export function holdsAnswer({ text }: { readonly text: string }, kase: Case): boolean {
  return telling(kase).some((answer) => holds(text, answer));
}

function telling(kase: Case): readonly string[] {
  return acceptedOf(kase).filter(isTelling);
}
