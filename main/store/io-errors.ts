import { LockstepError } from '../../preload/contract/errors.js';

/** `code` of an error of Node's (ENOSPC, EROFS ...). */
export function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined;
}

/** What failed in the file system, in the user's words. Errors of ours pass as they are. */
export function asStorageError(thrown: unknown, folder: string): LockstepError {
  if (thrown instanceof LockstepError) return thrown;
  const code = codeOf(thrown);
  const detail = { cause: thrown, context: { folder, ...(code === undefined ? {} : { cause: code }) } };
  switch (code) {
    case undefined:
      return new LockstepError('internal', thrown instanceof Error ? thrown.message : String(thrown), detail);
    case 'ENOSPC':
    case 'EDQUOT':
      return new LockstepError('disk-full', `No space is left for the workspace in ${folder}.`, {
        ...detail,
        action: 'Free some space, then start again. What was confirmed is kept.',
      });
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new LockstepError('store-read-only', `The workspace folder ${folder} cannot be written.`, {
        ...detail,
        action: 'Give this account the right to write there, or choose another data folder.',
      });
    default:
      return new LockstepError('store-write-failed', `The workspace in ${folder} could not be read or written.`, {
        ...detail,
        action: 'Look at the disk, then start again. What was confirmed is kept.',
      });
  }
}
