/** Every property test of a run draws from the run's seed; vitest.config.ts chooses and prints it. */
import fc from 'fast-check';

const seed = Number(process.env['LOCKSTEP_SEED']);
if (!Number.isSafeInteger(seed))
  throw new Error(`LOCKSTEP_SEED is no whole number: ${process.env['LOCKSTEP_SEED'] ?? ''}`);

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
