/** Values that instructions allow for a field of JSON: `"category" (billing, shipping or other)`, `{"intent": "refund" or "bug"}`. */
import { splitList } from "./name-list.ts";

export interface FieldLabels {
  readonly field: string;
  readonly names: readonly string[];
  /** Places in the sentence of what lists them. */
  readonly from: number;
  readonly to: number;
}

const field = "[\"“`'](?<field>[\\p{L}_][\\p{L}\\d_-]{0,40})[\"”`']";
const oneOf =
  "(?:(?:exactly |only )?(?:one of|either|chosen from)(?: (?:the following|these))?(?: (?:values|labels|categories|strings|words))?)";
const quotedName = '["“][^"“”\\n|]{1,60}["”]';
const ways: readonly RegExp[] = [
  new RegExp(`${field}:? ?\\((?<brackets>[^()\\n]{3,300})\\)`, "giu"),
  new RegExp(
    `${field} ?[,:]? (?:which |that |whose value )?(?:(?:must|should|has to|can|may|shall) be |is )?${oneOf} ?:? ?(?<list>[^\\n]{3,300})`,
    "giu",
  ),
  new RegExp(`${field} ?: ?(?<list>${quotedName}(?: ?(?:\\bor\\b|\\||/) ?${quotedName}){1,20})`, "giu"),
  new RegExp(`${field} ?: ?["“<](?<list>[^"“”<>\\n|]{1,60}(?:\\|[^"“”<>\\n|]{1,60}){1,40})["”>]`, "giu"),
];
const labelField =
  /^(?:label|category|intent|class|sentiment|topic|type|priority|department|verdict|queue|severity|urgency|status|mood|tone)$/i;
const isType =
  /^(?:strings?|text|numbers?|integers?|int|floats?|bool(?:ean)?|null|none|ids?|index|title|names?|words?|quotes?|urls?|short|brief|verbatim|exact|optional|required|an?\b.*|the\b.*|your\b.*)$/i;

/** The fields of a sentence whose values are listed, in its order. */
export function fieldLabelsIn(sentence: string): FieldLabels[] {
  const found = new Map<string, FieldLabels>();
  for (const way of ways)
    for (const match of sentence.matchAll(way)) {
      const { field: name = "", brackets, list = "" } = match.groups ?? {};
      const whole = brackets ?? list;
      const opened = new RegExp(`^${oneOf} ?:? ?`, "iu").exec(whole);
      const values = ended(whole.slice(opened?.[0].length ?? 0));
      const chosen = brackets === undefined || opened !== null || /\bor\b|[|/]|["“]/iu.test(values) || labelField.test(name);
      const names = splitList(values);
      if (!chosen || names.length < 2 || names.some((one) => isType.test(one) || one.split(" ").length > 4)) continue;
      const from = match.index + match[0].lastIndexOf(whole);
      if (!found.has(name)) found.set(name, { field: name, names, from, to: from + (opened?.[0].length ?? 0) + values.length });
    }
  return [...found.values()].sort((a, b) => a.from - b.from);
}

/** Up to the end of the list: a bracket, the end of the sentence, or "and" before the next field. */
function ended(list: string): string {
  const bracket = /^[[(<{]/.exec(list) === null ? -1 : list.search(/[\])>}]/);
  if (bracket > 0) return list.slice(1, bracket);
  const end = list.search(
    /[.;)\]}]|,? (?:and|plus|with|along) (?:an? |the )?(?:["“`']|fields?\b|keys?\b)|, ["“`'][\p{L}_]{1,40}["”`'] ?:/u,
  );
  return end < 0 ? list : list.slice(0, end);
}
