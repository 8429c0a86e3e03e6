/** The built-in scorers, in the order in which they are documented. */
import contains from "./contains.ts";
import exact from "./exact.ts";
import jsonSchema from "./json-schema.ts";
import number from "./number.ts";
import recall from "./recall.ts";
import regex from "./regex.ts";
import tokenF1 from "./token-f1.ts";

export const scorers = [exact, tokenF1, contains, regex, jsonSchema, number, recall];
