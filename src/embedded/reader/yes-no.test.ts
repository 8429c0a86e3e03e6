/** The law of answers of yes or no: they are as sure as the claim check that they rest on. */
import { expect, test } from "vitest";
import { checkClaim } from "../claims/claims.ts";
import { openEngine } from "../engine.fixture.ts";
import { unpack } from "../text/bytes.ts";
import { createIdf } from "../text/idf.ts";
import { idfTable } from "../text/idf-table.ts";
import { createLexicon } from "../text/text.ts";

const { client } = openEngine();
const lexicon = createLexicon(createIdf(unpack(idfTable)));

test("the probability of an answer is that of the verdict", async () => {
  const passages = [
    "The ferry Alma was built in Turku in 1968.",
    "The ferry may have been built in Turku, some say in 1968 or later.",
    "The ferry Alma was not built in Turku.",
    "The captain collects stamps.",
  ];
  const sure = new Set<number>();
  for (const passage of passages) {
    const question = "Was the ferry Alma built in Turku in 1968?";
    const completion = await client.chat.completions.create({
      model: "reader",
      logprobs: true,
      messages: [
        { role: "system", content: "Answer yes, no or maybe." },
        { role: "user", content: `Passage: ${passage}\n\nQuestion: ${question}` },
      ],
    });
    const said = Math.exp(completion.choices[0]?.logprobs?.content?.[0]?.logprob ?? 0);
    expect(said).toBeCloseTo(checkClaim(lexicon.read(question), [lexicon.read(passage)]).confidence, 4);
    sure.add(Math.round(said * 1e4));
  }
  expect(sure.size).toBe(passages.length);
});
