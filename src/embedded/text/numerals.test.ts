import { expect, test } from "vitest";
import { firstNumber, wholeNumber } from "./numerals.ts";

test.each([
  ["thirty-five", "35"],
  ["one hundred and twelve men", "112"],
  ["two thousand", "2000"],
  ["2.4 million", "2400000"],
  ["2,4 Millionen", "2400000"],
  ["1,234.5", "1234.5"],
  ["1.299,50 Euro", "1299.50"],
  ["−5 degrees", "-5"],
  ["5-10", "5"],
  ["three and a half", "3.5"],
  ["two and a half million", "2500000"],
  ["a dozen", "12"],
  ["one of the twelve", "12"],
  ["约四百二十人", "420"],
  ["一九八七年", "1987"],
  ["3.5万", "35000"],
  ["call 0761 2256", "0761 2256"],
  ["agent 007", "007"],
])("the number of %s is %s", (text, number) => {
  expect(firstNumber(text)).toBe(number);
});

test.each(["nineteen eighty-four", "twenty-first", "two thirds", "3/4", "12:30", "三万五", "Anton", "a man"])(
  "%s is no number for sure",
  (text) => {
    expect(firstNumber(text)).toBeUndefined();
  },
);

test("what is a number as a whole is the same number first of all", () => {
  for (const words of ["1,200.50", "$40", "twenty-five", "two hundred", "half a dozen", "五"])
    expect(Number(firstNumber(words))).toBe(Number(wholeNumber(words)));
});
