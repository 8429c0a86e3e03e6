/** The built-in scorers, in the order in which they are documented. */
import bleu from "./bleu.ts";
import chrf from "./chrf.ts";
import classification from "./classification.ts";
import cmrcF1 from "./cmrc-f1.ts";
import command from "./command.ts";
import contains from "./contains.ts";
import cost from "./cost.ts";
import exact from "./exact.ts";
import hit from "./hit.ts";
import human from "./human.ts";
import { judges } from "./judge/index.ts";
import json from "./json.ts";
import jsonFields from "./json-fields.ts";
import jsonSchema from "./json-schema.ts";
import language from "./language.ts";
import latency from "./latency.ts";
import levenshtein from "./levenshtein.ts";
import map from "./map.ts";
import mrr from "./mrr.ts";
import ndcg from "./ndcg.ts";
import number from "./number.ts";
import precision from "./precision.ts";
import python from "./python.ts";
import recall from "./recall.ts";
import refusal from "./refusal.ts";
import regex from "./regex.ts";
import rouge from "./rouge.ts";
import sql from "./sql.ts";
import startsWith from "./starts-with.ts";
import tokenF1 from "./token-f1.ts";
import tokens from "./tokens.ts";
import toolCall from "./tool-call.ts";
import weighted from "./weighted.ts";
import wordCount from "./word-count.ts";

export const scorers = [
  exact,
  contains,
  startsWith,
  regex,
  number,
  tokenF1,
  cmrcF1,
  levenshtein,
  bleu,
  chrf,
  rouge,
  wordCount,
  language,
  json,
  jsonSchema,
  jsonFields,
  toolCall,
  sql,
  classification,
  recall,
  precision,
  hit,
  mrr,
  map,
  ndcg,
  latency,
  cost,
  tokens,
  refusal,
  human,
  command,
  python,
  weighted,
  ...judges,
];
