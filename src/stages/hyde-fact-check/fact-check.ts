/** What the check does with an answer: claims -> evidence -> verdicts -> edits -> verdicts on these -> the answer that is left. */
import { queryOf } from "../../program/render.ts";
import type { Json, Passage, Retriever, StepLab, Turn } from "../../types.ts";
import { retrievalOf, type Retrieval } from "../rag/index.ts";
import { abstains, anatomyOf, rewritten, type Statement } from "./answer.ts";
import { alone, type Claim, claimsOf } from "./claims.ts";
import { refusal } from "./gate.ts";
import { mended } from "./mend.ts";
import type { Check } from "./settings.ts";
import { type Verdict, verdictsOn } from "./verdicts.ts";

/** Characters of a claim and of a quote that the notes keep. */
const KEPT = 160;

/** A statement of the answer with what was found of it. */
interface Finding {
  readonly statement: Statement;
  readonly claims: readonly { readonly claim: Claim; readonly verdict: Verdict }[];
}

/**
 * The turn with its answer checked. Where every claim is borne out the answer is the same to the byte. Else a contradicted sentence is mended
 * from what contradicts it, if the writer's edit passes the gate and is itself borne out; of a sentence of several facts those that are borne
 * out stay; anything else goes. Where nothing of the core is left (see `Statement`), or nothing at all, the program abstains; in JSON every
 * value is null then. Where the judge cannot be read the answer stays, and the notes say that it was not checked.
 */
export async function checked(turn: Turn, check: Check, lab: StepLab): Promise<Turn> {
  const retrieval = retrievalOf(turn.program);
  if (retrieval === undefined) return noted(turn, { unchecked: "the program does not retrieve" });
  if (abstains(turn.answer, check.abstain)) return noted(turn, { claims: 0, abstained: true });
  const question = queryOf(turn.program, turn.question);
  const anatomy = anatomyOf(turn.answer);
  if (anatomy.statements.length === 0) return noted(turn, { claims: 0 });
  const claims = await claimsOf(anatomy.statements, question, check.decompose, lab);
  const evidence = await evidenceFor(claims, turn, retrieval, check.evidence, lab);
  const verdicts = await verdictsOn(claims, evidence, lab);
  if ("problem" in verdicts) return noted(turn, { unchecked: `the judge's reply could not be read: ${verdicts.problem}`.slice(0, KEPT) });
  const found = findings(claims, verdicts);
  const faulty = found.filter(({ claims }) => claims.some(({ verdict }) => verdict.verdict !== "supported"));
  const tally = tallyOf(anatomy.statements.length - found.length, verdicts);
  if (faulty.length === 0) return noted(turn, { ...tally, verdicts: shown(claims, verdicts) });

  const edits = await editsOf(faulty, question, turn, retrieval, check, lab);
  const changes = new Map(faulty.map(({ statement }) => [statement, edits.get(statement) ?? null]));
  const stands = (statement: Statement): boolean => changes.get(statement) !== null;
  const abstained = !anatomy.statements.some((statement) => statement.core && stands(statement));
  const everything = new Map(anatomy.statements.map((statement) => [statement, null]));
  const left =
    anatomy.form === "json" ? rewritten(turn.answer, anatomy, abstained ? everything : changes) : rewritten(turn.answer, anatomy, changes);
  const answer = abstained && anatomy.form === "prose" ? check.abstain : left;
  return noted(
    { ...turn, answer },
    {
      ...tally,
      edited: abstained ? 0 : edits.size,
      removed: changes.size - edits.size,
      ...(abstained ? { abstained } : {}),
      draft: turn.answer.slice(0, 10 * KEPT),
      verdicts: shown(claims, verdicts),
    },
  );
}

/**
 * What the claims are held against: the passages that the answer cites, or all that it was made from where it cites none, and those that each
 * claim finds by itself. What the answer was made from alone would bear out its mistakes.
 */
async function evidenceFor(
  claims: readonly Claim[],
  turn: Pick<Turn, "passages">,
  retrieval: Retrieval,
  most: number,
  lab: Pick<StepLab, "search">,
): Promise<readonly Passage[]> {
  const cited = [...new Set(claims.flatMap(({ statement }) => statement.cites))].flatMap((n) => turn.passages[n - 1] ?? []);
  const found = await Promise.all(claims.map(({ text }) => lab.search(unfiltered(retrieval), [{ texts: [text] }], most)));
  const all = [...(cited.length > 0 ? cited : turn.passages), ...found.flat()].filter(({ text }) => text.trim() !== "");
  return [...new Map(all.toReversed().map((passage) => [passage.id, passage])).values()].toReversed();
}

