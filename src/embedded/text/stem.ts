/** A light English stemmer: plurals, -ed, -ing, -ly and final e/y (a small part of Porter 1980); other words come back as they are. */
export function stem(lower: string): string {
  if (lower.length <= 3 || !/^[a-z]+$/.test(lower)) return lower;
  let s = lower;
  if (s.endsWith("sses")) s = s.slice(0, -2);
  else if (s.endsWith("ies") && s.length > 4) s = `${s.slice(0, -3)}y`;
  else if (s.endsWith("s") && !/(ss|us|is)$/.test(s)) s = s.slice(0, -1);
  if (s.endsWith("ied") && s.length > 4) s = `${s.slice(0, -3)}y`;
  else if (s.endsWith("ing") && s.length > 5 && hasVowel(s.slice(0, -3))) s = undouble(s.slice(0, -3));
  else if (s.endsWith("ed") && s.length > 4 && hasVowel(s.slice(0, -2))) s = undouble(s.slice(0, -2));
  if (s.endsWith("ly") && s.length > 5) s = s.slice(0, -2);
  if (s.endsWith("e") && s.length > 3) s = s.slice(0, -1);
  if (s.endsWith("y") && s.length > 3) s = `${s.slice(0, -1)}i`;
  return s;
}

function hasVowel(s: string): boolean {
  return /[aeiouy]/.test(s);
}

function undouble(s: string): string {
  return /([b-df-hj-np-tv-z])\1$/.test(s) && !/(ll|ss|zz)$/.test(s) ? s.slice(0, -1) : s;
}
