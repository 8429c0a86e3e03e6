/** Text normalisation and tokens of the SQuAD evaluation script (Rajpurkar et al. 2016, evaluate-v2.0.py), with CJK. */

const ASCII_PUNCTUATION = /[!-/:-@[-`{-~]/gu;
const ANY_PUNCTUATION = /[\p{P}\p{S}]/gu;
/** Python's \b sees letters of every script, JavaScript's only ASCII. */
const ARTICLES = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const EACH_CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;

/** Lower case, no punctuation, no English articles, single spaces. Only ASCII punctuation, as the script does, but all of it in CJK text. */
export function normalize(text: string): string {
  const bare = text
    .normalize("NFC")
    .toLowerCase()
    .replace(holdsCjk(text) ? ANY_PUNCTUATION : ASCII_PUNCTUATION, "");
  return squeeze(bare.replace(ARTICLES, " "));
}

/** Words of the normalised text; where `byCharacter`, each CJK character is a word (mixed segmentation as in MLQA, Lewis et al. 2020). */
export function tokens(text: string, byCharacter: boolean): readonly string[] {
  const normal = normalize(text);
  return (byCharacter ? cjkApart(normal) : normal).split(/\s+/u).filter((token) => token !== "");
}

export function holdsCjk(text: string): boolean {
  return CJK.test(text);
}

/** Spaces around each Chinese and Japanese character, so that each is a word. */
export function cjkApart(text: string): string {
  return text.replace(EACH_CJK, " $& ");
}

/** Runs of whitespace as one space, none at the ends. */
export function squeeze(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}
