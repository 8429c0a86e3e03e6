import { expect, test } from "vitest";
import { isoDate } from "./dates.ts";

test("a date is the same in every language and form", () => {
  for (const text of [
    "3 May 1921",
    "May 3rd, 1921",
    "3. Mai 1921",
    "le 3 mai 1921",
    "3 de mayo de 1921",
    "03.05.1921",
    "1921年5月3日",
    "1921/5/3",
  ])
    expect(isoDate(text), text).toBe("1921-05-03");
});

test("a date that the calendar lacks is none", () => {
  for (const text of ["31 February 2021", "31.04.2021", "29 février 1900", "2021-13-01"]) expect(isoDate(text), text).toBeUndefined();
  expect(isoDate("29.2.2000")).toBe("2000-02-29");
});
