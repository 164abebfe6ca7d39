import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineExitCodes, exitCodeOfError, exitCodes, type ExitCode } from '../../../main/headless/exit-codes.js';
import { errorCodes } from '../../../preload/contract/errors.js';

describe('exit codes', () => {
  it('are those that scripts rely on', () => {
    expect(exitCodes).toEqual({ done: 0, failed: 1, usage: 2, conflicts: 3, braked: 4, locked: 5, cancelled: 130 });
  });

  it.each([
    ['usage', 2],
    ['input-invalid', 2],
    ['integration-file-invalid', 2],
    ['plan-file-invalid', 2],
    ['store-locked', 5],
    ['cancelled', 130],
    ['secret-rejected', 1],
    ['internal', 1],
  ])('of the error %s is %i', (code, exitCode) => {
    expect(exitCodeOfError(code)).toBe(exitCode);
  });

  it('of an error is never that of success', () => {
    for (const code of Object.keys(errorCodes)) expect(exitCodeOfError(code)).toBeGreaterThan(0);
  });

  it('of several results is the strongest: brake, failure, conflicts; the order does not matter', () => {
    expect(combineExitCodes([])).toBe(0);
    expect(combineExitCodes([0, 3, 1, 4, 0])).toBe(4);
    expect(combineExitCodes([3, 1, 0])).toBe(1);
    expect(combineExitCodes([0, 3])).toBe(3);
    expect(combineExitCodes([4, 130])).toBe(130);
    const any = fc.array(fc.constantFrom<ExitCode>(...Object.values(exitCodes)), { minLength: 1 });
    fc.assert(
      fc.property(any, (codes) => {
        const one = combineExitCodes(codes);
        expect(codes).toContain(one);
        expect(combineExitCodes([...codes].reverse())).toBe(one);
      }),
    );
  });
});
