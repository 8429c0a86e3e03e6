/**
 * Fits the few numbers that say how likely the passages hold the answer at all, on every tenth article of a development set, and prints
 * them with what they do on the other articles. Run from the repository root:
 *
 *     node tools/reader/calibrate.ts DEV.jsonl.gz src/embedded/network/reader.weights
 *
 * The numbers stand in src/embedded/reader/words.ts.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { createNetwork } from "../../src/embedded/network/network.ts";
import { type Candidates, findCandidates, textOf } from "../../src/embedded/reader/candidates.ts";
import { confidenceOf, fitLogistic } from "../../src/embedded/reader/confidence.ts";
import { leastRisk } from "../../src/embedded/reader/least-risk.ts";
import { analyse } from "../../src/embedded/reader/question.ts";
import { idfTable } from "../../src/embedded/text/idf-table.ts";
import { unpack } from "../../src/embedded/text/bytes.ts";
import { scoresOf, wordEvidence } from "../../src/embedded/reader/words.ts";
import { createRandom } from "../../src/embedded/text/hash.ts";
import { createIdf } from "../../src/embedded/text/idf.ts";
import { createLexicon } from "../../src/embedded/text/text.ts";
import { tokenF1 } from "../../bench/embedded/grading.ts";

interface Paragraph {
  readonly title: string;
  readonly context: string;
  readonly qas: readonly { readonly question: string; readonly answers: readonly string[] }[];
}
interface Fact {
  readonly x: readonly number[];
  readonly y: boolean;
  readonly kind: "own" | "among" | "near" | "stranger" | "strangers";
  readonly f1: number;
  readonly expected: number;
}

const [devFile = "", weightsFile = ""] = process.argv.slice(2);
const paragraphs = gunzipSync(readFileSync(devFile))
  .toString("utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Paragraph);
const network = createNetwork(readFileSync(weightsFile));
const lexicon = createLexicon(createIdf(unpack(idfTable)));
const random = createRandom(7);
const titles = [...new Set(paragraphs.map((p) => p.title))];
const fitting = new Set(titles.filter((_, i) => i % 10 === 0));

const facts = { fit: [] as Fact[], rest: [] as Fact[] };
for (const paragraph of paragraphs) {
  const fit = fitting.has(paragraph.title);
  const siblings = paragraphs.filter((p) => p.title === paragraph.title && p !== paragraph);
  for (const { question, answers } of paragraph.qas) {
    if (random() > (fit ? 0.5 : 0.06)) continue;
    const holds = (p: Paragraph): boolean => answers.some((a) => p.context.toLowerCase().includes(a.toLowerCase()));
    const near = siblings.filter((p) => !holds(p));
    const stranger = (): Paragraph => paragraphs[Math.floor(random() * paragraphs.length)] ?? paragraph;
    const strangers = Array.from({ length: 3 }, stranger).filter((p) => p.title !== paragraph.title && !holds(p));
    const sibling = near[Math.floor(random() * near.length)];
    const sets: readonly (readonly [Fact["kind"], readonly (Paragraph | undefined)[]])[] = [
      ["own", [paragraph]],
      ["among", [strangers[0], paragraph, sibling]],
      ["near", [sibling]],
      ["stranger", [strangers[0]]],
      ["strangers", strangers],
    ];
    const q = analyse(lexicon.read(question));
    for (const [kind, set] of sets) {
      const passages = set.filter((p) => p !== undefined);
      if (passages.length < set.length || passages.length === 0) continue;
      const candidates = findCandidates(
        passages.map((p) => lexicon.read(p.context)),
        q,
        network,
      );
      if (candidates === undefined) continue;
      const y = kind === "own" || kind === "among";
      facts[fit ? "fit" : "rest"].push({ ...seen(candidates, answers, y), y, kind });
    }
  }
}
console.log(`${facts.fit.length} facts to fit, ${facts.rest.length} others`);
const weights = fitLogistic(facts.fit);
console.log(`confidence: [${weights.map((w) => w.toFixed(3)).join(", ")}]`);

const own = facts.rest.filter((f) => f.kind === "own");
for (const t of [0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6]) {
  const answered = own.map((f) => (confidenceOf(f.x, weights) >= t ? f.f1 : 0));
  const refused = (kind: Fact["kind"]): string => {
    const of = facts.rest.filter((f) => f.kind === kind);
    return `${kind} ${((100 * of.filter((f) => confidenceOf(f.x, weights) < t).length) / of.length).toFixed(1)} %`;
  };
  console.log(
    `refuses below ${t}: F1 ${(100 * mean(answered)).toFixed(1)}; refuses ${(["near", "stranger", "strangers"] as const).map(refused).join(", ")}`,
  );
}
for (let low = 0; low < 1; low += 0.1) {
  const bin = facts.rest.map((f) => ({ ...f, p: confidenceOf(f.x, weights) * f.expected })).filter(({ p }) => p >= low && p < low + 0.1);
  console.log(
    `confidence ${low.toFixed(1)}–${(low + 0.1).toFixed(1)}: ${bin.length} answers, mean ${mean(bin.map((f) => f.p)).toFixed(3)}, F1 ${mean(bin.map((f) => f.f1)).toFixed(3)}`,
  );
}

function seen(candidates: Candidates, answers: readonly string[], y: boolean): Pick<Fact, "x" | "f1" | "expected"> {
  const scores = scoresOf(candidates, {});
  const choice = leastRisk(candidates, scores);
  const span = candidates.spans[choice.index];
  const given = span === undefined ? "" : textOf(candidates, span);
  return {
    x: wordEvidence(candidates, scores, choice),
    expected: choice.expected,
    f1: y ? tokenF1(given, answers) : 0,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / (values.length || 1);
}
