/** Comments for the linter are nobody else's: they are not sent, and complaints still point at the right place. */
import { expect, test } from "vitest";
import { reading, YAML } from "./project.fixture.ts";

const COMMENT = "<!-- llmopt-disable-next-line rules/vague -->";
const program = /^program: .*$/m;
const withUser = (user: string): string =>
  YAML.replace(
    program,
    `program:
  ${user}`,
  );

test("they are not part of a template, from a file or from the experiment itself; other comments are", async () => {
  expect(YAML).toMatch(program);
  const file = await reading(withUser("user: q.md"), {
    "q.md": `---\nversion: 1\n---\n${COMMENT}\nQ: {{question}} <!-- llmopt-disable-line size/tokens -->\n<!-- kept -->\n`,
  });
  expect(file.program.user).toBe("Q: {{question}}\n<!-- kept -->");
  const inline = await reading(withUser(`user: "${COMMENT}\\nQ: {{question}}"`));
  expect(inline.program.user).toBe("Q: {{question}}");
});

test("a complaint about what follows them has its own place", async () => {
  await expect(reading(withUser("user: q.md"), { "q.md": `${COMMENT}\nQ: {{question}}\n${COMMENT}\nA: {{qestion}}` })).rejects.toThrow(
    /q\.md:4:4: unknown field "qestion"/,
  );
  const user = `user: |\n    ${COMMENT}\n    Q: {{question}}\n    A: {{qestion}}\n`;
  await expect(reading(withUser(user))).rejects.toThrow(/:\d+:8: unknown field "qestion"/);
});
