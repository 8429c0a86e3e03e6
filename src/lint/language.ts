/** Whether a prompt is written in English: rules and operators that go by words know no other language. Pure. */

const ENGLISH = new Set(
  "the a an of to and in is are you your it that this with for from as on by or if not be do only answer question give use when must should what which each will at one have".split(
    " ",
  ),
);
/** Function words of the languages that are most often met instead; none of them is an English word. */
const OTHERS = new Set(
  "der die das und ist nicht ein eine einen mit für auf den dem des sie wenn nur oder aus bei wird werden antworte le la les des une est et dans pour avec que qui sur pas ne vous si ou aux du el los las una y en con para por del al es no se su responde il lo gli di che per non sono della i een het van voor niet de o os um uma com não em na".split(
    " ",
  ),
);
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/gu;

/** True also for a text too short to tell, unless its letters are not Latin ones. Placeholders do not count. */
export function isEnglish(text: string): boolean {
  const bare = text.replace(/\{\{[^{}\n]*\}\}/g, " ").replace(/```[^]*?```/g, " ");
  const letters = bare.match(/\p{L}/gu)?.length ?? 0;
  const latin = bare.match(/\p{Script=Latin}/gu)?.length ?? 0;
  if (letters === 0) return true;
  if (latin < letters * 0.8 || (bare.match(UNSPACED)?.length ?? 0) > letters * 0.1) return false;
  const words = bare.toLowerCase().match(/[\p{L}']+/gu) ?? [];
  const english = words.filter((word) => ENGLISH.has(word)).length;
  const others = words.filter((word) => OTHERS.has(word)).length;
  return english >= others && (words.length < 12 || english >= words.length * 0.08);
}
