import type { ErrorCode } from '../../preload/contract/errors.js';

/** What a script may rely on; `interface.md` section 2 and the README tell the same. */
export const exitCodes = {
  done: 0,
  /** Finished with failures, or could not run. */
  failed: 1,
  /** The command line, an integration file or a plan file is wrong. */
  usage: 2,
  conflicts: 3,
  braked: 4,
  /** Another Lockstep has the data folder open. */
  locked: 5,
  cancelled: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const usageErrors: ReadonlySet<string> = new Set<ErrorCode>([
  'usage',
  'input-invalid',
  'integration-file-invalid',
  'plan-file-invalid',
]);

export function exitCodeOfError(code: string): ExitCode {
  if (usageErrors.has(code)) return exitCodes.usage;
  if (code === 'store-locked') return exitCodes.locked;
  return code === 'cancelled' ? exitCodes.cancelled : exitCodes.failed;
}

/** The strongest first: the user's own cancelling, then as `interface.md` orders them. */
const order: readonly ExitCode[] = [130, 5, 2, 4, 1, 3, 0];

/** One code for several results. */
export function combineExitCodes(codes: readonly ExitCode[]): ExitCode {
  return order.find((code) => codes.includes(code)) ?? exitCodes.done;
}
