/** Dates as people write them -> YYYY-MM-DD. */

/** By month: names in English, German, French, Spanish, Italian, Portuguese and Dutch, of which three letters or more may be written. */
const months: readonly (readonly string[])[] = [
  ["january", "januar", "jänner", "janvier", "enero", "gennaio", "janeiro", "januari"],
  ["february", "februar", "février", "febrero", "febbraio", "fevereiro", "februari"],
  ["march", "märz", "mars", "marzo", "março", "maart"],
  ["april", "avril", "abril", "aprile"],
  ["may", "mai", "mayo", "maggio", "maio", "mei"],
  ["june", "juni", "juin", "junio", "giugno", "junho"],
  ["july", "juli", "juillet", "julio", "luglio", "julho"],
  ["august", "août", "agosto", "augustus"],
  ["september", "septembre", "septiembre", "settembre", "setembro"],
  ["october", "oktober", "octobre", "octubre", "ottobre", "outubro"],
  ["november", "novembre", "noviembre", "novembro"],
  ["december", "dezember", "décembre", "diciembre", "dicembre", "dezembro"],
];
const short = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep|sept", "oct|okt", "nov", "dec|dez"];
const name = (i: number): string => `${months[i]?.join("|")}|(?:${short[i]})\\.?`;
const names = months.map((_, i) => name(i)).join("|");
const exact = months.map((_, i) => new RegExp(`^(?:${name(i)})$`, "iu"));

const yearFirst = /(?<!\d)(\d{4})(?:-(\d{1,2})-|\/(\d{1,2})\/|\s?年\s?(\d{1,2})\s?月\s?)(\d{1,2})(?!\d)/u;
const dotted = /(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d)/u;
const dayFirst = new RegExp(
  `(?<!\\d)(\\d{1,2})(?:st|nd|rd|th|er|º|\\.)?\\s{1,2}(?:of\\s|de\\s)?(${names}),?\\s{1,2}(?:de\\s|del\\s)?(\\d{4})(?!\\d)`,
  "iu",
);
const monthFirst = new RegExp(`(?<!\\p{L})(${names})\\s{1,2}(\\d{1,2})(?:st|nd|rd|th)?,?\\s{1,2}(\\d{4})(?!\\d)`, "iu");

/** The first whole date of a text as YYYY-MM-DD; undefined where there is none, or none that the calendar has. */
export function isoDate(text: string): string | undefined {
  const year = yearFirst.exec(text);
  if (year !== null) return calendar(year[1], Number(year[2] ?? year[3] ?? year[4]), year[5]);
  const dots = dotted.exec(text);
  if (dots !== null) return calendar(dots[3], Number(dots[2]), dots[1]);
  const day = dayFirst.exec(text);
  if (day !== null) return calendar(day[3], monthNumber(day[2]), day[1]);
  const month = monthFirst.exec(text);
  return month === null ? undefined : calendar(month[3], monthNumber(month[1]), month[2]);
}

function monthNumber(written = ""): number {
  return exact.findIndex((pattern) => pattern.test(written)) + 1;
}

function calendar(year: string | undefined, month: number, day: string | undefined): string | undefined {
  const leap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0);
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  if (month < 1 || month > 12 || Number(day) < 1 || Number(day) > days) return undefined;
  return `${year}-${String(month).padStart(2, "0")}-${(day ?? "").padStart(2, "0")}`;
}
