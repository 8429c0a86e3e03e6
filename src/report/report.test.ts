import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { nothing } from "../spend.ts";
import type { Answered, Case, CompareResult, Comparison, Mean, Rung, Score, Summary } from "../types.ts";
import type { RungRaces } from "../runs/types.ts";
import { delta, duration, tokenCount, usd } from "./figures.ts";
import { summaryHtml } from "./html.ts";
import { summaryJunit } from "./junit.ts";
import { hanging, wrap } from "./layout.ts";
import { compareMarkdown } from "./markdown-compare.ts";
import { summaryMarkdown } from "./markdown.ts";
import { planText } from "./plan.ts";
import { compareText, summaryTable } from "./terminal.ts";

// A summary with every kind of rung, and texts that break layouts: CJK, escape sequences, markup.
const mean = (value: number, errors = 0): Mean => ({
  mean: value,
  low: value - 0.061,
  high: value + 0.058,
  n: 120 - errors,
  errors,
  skipped: 0,
});
const versus = (delta: number, verdict: Comparison["verdict"]): { split: "test"; f1: Comparison } => ({
  split: "test",
  f1: {
    delta,
    low: delta - 0.089,
    high: delta + 0.089,
    p: 0.0123,
    n: 120,
    wins: 31,
    losses: 12,
    ties: 77,
    verdict,
    mde: 0.081,
    more_cases: null,
  },
});
const spent = {
  calls: 1240,
  cached_calls: 310,
  tokens: { in: 81_200, out: 3140 },
  usd: 0,
  list_usd: 0,
  judging: nothing,
  seconds: 8.4,
  latency_ms: { p50: 3.2, p95: 41 },
};
const scores = (f1: number, format: number): Rung["scores"] => ({
  select: { f1: mean(f1 + 0.03), format: mean(format) },
  confirm: { f1: mean(f1 + 0.01), format: mean(format) },
  test: { f1: mean(f1, 2), format: mean(format), recall: { mean: null, low: null, high: null, n: 0, errors: 0, skipped: 120 } },
});

const nasty = '<img src=x onerror="alert(1)">\u001b[31mred\u001b[0m\u0007 | *b* `c`\nnext';

/** A race whose arms are named by somebody who means harm. */
const raced: readonly RungRaces[] = [
  {
    rung: "few-shot",
    folder: "1-few-shot",
    races: [
      {
        winner: "<img src=x>",
        calls: 40,
        arms: ["as it was", "<img src=x>", "a | b\n| c"].map((name, i) => ({
          name,
          mean: 0.5,
          n: 20 - i,
          dropped: i === 2,
          history: [{ n: 20 - i, delta: 0.1 * i, se: 0.05 }],
        })),
      },
    ],
  },
];

