import { defineConfig } from "vitest/config";

/** Suites that take minutes: `npm run test:slow`. */
export default defineConfig({
  test: {
    include: ["src/**/*.slow.ts"],
    maxWorkers: "100%",
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
});
