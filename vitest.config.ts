import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    // Vitest leaves a core free, which of two is half of all.
    maxWorkers: "100%",
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
