import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// One seed for every property test of a run, so that a failure can be had again. Set once: this file is read once for
// each project below. Printed to standard error: a reporter may own standard output.
if (process.env['LOCKSTEP_SEED'] === undefined) {
  const seed = String(randomInt(2 ** 31));
  process.env['LOCKSTEP_SEED'] = seed;
  console.error(`property seed ${seed} (again with LOCKSTEP_SEED=${seed})`);
}

const servers = 'test/e2e/**/*.test.ts';
const browser = ['screens', 'screenshots', 'paths'].map((name) => `test/renderer/${name}.test.ts`);
const secondMs = 1000;

/** Benchmarks are in test/bench/ and have their own configuration: `npm run bench`. */
export default defineConfig({
  // Importing the real one in Node starts to download its binary. electron-store imports it, so it goes through here, too.
  resolve: {
    alias: [{ find: /^electron$/, replacement: fileURLToPath(new URL('test/fakes/electron.ts', import.meta.url)) }],
  },
  test: {
    server: { deps: { inline: ['electron-store'] } },
    pool: 'forks',
    setupFiles: ['test/support/property-seed.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [servers, ...browser, 'test/bench/**'],
          testTimeout: 20 * secondMs,
          hookTimeout: 20 * secondMs,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: browser,
          // A browser uses every core: one at a time, and nothing beside it.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 120 * secondMs,
          hookTimeout: 120 * secondMs,
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: [servers],
          // Real servers want the machine for themselves, and come after everything else.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 600 * secondMs,
          hookTimeout: 120 * secondMs,
        },
      },
    ],
  },
});
