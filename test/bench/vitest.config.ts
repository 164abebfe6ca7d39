import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Inherited by the processes that measure.
process.env['LOCKSTEP_BENCH_FIGURES'] ??= join(tmpdir(), `lockstep-bench-figures-${String(process.pid)}.jsonl`);

/** `npm run bench`: measures, one file at a time, nothing else on the machine. No part of `npm test`. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    name: 'bench',
    include: ['test/bench/**/*.test.ts'],
    globalSetup: ['test/bench/support/print-table.ts'],
    pool: 'forks',
    execArgv: ['--expose-gc'],
    fileParallelism: false,
    passWithNoTests: true,
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
  },
});
