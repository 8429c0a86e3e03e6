/**
 * Measures the embedded engine on public data, through the wire, and prints a table of what it reaches and what it must reach.
 *
 *     node bench/embedded.ts [FOLDER] [NAME…]
 *
 * FOLDER holds `data/` and `reader/` (../shared by default); NAMEs choose measurements. Exits 1 when a bar is missed.
 */
import { readdirSync } from "node:fs";
import type { Row } from "./embedded/row.ts";

const all = readdirSync(new URL("embedded/", import.meta.url))
  .filter((file) => file.endsWith(".ts") && file !== "row.ts" && file !== "grading.ts")
  .map((file) => file.slice(0, -".ts".length));
const wanted = process.argv.slice(3);
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`bench/embedded.ts: no measurement "${unknown.join('", "')}"; there are ${all.join(", ")}`);
  process.exit(2);
}
const rows: Row[] = [];
for (const name of wanted.length > 0 ? wanted : all) {
  const started = process.cpuUsage();
  const { default: measure } = (await import(`./embedded/${name}.ts`)) as { readonly default: () => Promise<Row[]> };
  rows.push(...(await measure()));
  const { user, system } = process.cpuUsage(started);
  console.error(`${name}: ${((user + system) / 1e6).toFixed(0)} s of CPU`);
}
console.log("| on | value | bar | met |\n|---|---|---|---|");
for (const { on, value, bar, met } of rows) console.log(`| ${on} | ${value} | ${bar} | ${bar === "–" ? "" : met ? "yes" : "NO"} |`);
process.exitCode = rows.every((row) => row.met || row.bar === "–") ? 0 : 1;
