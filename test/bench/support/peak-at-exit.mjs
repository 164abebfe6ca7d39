/** Preloaded into a process that is measured: leaves in a file the most memory that it ever held, in MB. */
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  process.on('exit', () => {
    writeFileSync(process.env.LOCKSTEP_BENCH_PEAK, String(process.resourceUsage().maxRSS / 1024));
  });
}
