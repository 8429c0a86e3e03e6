/** A template and what is known -> what is to be said of it. Pure. */
import { DISABLE, rules } from "./rules/index.ts";
import { before } from "./spans.ts";
import type { Text } from "./text.ts";
import type { Finding, Known, Rule, Span } from "./types.ts";

/** Findings in the order of the text, without those that the text disables; what disables nothing is a finding too. */
export function lint(text: Text, known: Known = {}, chosen: readonly Rule[] = rules): readonly Finding[] {
  const disabling = disablingIn(text);
  const found = chosen.flatMap(({ id, level, check }) => check(text, known).map((fault): Finding => ({ rule: id, level, ...fault })));
  const kept = found.filter((finding) => !disabling.covers(finding));
  const about = chosen.find(({ id }) => id === DISABLE);
  const idle = about === undefined ? [] : idleIn(disabling.entries(), chosen, known).map((span) => idleFinding(about, span));
  return [...kept, ...idle.filter((finding) => !disabling.covers(finding))].toSorted((a, b) => a.start - b.start);
}

/** One rule, or all of them where it names none, that a comment disables in the file or on a line. */
interface Entry extends Span {
  readonly id: string | undefined;
  used: boolean;
}

function disablingIn({ lines, directives }: Text): { covers(finding: Finding): boolean; entries(): readonly Entry[] } {
  const lineOf = (offset: number): number => before(lines.length, (at) => (lines[at]?.end ?? 0) < offset);
  const entries = directives.flatMap(({ start, end, kind, ids }) => {
    if (kind === undefined) return [];
    const line = kind === "disable" ? "" : lineOf(end) + (kind === "disable-line" ? 0 : 1);
    const spans = ids.length > 0 ? ids : [{ id: undefined, start, end }];
    return spans.map((one) => ({ key: `${line} ${one.id ?? ""}`, entry: { ...one, used: false } satisfies Entry as Entry }));
  });
  const byKey = Map.groupBy(entries, ({ key }) => key);
  return {
    entries: () => entries.map(({ entry }) => entry),
    covers({ rule, start }) {
      if (entries.length === 0) return false;
      const line = lineOf(start);
      // What is wrong with a comment is said even where it disables everything.
      const all = rule === DISABLE ? [] : [" ", `${line} `];
      const covering = [` ${rule}`, `${line} ${rule}`, ...all].flatMap((key) => byKey.get(key) ?? []);
      for (const { entry } of covering) entry.used = true;
      return covering.length > 0;
    },
  };
}

/** Entries that covered nothing and could have: not those of rules that did not look, or that a look with an experiment may need. */
function idleIn(entries: readonly Entry[], chosen: readonly Rule[], known: Known): readonly Entry[] {
  const isSure = (id: string): boolean => {
    const rule = chosen.find((one) => one.id === id);
    return rule !== undefined && (rule.knows !== true || known.fields !== undefined);
  };
  const all = chosen.length === rules.length && known.fields !== undefined;
  return entries.filter(({ id, used }) => !used && (id === undefined ? all : id !== DISABLE && isSure(id)));
}

function idleFinding({ id: rule, level }: Rule, { id, start, end }: Entry): Finding {
  return { rule, level, start, end, message: `${id ?? "the comment"} disables nothing here; remove it` };
}