const sample: Summary = {
  run: "runs/support/20260101-120000-abcdef01",
  name: "support",
  status: "complete",
  baseline: "baseline",
  winner: "rag",
  primary: "f1",
  exploratory: false,
  rungs: [
    {
      name: "baseline",
      use: "baseline",
      status: "kept",
      reason: "the program as written",
      scores: scores(0.412, 0.9),
      versus: {},
      ...spent,
      calls: 360,
      cached_calls: 0,
    },
    {
      name: "few-shot",
      use: "few-shot",
      status: "rejected",
      reason: "no evidence that it is better than the incumbent on 80 confirm cases (+0.011 [-0.040, 0.062]), and it costs more",
      scores: scores(0.431, 0.91),
      versus: { baseline: versus(0.019, "no evidence"), incumbent: versus(0.019, "no evidence") },
      ...spent,
    },
    {
      name: "rag",
      use: "rag",
      status: "kept",
      reason: "better on 80 confirm cases: +0.291 [0.190, 0.392]",
      scores: scores(0.712, 0.925),
      versus: { baseline: versus(0.3, "better"), incumbent: versus(0.3, "better") },
      ...spent,
      usd: 0.4215,
      list_usd: 0.4215,
    },
    {
      name: "检索增强-hyde-fact-check",
      use: "hyde-fact-check",
      status: "rejected",
      reason: "在确认集上比现任程序更差，并且每个回答的成本更高，因此保留现任程序，继续下一级阶梯，不再考虑这一级的任何候选程序了",
      scores: scores(0.6, 0.8),
      versus: { baseline: versus(0.188, "better"), incumbent: versus(-0.112, "worse") },
      ...spent,
      usd: null,
      list_usd: null,
      calls: 12_345_678,
    },
    {
      name: "fine-tune",
      use: "fine-tune",
      status: "skipped",
      reason: `no trainer ${nasty}`,
      scores: {},
      versus: {},
      ...spent,
      calls: 0,
      cached_calls: 0,
      tokens: { in: 0, out: 0 },
      latency_ms: { p50: null, p95: null },
    },
  ],
  diagnosis: {
    probed: 30,
    failing: 41,
    total: 120,
    buckets: [
      {
        bucket: "missing knowledge",
        axis: "context",
        cases: ["c1", "c2", "c3"],
        asks_for: ["rag"],
        gain: { delta: 0.21, low: 0.14, high: 0.29, n: 30 },
        examples: [
          {
            case: "c1",
            fields: { question: `How long? ${nasty}` },
            expected: ["45 days", "45"],
            answer: `I cannot say ${nasty}`,
            probe: { name: "gold passages", answer: "45 days" },
            evidence: `nothing was retrieved; it passes with the passages that hold the answer ${nasty}`,
          },
        ],
      },
      { bucket: "format", axis: "behaviour", cases: ["c9"], asks_for: ["prompt", "few-shot", "fine-tune"], gain: null, examples: [] },
      { bucket: "unexplained", axis: null, cases: ["c10"], asks_for: [], gain: null, examples: [] },
    ],
    probes: [
      { probe: "repeat", about: "asked again, nothing changed", n: 30, passed: 0, gain: { delta: 0, low: -0.02, high: 0.02, n: 30 } },
      {
        probe: "gold passages",
        about: "the passages that hold the answer",
        n: 28,
        passed: 18,
        gain: { delta: 0.21, low: 0.14, high: 0.29, n: 30 },
      },
    ],
    calls: 90,
    next: "missing knowledge is the largest cause that a rung treats: rag",
  },
  gates: [
    { gate: "f1 min 0.7", metric: "f1", passed: true, outcome: "passed", reason: "f1 min 0.7: 0.712" },
    { gate: "format min 0.95", metric: "format", passed: false, outcome: "failed", reason: "format min 0.95: 0.925 is below 0.95" },
    { gate: nasty, metric: "f1", passed: false, outcome: "not judged", reason: `${nasty}: no price` },
  ],
  totals: {
    calls: 12_349_518,
    cached_calls: 930,
    tokens: { in: 325_000, out: 12_560 },
    usd: null,
    list_usd: null,
    judging: nothing,
    seconds: 95,
  },
  warnings: ["3 near-duplicates between train and test were taken out of train: c17, c40 and c77, the first of them word for word"],
};

const cases: Case[] = ["c1", "c2", nasty].map((id) => ({ id, fields: { question: nasty }, expected: nasty }));
const answered = (id: string, scores: Record<string, Score>, more: Partial<Answered> = {}): Answered => ({
  case: id,
  split: "test",
  repeat: 0,
  program: "p",
  answer: nasty,
  scores,
  passages: [],
  usage: { in: 1, out: 1 },
  calls: 1,
  cached_calls: 0,
  usd: 0,
  list_usd: 0,
  ms: 12,
  cached: false,
  ...more,
});
const rows: Answered[] = [
  answered("c1", { f1: { value: 1 }, recall: { skipped: nasty } }),
  answered("c2", { f1: { value: 0.2, why: nasty }, recall: { error: nasty } }),
  answered(nasty, {}, { error: nasty }),
  answered("c2", { f1: { value: 0.9 }, recall: { value: 1 } }, { repeat: 1 }),
];

