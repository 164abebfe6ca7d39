import { defineConfig } from 'vitest/config';

/** The packaged app itself, by Playwright: `npx vitest run --config test/desktop/vitest.config.ts`. */
export default defineConfig({
  test: { include: ['test/desktop/**/*.spec.ts'], fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 },
});
