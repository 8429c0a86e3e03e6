/** Races in reports: every arm of every race, as `race.json` has it, and no text of an arm's name reaches the page as it stands. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { llmopt, project, riverCases, riverExperiment } from "../cli.fixture.ts";
import { readRaces } from "../runs/races.ts";
import type { RungRaces, StoredRace } from "../runs/types.ts";
import { forHtml } from "./escape.ts";
import { raceTables } from "./races.ts";
import { racesText } from "./terminal-races.ts";

const arm = (name: string, n: number, delta: number | null, more: object = {}): StoredRace["arms"][number] => {
  const history = n === 0 ? [] : [{ n, delta, se: 0.05 }];
  return { name, mean: n === 0 ? null : 0.5 + (delta ?? 0), n, dropped: n < 40, history, ...more };
};
const race: StoredRace = {
  winner: "best",
  calls: 1234,
  arms: [
    arm("as it was", 40, 0),
    arm("refused", 0, null, { refused: "drops the placeholder {{question}}" }),
    arm("weak <b>|\u001b[31m知识库 知识库 and a name that is much too long for any table of a terminal", 10, -0.2),
    arm("best", 40, 0.1),
    arm("twin", 40, 0.1, { same_as: "best" }),
    arm("second", 40, 0.05),
    arm("unvalued", 20, null),
    ...Array.from({ length: 9 }, (_, i) => arm(`late ${i}`, 13, -0.01 * (i + 1))),
  ],
};
const raced: readonly RungRaces[] = [{ rung: "prompt", folder: "1-prompt", races: [race, { ...race, winner: "as it was" }] }];

test("a table has every arm once: the winner first, then who stayed longest, and last who was not asked, with the reason", () => {
  const [first, second] = raceTables(raced, "f1");
  const rows = first?.rows ?? [];
  expect(rows.map(([name]) => name).toSorted()).toEqual(race.arms.map(({ name }) => name).toSorted());
  expect(rows[0]).toEqual(["best", "40", "0.600", "+0.100 ± 0.050", "won"]);
  expect(rows.slice(1, 4).map(([name, cases]) => [name, cases])).toEqual([
    ["second", "40"],
    ["as it was", "40"],
    ["unvalued", "20"],
  ]);
  expect(rows.find(([name]) => name === "as it was")?.slice(3)).toEqual(["incumbent", "to the end"]);
  expect(rows.find(([name]) => name === "late 0")?.at(-1)).toBe("left after 13");
  const last = rows.slice(-2).toSorted();
  expect(last.map((cells) => cells.at(-1))).toEqual(["drops the placeholder {{question}}", "sends the same as best"]);
  expect([first?.file, second?.file]).toEqual(["1-prompt/race.json", "1-prompt/race-2.json"]);
  expect(second?.rows[0]?.[0]).toBe("as it was");
});

test.each([80, 100, 140])("%d columns hold every line, and what is left out is said", (width) => {
  const text = racesText(raced, "f1", { width, color: false });
  for (const line of text.split("\n")) expect(stringWidth(line), line).toBeLessThanOrEqual(width);
  expect(text).not.toMatch(/[^\P{Cc}\n]/u);
  expect(text).toContain("8 more in 1-prompt/race.json");
  expect(racesText([], "f1", { width, color: false })).toBe("");
});

describe("of a run", () => {
  test("the page and `report` show the arms of every race that the rung kept", async () => {
    const folder = project({ "cases.jsonl": riverCases(40), "e.yaml": riverExperiment() });
    expect((await llmopt(folder, ["run", "e.yaml", "-q"])).code).toBe(0);
    const run = join(folder, "runs/rivers", readdirSync(join(folder, "runs/rivers"))[0] ?? "");
    const [found] = await readRaces(run, ["baseline", "prompt"]);
    const names = found?.races.flatMap(({ arms }) => arms.map(({ name }) => name)) ?? [];
    expect(names.length).toBeGreaterThan(2);
    const page = readFileSync(join(run, "report.html"), "utf8");
    for (const name of names) expect(page).toContain(`<td>${forHtml(name)}</td>`);
    const printed = await llmopt(folder, ["report", "latest", "-o", "again.html"]);
    expect(printed.stdout).toMatch(/Races.*\n[^]*prompt(?:, race 1 of \d)?: \d+ calls, won by “/u);
    expect(readFileSync(join(folder, "again.html"), "utf8")).toBe(page);
    expect(readFileSync(join(run, "report.md"), "utf8")).toContain("## Races");
  });

  test("a race that cannot be read is left out, and those after it", async () => {
    const folder = project({ "1-prompt/race.json": JSON.stringify(race), "1-prompt/race-2.json": "{", "1-prompt/race-3.json": "{}" });
    mkdirSync(join(folder, "2-rag"));
    writeFileSync(join(folder, "2-rag/race.json"), "[]");
    const [found, ...others] = await readRaces(folder, ["baseline", "prompt", "rag"]);
    expect(found?.races).toEqual([race]);
    expect(others).toEqual([]);
  });
});