const coverage = { a: { n: 120, errors: 0, skipped: 0 }, b: { n: 118, errors: 2, skipped: 0 } };
const compared: CompareResult = {
  a: "runs/a",
  b: "runs/b",
  comparable: true,
  reasons: ["recall: 120 of 120 cases have no value in one run or both and are left out"],
  primary: "f1",
  metrics: {
    f1: { ...versus(-0.112, "worse").f1, a: 0.712, b: 0.6, coverage },
    准确率: { ...versus(0.01, "no evidence").f1, a: 0.9, b: 0.91, coverage },
  },
  slices: Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [
      `${nasty} ${i}`,
      { n: 40 - i, p_holm: i < 30 ? 0.04 : null, metrics: i < 30 ? { f1: { ...versus(-0.2, "worse").f1, a: 0.7, b: 0.5 } } : {} },
    ]),
  ),
  flips: Array.from({ length: 30 }, (_, i) => ({
    case: `c${i}`,
    broken: i % 2 === 1,
    fields: { question: nasty.repeat(4) },
    a: { answer: nasty, value: i % 2 },
    b: { answer: "北京".repeat(80), value: 1 - (i % 2) },
  })),
  cost: { a: 0, b: null, delta: null },
  latency: { a: 3.2, b: 1250, delta: 1246.8, p95: { a: 40, b: 30, delta: -10 } },
  prompt_diff: `--- a\n+++ b\n-  Be brief. ${nasty}\n+  \`\`\`\n`,
  baseline: { created: "2026-01-01T00:00:00Z", days: 12.5 },
  signature: "llmopt:0.1.0|metric:f1=token-f1:1|cases:1a2b3c4d|split:test|n:120|repeat:1|seed:7|ci:bootstrap-2000|alpha:0.05",
  verdict: "worse",
  gates: sample.gates,
  gate: "failed",
};

/** Tags that are left open or closed in the wrong order, and a "<" that starts no tag; empty when the markup is well-formed. */
function badTags(markup: string, empty: readonly string[] = []): readonly string[] {
  const tag = /<(\/?)([a-zA-Z][\w-]*)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/gu;
  const open: string[] = markup.replace(tag, "").includes("<") ? ["<"] : [];
  for (const [, close, name = "", self] of markup.matchAll(tag)) {
    if (close === "/" && open.pop() !== name) return [`</${name}>`];
    if (close === "" && self === "" && !empty.includes(name)) open.push(name);
  }
  return open;
}

