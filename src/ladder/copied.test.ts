import { expect, test } from "vitest";
import type { Case, Splits } from "../types.ts";
import { copyFinder } from "./copied.ts";

const kase = (id: string, text: string, expected = "yes"): Case => ({ id, fields: { text }, expected });
const SAID = "my parcel was left in the rain behind the old garage of the neighbour";
const splits: Splits = {
  train: [kase("t", "please tell me as soon as you can where my order is")],
  select: [kase("s", SAID)],
  confirm: [kase("c", "please tell me as soon as you can why nobody answers")],
  test: [kase("x", "short", "the refund is paid within fourteen days of the return of the goods")],
};
const find = copyFinder(splits);

test("a run of eight words is found wherever it stands, whatever its case and punctuation", () => {
  expect(find('Beware: "LEFT in the rain, behind the old garage" counts.', "")).toMatchObject({ case: "s", split: "select" });
  expect(find("Say that the refund is paid within fourteen days of the return.", "")).toMatchObject({ case: "x", split: "test" });
});

test("seven words are no copy, nor is what the prompt said before or what train says as well", () => {
  expect(find("left in the rain behind the old", "")).toBeUndefined();
  expect(find("Careful: left in the rain behind the old garage.", "Left in the rain behind the old garage!")).toBeUndefined();
  expect(find("Reply to: please tell me as soon as you can.", "")).toBeUndefined();
});
