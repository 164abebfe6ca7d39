import { closest } from '../suggest.js';
import { LockstepError, type ErrorCode } from '../../preload/contract/errors.js';

/** Something that was asked for by a name nobody has, and the name that was probably meant. */
export function noSuch(code: ErrorCode, what: string, name: string, known: readonly string[]): LockstepError {
  const guess = closest(name, known);
  const list = known.slice(0, 20).join(', ');
  return new LockstepError(code, `There is no ${what} "${name}".`, {
    action:
      guess !== null
        ? `Did you mean ${guess}?`
        : known.length === 0
          ? `There is none yet: lockstep ${what} add`
          : `There are: ${list}.`,
  });
}
