/** Finds how answers are made from messages, whatever the template of either. */
import type { Lexicon } from "../text/text.ts";
import { type Fields, type Format, isPlain } from "./format.ts";
import { readFormats, type Reading } from "./read-formats.ts";
import { type Copies, copiesOf, isEmpty, leavesOf, type Plan, planOf } from "./plan.ts";
import { type Asking, type Laid, lay, learnMain, learnTemplate, type Template } from "./sections.ts";

export interface Example extends Asking {
  readonly answer: string;
}

export interface Row {
  readonly laid: Laid;
  readonly fields: Fields;
  readonly copies: Copies;
}

export interface Structured {
  readonly format: Format;
  readonly template: Template;
  readonly plans: readonly Plan[];
  readonly rows: readonly Row[];
}

/**
 * How the answers are made, where that can be learnt: most of their values are copied from the messages, or there are several fields with
 * few different values each. Undefined for labels, for free text and for answers whose values come from elsewhere.
 */
export function findStructure(examples: readonly Example[], lexicon: Lexicon, others: readonly Asking[] = []): Structured | undefined {
  const template = learnTemplate([...examples, ...others]);
  const readings = readFormats(
    examples.map((e) => e.answer),
    examples.map((e) => e.message),
  );
  for (const reading of readings) {
    const found = structureOf(reading, examples, template, lexicon);
    if (found !== undefined) return found;
  }
  return undefined;
}

function structureOf(
  { format, answers }: Reading,
  examples: readonly Example[],
  heads: Omit<Template, "main">,
  lexicon: Lexicon,
): Structured | undefined {
  const known = examples.flatMap((example, i) => {
    const fields = answers[i];
    return fields === undefined ? [] : [{ example, fields }];
  });
  const values = known.map(({ fields }) =>
    [...fields.values()]
      .flatMap(leavesOf)
      .filter((leaf) => leaf !== null && leaf !== "")
      .map(String),
  );
  const template = {
    ...heads,
    main: learnMain(
      known.map(({ example }) => example),
      values,
      heads,
    ),
  };
  const laid = known.map(({ example, fields }) => ({ laid: lay(example, template, lexicon), fields }));
  const everywhere = repeatedWords(laid);
  const rows = laid.map((row) => ({ ...row, copies: copiesOf(row.fields, row.laid, everywhere) }));
  // An answer that says in words of its own that there is nothing shows no field.
  const shown = rows.filter((_, i) => format.empty === undefined || known[i]?.example.answer !== format.empty);
  const whole = shown.every(({ fields }) => format.keys.every((key) => fields.has(key)));
  const plans = format.keys.map((key) => planOf(key, shown, whole && format.kind === "json" ? null : undefined));
  return isLearnable(format, plans, shown) ? { format, template, plans, rows } : undefined;
}

/** Values that stand in nearly all messages belong to a list of choices in their template, and are no copies. */
function repeatedWords(rows: readonly Omit<Row, "copies">[]): ReadonlySet<string> {
  if (rows.length < 10) return new Set();
  const counts = new Map<string, number>();
  for (const { fields } of rows)
    for (const leaf of [...fields.values()].flatMap(leavesOf)) counts.set(String(leaf), (counts.get(String(leaf)) ?? 0) + 1);
  const often = [...counts].filter(([value, count]) => value !== "" && count >= 3).slice(0, 100);
  const texts = rows.map(({ laid }) => laid.text);
  return new Set(
    often.map(([value]) => value).filter((value) => texts.filter((text) => text.includes(value)).length >= 0.8 * texts.length),
  );
}

function isLearnable(format: Format, plans: readonly Plan[], rows: readonly Row[]): boolean {
  const copied = plans.filter((plan) => plan.how === "copied");
  const chosen = plans.filter((plan) => plan.how === "chosen");
  if (copied.length === 0 && (chosen.length < 2 || isPlain(format))) return false;
  let all = 0;
  let explained = 0;
  for (const { fields, copies } of rows)
    for (const plan of plans) {
      const value = fields.get(plan.key);
      if (isEmpty(value) || plan.how === "constant") continue;
      all++;
      if (plan.how === "chosen" ? plan.values.some((v) => JSON.stringify(v) === JSON.stringify(value)) : copies.has(plan.key)) explained++;
    }
  return all > 0 && explained >= all * (format.kind === "json" ? 0.5 : 0.7);
}
