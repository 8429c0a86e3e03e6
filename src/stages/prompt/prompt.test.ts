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
  more: Partial<Experiment> = {},
): Promise<{ readonly rung: Rung; readonly program: Program; readonly heard: readonly Asked[] }> {
  const program = { ...asking("ticket"), system };
  const rungs = [{ stage: prompt, options }];
  // So many points can be told apart with 60 cases.
  const { summary, heard, events } = await walked(model, { cases: all, rungs, seed, variants, program, margin: 0.1, ...more });
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
  expect(program.system).toBe(RULE);
  // The server counts words: that many are in what was left out.
  const words = filler.split(" ").length;
  expect(rung.tokens_saved).toEqual({ per_answer: words, per_1000_answers: 1000 * words });
  expect(rung.reason).toMatch(new RegExp(`% cheaper: .*; ${words} tokens less an answer, ${words}000 for 1,000 answers$`));
});

test("nothing is left out that is missed, and a prompt that is all needed stays as it is", async () => {
  const rules = [RULE, "Answer with the code alone, and with nothing else."];
  const { rung, program } = await climbed(
    1,
    server(
      all,
      1,
      () => "",
      (system) => (rules.every((rule) => system.includes(rule)) ? 0.95 : 0.3),
      () => "",
    ),
    all,
    { operators: false, write: false, shorten: true, calls: 2000 },
    {},
    rules.join(" "),
  );
  expect(rung.status).toBe("rejected");
  expect(rung.tokens_saved).toBeUndefined();
  expect(program.system).toBe(rules.join(" "));
});

const reflections = (heard: readonly Asked[]) => heard.filter(({ text }) => text.includes("Answer given")).length;

test.each([
  [150, 0, 0],
  [220, 1, 15],
  [400, 2, 40],
])("with %i calls there are %i to %i reflections", async (calls, least, most) => {
  const { heard } = await climbed(
    2,
    server(
      all,
      2,
      (_, n) => `Work with care, in manner number ${n * 7919}, and ${"abcdefghijklmnopqrstuvwxyz"[n % 26]?.repeat(9)} also.`,
      () => 0.5,
    ),
    all,
    { calls },
  );
  expect(reflections(heard)).toBeGreaterThanOrEqual(least);
  expect(reflections(heard)).toBeLessThanOrEqual(most);
});

test("what the writer says in other marks or letters is not asked again", async () => {
  const forms = [`Answer. ${RULE}`, `answer! ${RULE.toUpperCase()}`, `- Answer\n- ${RULE}`, `"Answer"! ${RULE.replace(".", "!")}`];
  const { heard } = await climbed(
    1,
    server(
      all,
      1,
      (_, n) => forms[n % forms.length] ?? "",
      () => 0.5,
    ),
    all,
    { operators: false },
  );
  const asked = new Set(
    heard.map(({ system }) => system).filter((system) => system.toLowerCase().includes(RULE.slice(0, -1).toLowerCase())),
  );
  expect([...asked]).toEqual([forms[0]]);
});

test.each(["bad request", "no text"])("a writer that gives %s is told of, and everything else is raced", async (kind) => {
  const plain = server(
    all,
    1,
    () => "",
    (system) => (system.includes(RULE) ? 0.9 : 0.4),
  );
  const model: Simulated = (asked) => (asked.text.includes("fenced block") ? (kind === "no text" ? "" : 400) : plain(asked));
  const { rung, program } = await climbed(1, model, all, { operators: false }, { ruled: { system: `Answer. ${RULE}` } });
  expect(rung.status, rung.reason).toBe("kept");
  expect(program.system).toContain(RULE);
});

test("the search leaves of the run's budget what confirm and test will take: whatever it is, the walk comes to its end", async () => {
  for (const calls of [200, 420, 700]) {
    const { rung } = await climbed(
      1,
      server(
        all,
        1,
        (_, n) => `Be exact in manner ${n * 7919}.`,
        () => 0.5,
      ),
      all,
      { calls: 1000 },
      {},
      "Answer.",
      { budget: { calls } },
    );
    expect(rung.status).toBe(calls < 700 ? "skipped" : "rejected");
    if (calls < 700) expect(rung.reason).toMatch(/^budget: \d+ calls are too few for a verdict; 40 are needed$/);
  }
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
