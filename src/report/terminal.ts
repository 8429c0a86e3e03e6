/** Results for a terminal. */
export { compareText } from "./terminal-compare.ts";
export { summaryTable } from "./terminal-summary.ts";