describe("a terminal", () => {
  const views = {
    summary: (width: number, color: boolean) => summaryTable(sample, { width, color }),
    compare: (width: number, color: boolean) => compareText(compared, { width, color }),
  };

  test.each(Object.entries(views))("%s: no line is wider than the terminal", (_, view) => {
    for (const width of [80, 100, 140])
      for (const line of view(width, false).split("\n")) expect(stringWidth(line), line).toBeLessThanOrEqual(width);
  });

  test.each(Object.entries(views))("%s: not one control character without colour, and the same text with it", (_, view) => {
    expect(view(80, false)).not.toMatch(/[^\P{Cc}\n]/u);
    expect(view(80, true)).not.toBe(view(80, false));
    expect(stripVTControlCharacters(view(80, true))).toBe(view(80, false));
  });

  test.each([0, 1, 2, 10, 40, 42])("of %i columns gets the whole text all the same", (width) => {
    for (const view of Object.values(views)) expect(view(width, false).length).toBeGreaterThan(100);
    expect(wrap("漢字 and words", width).join("").replaceAll(" ", "")).toBe("漢字andwords");
  });

  test("shows every rung with its reason, verdicts, cost and what is unknown", () => {
    const text = summaryTable(sample, { width: 160, color: false });
    for (const part of ["baseline", "few-shot", "rag", "检索增强-hyde-fact-check", "fine-tune", "rejected", "skipped", "no trainer"])
      expect(text).toContain(part);
    expect(text).toMatch(/rag +kept +0\.712 \[0\.651, 0\.770\] +n 118, 2 errors +\+0\.300 \[0\.211, 0\.389\] better/u);
    expect(text).toMatch(/hyde-fact-check +12,345,678 +310 +81\.2k\+3\.1k +unknown/u);
    expect(text).toMatch(/baseline +360 +0 +81\.2k\+3\.1k +\$0 /u);
    expect(text).toContain("✗ format min 0.95: 0.925 is below 0.95");
    expect(text).toContain("1 failed, 1 not judged, of 3");
  });

  test("says when runs do not compare, and shows no metrics then", () => {
    const text = compareText(
      { ...compared, comparable: false, metrics: {}, slices: {}, flips: [], reasons: ["other scorers"] },
      { width: 80, color: false },
    );
    expect(text).toContain("The runs do not compare\n! other scorers");
    expect(text).not.toContain("difference");
  });

  test("shows the lost cases before the won ones, and says how many are left out", () => {
    const text = compareText(compared, { width: 80, color: false });
    expect(text).toContain("15 lost, 15 won");
    expect(text.indexOf("− c1 ")).toBeLessThan(text.indexOf("+ c28 "));
    expect(text).toContain("14 more with --json");
  });

  test("shows beside a comparison how many cases have a value, the age of the baseline, the tags, the gates and the signature", () => {
    const text = compareText(compared, { width: 160, color: false });
    for (const part of [
      "n 118, 2 errors",
      "12.5 days old",
      "exploratory",
      "28 more with --json",
      "✗ format min",
      compared.signature,
      "- c1",
      "broken",
    ])
      expect(text).toContain(part.replace("- c1", "− c1"));
    expect(text).toContain("latency p95      40 ms → 30 ms (-10 ms)");
    const short = { ...versus(0.021, "no evidence").f1, more_cases: 340, a: 0.7, b: 0.721, coverage };
    expect(compareText({ ...compared, metrics: { f1: short } }, { width: 100, color: false })).toContain(
      "about 340 more cases would show a difference of +0.021",
    );
  });
});

test("no report recommends a rung that was tried without saying what became of it", () => {
  const { diagnosis } = sample;
  if (diagnosis === null) throw new Error("the sample has a diagnosis");
  const tried: Summary = {
    ...sample,
    diagnosis: { ...diagnosis, tried: [{ rung: "few-shot", status: "rejected", reason: "no evidence" }] },
  };
  for (const text of [summaryTable(tried, { width: 140, color: false }), summaryMarkdown(tried), summaryHtml(tried)])
    expect(text.replaceAll("\\", "")).toContain("few-shot (tried: rejected)");
});

describe("a page", () => {
  const page = summaryHtml(
    sample,
    cases.flatMap((kase) => rows.filter((row) => row.case === kase.id).map((row) => ({ case: kase, row }))),
    raced,
  );

  test("is well-formed, escapes every text of models and data, and needs no script and no network", () => {
    expect(badTags(page.replace("<!doctype html>", ""), ["meta", "br"])).toEqual([]);
    expect(page).not.toContain("<img");
    expect(page).not.toMatch(/<script|<link|https?:/u);
    expect(page).toContain("&#60;img src=x onerror=&#34;alert(1)&#34;&#62;red");
  });

  test("draws each tested rung inside the plot", () => {
    const [svg = ""] = /<svg.*<\/svg>/su.exec(page) ?? [];
    expect(svg.match(/<circle/gu)).toHaveLength(4);
    for (const [, x] of svg.matchAll(/c?x1?="([\d.-]+)"/gu)) expect(Number(x) >= 0 && Number(x) <= 760).toBe(true);
  });
});

