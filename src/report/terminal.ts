/** Results for a terminal. */
export { compareText } from "./terminal-compare.ts";
export { racesText } from "./terminal-races.ts";
export { summaryTable } from "./terminal-summary.ts";
export { tablesText } from "./terminal-tables.ts";