/** Without what keeps passages from being shown: a passage that speaks against a claim need not be like it. */
function unfiltered({ chunker, size, overlap, search, fusion, pool }: Retrieval): Retriever {
  return { chunker, size, overlap, search, fusion, pool };
}

function findings(claims: readonly Claim[], verdicts: readonly Verdict[]): readonly Finding[] {
  const judged = claims.flatMap((claim, i) => (verdicts[i] === undefined ? [] : [{ claim, verdict: verdicts[i] }]));
  return [...Map.groupBy(judged, ({ claim }) => claim.statement)].map(([statement, claims]) => ({ statement, claims }));
}

/** What stands in the place of statements that are not borne out; those without an entry go. Each is held against the evidence once more. */
async function editsOf(
  faulty: readonly Finding[],
  question: string,
  turn: Turn,
  retrieval: Retrieval,
  check: Check,
  lab: StepLab,
): Promise<ReadonlyMap<Statement, string>> {
  const kept = faulty.flatMap((finding) => {
    const facts = factsLeft(finding);
    return facts === undefined ? [] : [[finding.statement, facts] as const];
  });
  const contradicted = check.edit ? faulty.filter(({ claims }) => claims.some(({ verdict }) => verdict.verdict === "contradicted")) : [];
  const texts = await mended(
    contradicted.map(({ statement, claims }) => {
      const against = claims.flatMap(({ verdict }) => (verdict.verdict === "contradicted" ? [verdict] : []));
      const evidence = against.map(({ quote, passage }) => `${quote}\n${passage?.title ?? ""}\n${passage?.text ?? ""}`).join("\n");
      return { sentence: statement.value, quotes: against.map(({ quote }) => quote), evidence };
    }),
    lab,
  );
  const tried = contradicted.flatMap((finding, i) => (texts[i] === undefined ? [] : [{ finding, text: texts[i] }]));
  const claims = tried.map(({ finding: { statement }, text }): Claim => {
    const fact = statement.text.replace(statement.value, () => text);
    return { statement, fact, text: alone(fact, statement, question) };
  });
  const known = tried.flatMap(({ finding }) => finding.claims.flatMap(({ verdict }) => verdict.passage ?? []));
  const verdicts =
    claims.length === 0
      ? []
      : await verdictsOn(claims, await evidenceFor(claims, { passages: known }, retrieval, check.evidence, lab), lab);
  const right = "problem" in verdicts ? [] : tried.filter((_, i) => verdicts[i]?.verdict === "supported");
  const edits = right.map(({ finding: { statement, claims }, text }) => [statement, withCitation(text, statement, claims, turn)] as const);
  return new Map([...kept, ...edits]);
}

/** The facts of a sentence of several that are borne out, where they say what it said in its words. */
function factsLeft({ statement, claims }: Finding): string | undefined {
  const facts = claims.flatMap(({ claim, verdict }) => (verdict.verdict === "supported" ? [claim.fact] : []));
  if (facts.length === 0) return undefined;
  const text = facts.map((fact) => (/[.!?。！？]$/u.test(fact) ? fact : `${fact}${/\p{Script=Han}$/u.test(fact) ? "。" : "."}`)).join(" ");
  return refusal(statement.text, text, statement.text) === undefined ? text : undefined;
}

/** A mended sentence that cited a passage cites the one that mended it, where the answer could. */
function withCitation(text: string, statement: Statement, claims: Finding["claims"], { passages }: Pick<Turn, "passages">): string {
  const source = claims.find(({ verdict }) => verdict.verdict === "contradicted")?.verdict.passage;
  const at = passages.findIndex(({ id }) => id === source?.id);
  if (statement.cites.length === 0 || at < 0) return text;
  const [, said = text, stop = ""] = /^([^]*?)([.!?。！？]*)$/u.exec(text) ?? [];
  return `${said} [${at + 1}]${stop}`;
}

function tallyOf(beyond: number, verdicts: readonly Verdict[]): Readonly<Record<string, number>> {
  const count = (word: Verdict["verdict"]): number => verdicts.filter(({ verdict }) => verdict === word).length;
  const tally = {
    claims: verdicts.length,
    supported: count("supported"),
    contradicted: count("contradicted"),
    not_found: count("not_found"),
  };
  return beyond === 0 ? tally : { ...tally, beyond };
}

function shown(claims: readonly Claim[], verdicts: readonly Verdict[]): Json {
  return verdicts.map(({ verdict, quote, passage }, i) => ({
    claim: (claims[i]?.fact ?? "").slice(0, KEPT),
    verdict,
    ...(passage === undefined ? {} : { quote: quote.slice(0, KEPT), passage: passage.id }),
  }));
}

function noted(turn: Turn, note: Readonly<Record<string, Json>>): Turn {
  return { ...turn, notes: { ...turn.notes, fact_check: note } };
}