describe("Markdown", () => {
  test.each([
    ["summary", summaryMarkdown(sample, raced)],
    ["compare", compareMarkdown(compared)],
  ])("%s: each row of a table has as many cells as its title, whatever the texts hold", (_, markdown) => {
    const tables = markdown.split("\n\n").filter((block) => block.startsWith("| "));
    expect(tables.length).toBeGreaterThan(1);
    for (const block of tables) expect(new Set(block.split("\n").map((line) => line.split("|").length)).size).toBe(1);
    expect(markdown.replace(/(````)diff.*\1/su, "")).not.toContain("<img");
  });
});

describe("JUnit", () => {
  const stored = (order: readonly Answered[]): Parameters<typeof summaryJunit>[0] => ({
    summary: sample,
    cases,
    answers: new Map([["rag", order]]),
    manifest: { comparability: { scorers: { f1: { threshold: 0.5 }, recall: { threshold: 0.5 } } } },
  });
  const xml = summaryJunit(stored(rows));

  test("is well-formed and counts failures, errors and skips", () => {
    expect(badTags(xml.replace(/<\?xml.*\?>/u, ""))).toEqual([]);
    expect(xml).not.toMatch(/[^\P{Cc}\n]/u);
    expect(xml).toContain('<testsuite name="rag" tests="8" failures="1" errors="3" skipped="1">');
    expect(xml).toContain('name="c2 f1" time="0.012"><failure message="0.200 is below 0.5');
    expect(xml).toContain('<property name="repeat" value="1"/>');
    expect(xml).toContain('<testsuite name="gates" tests="3" failures="1" errors="1" skipped="0">');
    expect(xml).toContain('<testcase classname="gates" name="f1 min 0.7" time="0.000"/>');
  });

  test("does not depend on the order in which cases were answered", () => {
    expect(summaryJunit(stored(rows.toReversed()))).toBe(xml);
  });
});

test("numbers: unknown costs are not 0, signs are shown, and nothing is -0.000", () => {
  expect([usd(null), usd(0), usd(0.00423), usd(12.3)]).toEqual(["unknown", "$0", "$0.0042", "$12.30"]);
  expect(delta({ ...versus(0.12, "better").f1, low: 0.031, high: 0.209 })).toBe("+0.120 [0.031, 0.209]");
  expect(delta({ ...versus(-0.0001, "no evidence").f1, low: -0.0002, high: 0.1 })).toBe("+0.000 [0.000, 0.100]");
  expect([duration(null), duration(3.21), duration(1250), duration(125_000)]).toEqual(["–", "3.2 ms", "1.25 s", "2 min 5 s"]);
  expect([tokenCount(999), tokenCount(99_949), tokenCount(999_499), tokenCount(999_500)]).toEqual(["999", "99.9k", "999k", "1.0M"]);
});

test("a text is wrapped beside its sign, however wide that is", () => {
  for (const sign of ["·", "Labels", "\u001b[1mLabels\u001b[22m"])
    for (const line of hanging(sign, "知识库 accuracy 0.978 (balanced 0.978); ".repeat(4).trim(), 30))
      expect(stringWidth(line), line).toBeLessThanOrEqual(30);
});

test("a plan: no line is wider than the terminal, a small cost is no $0, and a case's id does no harm", () => {
  const totals = { answers: 12_345, calls: 12_345, judge_calls: 0, tokens: 1_234_567, usd: 0.0042 };
  const rung = { name: "检索增强", arms: 12, ...totals };
  const splits = { train: 54, select: 45, confirm: 45, test: 45 };
  const warnings = ["data: 4 of 60 train cases repeat a case of test: \u001b[31mT1057\u202e like T1127; they are left out of train"];
  for (const width of [60, 80, 100]) {
    const text = planText({ name: "tickets", splits, rungs: [rung], totals, warnings }, width);
    for (const line of text.split("\n")) expect(stringWidth(line), line).toBeLessThanOrEqual(width);
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    expect(text).toMatch(/12,345 +1,234,567 +\$0\.0042/u);
  }
});

test("wrapping keeps every character, also of text without spaces", () => {
  const text = "知识库中没有这个问题的答案 so the program says that it does not know";
  const lines = wrap(text, 11);
  expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
  expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(11);
});
