/** Secrets of stores: read from the environment, refused in the file, and written nowhere. */
import { expect, test } from "vitest";
import { stores } from "../knowledge/stores/index.ts";
import { complaintsOf, reading, YAML } from "./project.fixture.ts";

const written = (url: string) => `${YAML}knowledge: { files: docs, store: { use: pgvector, url: "${url}" } }\n`;
const urlIn = async (url: string, env: Readonly<Record<string, string>> = {}) =>
  (await reading(written(url), {}, { env })).knowledge?.options["url"];

test("an address comes from the environment, whole or in part, and stays out of the text that is kept", async () => {
  const env = { DATABASE_URL: "postgres://me:s3cret@db/x", PG_PASSWORD: "s3cret", PORT: "5433" };
  expect(await urlIn("${DATABASE_URL}", env)).toBe("postgres://me:s3cret@db/x");
  expect(await urlIn("postgres://me:${PG_PASSWORD}@db:${ PORT }/x", env)).toBe("postgres://me:s3cret@db:5433/x");
  expect(await urlIn("postgres://db/x?password=${PG_PASSWORD}", env)).toBe("postgres://db/x?password=s3cret");
  const { text } = await reading(written("${DATABASE_URL}"), {}, { env });
  expect(text).toBe(written("${DATABASE_URL}"));
});

test.each([
  "postgres://db.example/x",
  "postgres://me@db.example:5432/x?sslmode=require",
  "postgresql://me@%2Fvar%2Frun%2Fpostgresql/x",
  "postgres:///x?host=/var/run/postgresql",
])("%s holds no password and may stand in the file", async (url) => {
  expect(await urlIn(url)).toBe(url);
});

test.each([
  ["postgres://me:hunter2@db/x", "password"],
  ["postgres://me:hun/ter@2@db/x", "password"],
  ["postgres://me:hunter2@${HOST}/x", "password"],
  ["postgres://me:hunter2${MORE}@db/x", "password"],
  ["postgres://db/x?sslmode=require&password=hunter2", "password"],
  ["host=db password=hunter2", "secret"],
])("%s is refused with its place and not repeated", async (url, what) => {
  expect(await complaintsOf(written(url), {}, { env: { HOST: "db", MORE: "x" } })).toEqual([
    `experiment.yaml:6:56: knowledge.store.url: holds the ${what} itself, which would be kept with every run; write \${NAME} and set that environment variable`,
  ]);
});

test("variables that are not set are complaints with their place, or noted where the experiment is only looked at", async () => {
  const yaml = written("postgres://${PG_USER}:${PG_PASSWORD}@db/x");
  const env = { PG_USER: "" };
  expect(await complaintsOf(yaml, {}, { env })).toEqual(
    ["PG_USER", "PG_PASSWORD"].map(
      (name) =>
        `experiment.yaml:6:56: knowledge.store.url: the environment variable ${name} is not set; set it, or name it in a file for --env-file`,
    ),
  );
  const { knowledge } = await reading(yaml, {}, { env, withoutKeys: true });
  expect(knowledge).toMatchObject({ store: "pgvector", unset: ["PG_USER", "PG_PASSWORD"] });
  expect((await reading(yaml, {}, { env: { PG_USER: "a", PG_PASSWORD: "b" } })).knowledge).not.toHaveProperty("unset");
});

test("every secret of a store is one of its options, and a text", () => {
  for (const { name, options, secrets = [] } of stores) {
    for (const secret of secrets) expect.soft(options.shape[secret]?.safeParse("${NAME}").success, `${name}.${secret}`).toBe(true);
  }
});
