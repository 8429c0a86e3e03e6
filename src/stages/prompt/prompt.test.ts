import { expect, test } from "vitest";
import { type Asked, asking, type Simulated, walked } from "../../ladder/diagnose/planted.fixture.ts";
import { seeded } from "../../stats/random.ts";
import type { Case, Experiment, Program, Rung } from "../../types.ts";
import prompt from "./index.ts";

/** Tickets whose code a clerk reads off; what they ask for tells nothing about another one's code. */
const cases = (seed: number): readonly Case[] => {
  const random = seeded(`tickets ${seed}`);
  const word = () => Array.from({ length: 5 }, () => "bcdfghklmnprstvz"[Math.floor(random() * 16)]).join("a");
  return Array.from({ length: 240 }, (_, i) => ({
    id: `t${i}`,
    fields: { ticket: `ticket ${word()} of ${word()}` },
    expected: `code ${i % 7}`,
  }));
};

const RULE = "Count the letters of the second name before anything else.";

/** A server that passes a ticket by chance: more often where its prompt holds the rule. Asked to write, it offers an instruction. */
function server(
  all: readonly Case[],
  seed: number,
  offers: (text: string, n: number) => string,
  rate: (system: string) => number,
  luckOf: (system: string) => string = (system) => system,
): Simulated {
  const byText = new Map(all.map((kase) => [kase.fields.ticket ?? "", kase]));
  let written = 0;
  return ({ text, system, question }) => {
    const kase = byText.get(question);
    if (kase === undefined) return offers(text, written++);
    // The same request gets the same answer, and every prompt has luck of its own.
    const luck = seeded(`${seed} ${kase.id} ${luckOf(system)}`)() * 0.5 + seeded(`${seed} ${kase.id}`)() * 0.5;
    return luck < rate(system) ? String(kase.expected) : "code 9";
  };
}

async function climbed(
  seed: number,
  model: Simulated,
  all: readonly Case[],
  options: object = {},
  variants: Experiment["variants"] = {},
  system = "Answer.",
): Promise<{ readonly rung: Rung; readonly program: Program; readonly heard: readonly Asked[] }> {
  const program = { ...asking("ticket"), system };
  const rungs = [{ stage: prompt, options }];
  // So many points can be told apart with 60 cases.
  const { summary, heard, events } = await walked(model, { cases: all, rungs, seed, variants, program, margin: 0.1 });
  const rung = summary?.rungs[1];
  const made = events.findLast((event) => event.type === "rung" && event.index === 1);
  if (rung === undefined || made?.type !== "rung") throw new Error("no rung");
  return { rung, program: made.program, heard };
}

const all = cases(1);

test("a rule that only the writer comes upon is found within the calls", async () => {
  const offers = (text: string, n: number) =>
    text.includes("code 9") ? `\`\`\`\nAnswer.\n${RULE}\n\`\`\`` : `\`\`\`\nBe accurate, variant ${n}.\n\`\`\``;
  const { rung, heard } = await climbed(
    1,
    server(all, 1, offers, (system) => (system.includes(RULE) ? 0.75 : 0.5)),
    all,
  );
  expect(rung).toMatchObject({ status: "kept", decision: { verdict: "better" } });
  // Confirm, test and the probes are not the search's.
  expect(rung.calls).toBeLessThanOrEqual(300 + 2 * 60 + heard.length);
});

test("where no candidate is better the verdict is that there is no evidence", async () => {
  const { rung } = await climbed(
    1,
    server(
      all,
      1,
      (_, n) => `\`\`\`\nAnswer, in manner ${n}.\n\`\`\``,
      () => 0.5,
    ),
    all,
  );
  expect(rung.status).toBe("rejected");
  expect(rung.reason).toMatch(/^(no evidence|no candidate was better)/);
});

test("what breaks a placeholder, quotes a select case or copies eight words of a test case is never asked", async () => {
  const [select, held] = [all[1], all[3]];
  const long = { ...(held as Case), fields: { ticket: "the second name of this ticket was written by a hand that shook" } };
  const planted = all.map((kase) => (kase === held ? long : kase));
  const variants = {
    lost: { user: "Ticket: {{ticket}} {{nothing}}" },
    quoted: {
      system: `Answer. For example: "${select?.fields.ticket}" is ${String(select?.expected)}. Also ${all[5]?.fields.ticket}, ${all[9]?.fields.ticket}.`,
    },
    copied: { system: "Answer. Mind that the ticket was written by a hand that shook, always." },
    fine: { system: "Answer with the code." },
  };
  const { heard } = await climbed(
    1,
    server(
      planted,
      1,
      () => "",
      () => 0.5,
    ),
    planted,
    { operators: false, write: false },
    variants,
  );
  const systems = new Set(heard.map(({ system }) => system));
  expect(systems).toContain("Answer with the code.");
  expect(systems).not.toContain(variants.quoted.system);
  expect(systems).not.toContain(variants.copied.system);
  expect(heard.some(({ text }) => text.includes("Ticket: "))).toBe(false);
});

test("shortening leaves out what is not missed, and confirm decides", async () => {
  const filler = "You are the finest clerk that ever was, and everybody is fond of you.";
  const { rung, program } = await climbed(
    1,
    // What it says does not matter but for the rule.
    server(
      all,
      1,
      () => "",
      (system) => (system.includes(RULE) ? 0.9 : 0.1),
      (system) => String(system.includes(RULE)),
    ),
    all,
    { operators: false, write: false, shorten: true, calls: 2000 },
    {},
    `${RULE} ${filler}`,
  );
  expect(rung.status, rung.reason).toBe("kept");
  expect(rung.reason).toMatch(/% cheaper/);
  expect(program.system).toBe(RULE);
});

test("a run whose calls do not pay for a verdict says so", async () => {
  const { rung } = await climbed(
    1,
    server(
      all,
      1,
      () => "",
      () => 0.5,
    ),
    all,
    { calls: 30 },
  );
  expect(rung).toMatchObject({ status: "skipped", reason: "budget: 30 calls are too few for a verdict; 40 are needed" });
});
