/**
 * The stemmer of Porter (1980, "An algorithm for suffix stripping"), with the changes of NLTK, which ROUGE scorers use: irregular words, y
 * becomes i after a consonant, -ies and -ied of short words, and -bli, -alli, -fulli and -logi in step 2. For lower-case English words.
 */
export function stem(word: string): string {
  const known = IRREGULAR.get(word);
  if (known !== undefined) return known;
  if (word.length <= 2) return word;
  const singular = past(plural(word));
  const vowel = /^(.+)y$/u.exec(singular)?.[1];
  const turned = vowel !== undefined && vowel.length > 1 && consonants(vowel).at(-1) === "c" ? `${vowel}i` : singular;
  return tidied(stripped(stripped(second(turned), STEP_3, 0), STEP_4, 1));
}

const IRREGULAR = new Map(
  Object.entries({
    sky: ["sky", "skies"],
    die: ["dying"],
    lie: ["lying"],
    tie: ["tying"],
    news: ["news"],
    inning: ["innings", "inning"],
    outing: ["outings", "outing"],
    canning: ["cannings", "canning"],
    howe: ["howe"],
    proceed: ["proceed"],
    exceed: ["exceed"],
    succeed: ["succeed"],
  }).flatMap(([root, forms]) => forms.map((form) => [form, root] as const)),
);

type Rules = readonly (readonly [suffix: string, by: string])[];

const rules = (text: string): Rules =>
  text.split(/\s+/u).map((rule) => {
    const [suffix = "", by = ""] = rule.split(">");
    return [suffix, by] as const;
  });

const STEP_2 = rules(
  `ational>ate tional>tion enci>ence anci>ance izer>ize bli>ble alli>al entli>ent eli>e ousli>ous ization>ize
  ation>ate ator>ate alism>al iveness>ive fulness>ful ousness>ous aliti>al iviti>ive biliti>ble fulli>ful`,
);
const STEP_3 = rules("icate>ic ative> alize>al iciti>ic ical>ic ful> ness>");
const STEP_4 = rules("al> ance> ence> er> ic> able> ible> ant> ement> ment> ent> ion> ou> ism> ate> iti> ous> ive> ize>");

/** A letter c or v for each letter: y is a vowel after a consonant. */
function consonants(word: string): string {
  let kinds = "";
  for (const letter of word) kinds += "aeiou".includes(letter) || (letter === "y" && kinds.endsWith("c")) ? "v" : "c";
  return kinds;
}

/** How often a consonant follows a vowel. */
function measure(word: string): number {
  return consonants(word).split("vc").length - 1;
}

/** Ends in consonant, vowel, consonant, the last not w, x or y; or is a vowel and a consonant. */
function isShort(word: string): boolean {
  return (consonants(word).endsWith("cvc") && !/[wxy]$/u.test(word)) || consonants(word) === "vc";
}

function plural(word: string): string {
  if (word.endsWith("ies")) return word.length === 4 ? word.slice(0, -1) : word.slice(0, -2);
  if (word.endsWith("sses")) return word.slice(0, -2);
  return word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}

function past(word: string): string {
  if (word.endsWith("ied")) return word.length === 4 ? word.slice(0, -1) : word.slice(0, -2);
  if (word.endsWith("eed")) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const root = /^(.*)(?:ed|ing)$/u.exec(word)?.[1];
  if (root === undefined || !consonants(root).includes("v")) return word;
  if (/(?:at|bl|iz)$/u.test(root)) return `${root}e`;
  if (/(.)\1$/u.test(root) && consonants(root).endsWith("c")) return /[lsz]$/u.test(root) ? root : root.slice(0, -1);
  return measure(root) === 1 && isShort(root) ? `${root}e` : root;
}

function second(word: string): string {
  if (word.endsWith("alli") && measure(word.slice(0, -4)) > 0) return second(word.slice(0, -2));
  if (word.endsWith("logi")) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  return stripped(word, STEP_2, 0);
}

/** Only the first rule whose suffix is there is tried: it holds where what is left has a measure above `least`. */
function stripped(word: string, by: Rules, least: number): string {
  const rule = by.find(([suffix]) => word.endsWith(suffix));
  if (rule === undefined) return word;
  const root = word.slice(0, word.length - rule[0].length);
  if (measure(root) <= least || (rule[0] === "ion" && !/[st]$/u.test(root))) return word;
  return root + rule[1];
}

function tidied(word: string): string {
  const root = word.slice(0, -1);
  const bare = word.endsWith("e") && (measure(root) > 1 || (measure(root) === 1 && !isShort(root))) ? root : word;
  return bare.endsWith("ll") && measure(bare.slice(0, -1)) > 1 ? bare.slice(0, -1) : bare;
}
