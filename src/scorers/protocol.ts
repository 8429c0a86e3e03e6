/**
 * How a program of the user's own grades an answer: it reads one JSON document from stdin and prints one to stdout. A row as it
 * really goes out, on one line, and what may come back:
 *
 *     { "case": "return-window-1", "fields": { "question": "how long do i have to send stuff back? ordered it last week" },
 *       "answer": "You have 45 days.", "expected": ["45 days", "45 days from the day the parcel was delivered"],
 *       "sources": ["returns-policy-from-march-2025"], "tags": ["fact"],
 *       "passages": [{ "id": "warranty#2", "source": "warranty", "title": "Warranty", "text": "…", "score": 0.41 }], "notes": {} }
 *
 *     1    or    true    or    { "value": 0.5, "why": "names the days, not from when" }
 *     { "error": "…" }  where it could not be judged    { "skipped": "…" }  where there is nothing to judge
 */
import { scoreOf } from "../score.ts";
import type { Case, Graded, Json, Score, ScoreLab } from "../types.ts";
import { quote } from "./accepted.ts";

/** What a program is given. `expected` is null where the case has none; ids, texts and scores of passages are as they were shown. */
function documentOf({ question, answer, passages, notes }: Graded, kase: Case): Json {
  return {
    case: question.id,
    fields: question.fields,
    answer,
    expected: kase.expected ?? null,
    sources: kase.sources ?? [],
    tags: kase.tags ?? [],
    passages: passages.map(({ id, source, title, text, score }) => ({ id, source, title, text, score })),
    notes,
  };
}

/**
 * The program's score of the answer. An exit status other than 0, more time than it has, and anything on stdout but one JSON
 * document of the above kinds are errors, with the end of what it said on stderr.
 */
export async function gradeOutside(argv: readonly string[], seconds: number, turn: Graded, kase: Case, lab: ScoreLab): Promise<Score> {
  const { status, stdout, stderr, timedOut } = await lab.execute(argv, `${JSON.stringify(documentOf(turn, kase))}\n`, seconds);
  const name = argv.join(" ");
  const said = stderr.trim() === "" ? "" : `: ${endOf(stderr)}`;
  if (timedOut) return { error: `${name} took longer than ${seconds} s${said}` };
  if (status === null) return { error: `${name} was killed${said}` };
  if (status !== 0) return { error: `${name} ended with exit status ${status}${said}` };
  if (stdout.trim() === "") return { error: `${name} printed nothing${said}` };
  let printed: unknown;
  try {
    printed = JSON.parse(stdout);
  } catch {
    return { error: `${name} printed ${quote(stdout)}, which is not one JSON document; print that to stdout and all else to stderr` };
  }
  return scoreOf(printed, name);
}

/** The last words: where most languages say what went wrong. */
function endOf(text: string): string {
  const plain = text.trim().replaceAll(/\s+/gu, " ");
  return plain.length <= 300 ? plain : `…${plain.slice(-299)}`;
}
