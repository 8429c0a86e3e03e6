import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { survivesKills } from "./kills.fixture.ts";
import { memory } from "./memory.ts";
import { sqlite } from "./sqlite.ts";
import { vectra } from "./vectra.ts";

const root = await mkdtemp(join(tmpdir(), "kills-"));
afterAll(() => rm(root, { recursive: true }));

test.each([memory, vectra, sqlite])("$name loses nothing that it acknowledged in 20 kills", async (kind) => {
  const module = new URL(`./${kind.name}.ts`, import.meta.url).href;
  const surviving = survivesKills(kind.create({}), { module, kind: kind.name, options: {} }, { folder: root, name: kind.name }, 20);
  await expect(surviving).resolves.toBeUndefined();
});
