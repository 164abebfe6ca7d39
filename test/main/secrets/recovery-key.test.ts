import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasCode } from '../../../preload/contract/errors.js';
import { formatRecoveryKey, parseRecoveryKey } from '../../../main/secrets/recovery-key.js';

const keys = fc.uint8Array({ minLength: 20, maxLength: 20 });
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function parses(text: string): boolean {
  try {
    parseRecoveryKey(text);
    return true;
  } catch (thrown) {
    expect(hasCode(thrown, 'recovery-key-invalid')).toBe(true);
    return false;
  }
}

describe('a recovery key', () => {
  test('reads back, however it is typed', () => {
    fc.assert(
      fc.property(keys, (bytes) => {
        const text = formatRecoveryKey(bytes);
        expect(text).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){7}[0-9A-HJKMNP-TV-Z]{5}$/);
        expect(parseRecoveryKey(text)).toEqual(bytes);
        const sloppy = text.toLowerCase().replace(/-/g, '  ').replace(/0/g, 'o').replace(/1/g, 'l');
        expect(parseRecoveryKey(` ${sloppy}\n`)).toEqual(bytes);
      }),
    );
  });

  test('with any one digit wrong is refused, by the number of its group', () => {
    const text = formatRecoveryKey(Uint8Array.from({ length: 20 }, (_, index) => index * 13));
    for (let at = 0; at < text.length; at += 1) {
      if (text[at] === '-') continue;
      for (const digit of alphabet) {
        if (digit === text[at]) continue;
        const wrong = `${text.slice(0, at)}${digit}${text.slice(at + 1)}`;
        expect(() => parseRecoveryKey(wrong)).toThrow(`group ${String(Math.floor(at / 6) + 1)}`);
      }
    }
  });

  test('with two digits or two groups in each other’s place is refused', () => {
    fc.assert(
      fc.property(keys, fc.nat(38), fc.nat(7), fc.nat(7), (bytes, at, first, second) => {
        const groups = formatRecoveryKey(bytes).split('-');
        const digits = [...groups.join('')];
        [digits[at], digits[at + 1]] = [digits[at + 1] ?? '', digits[at] ?? ''];
        // Over the border of two groups each check digit sees one wrong digit.
        expect(digits[at] === digits[at + 1] || !parses(digits.join(''))).toBe(true);
        const swapped = [...groups];
        [swapped[first], swapped[second]] = [swapped[second] ?? '', swapped[first] ?? ''];
        expect(first === second || !parses(swapped.join('-'))).toBe(true);
      }),
    );
  });

  test('too short, too long or with strange characters is refused, and its digits are in no message', () => {
    const text = formatRecoveryKey(new Uint8Array(20).fill(77));
    for (const wrong of ['', text.slice(1), `${text}A`, text.replace(/^./, '!'), text.replace(/^./, 'U')]) {
      expect(parses(wrong), wrong).toBe(false);
    }
    expect(() => parseRecoveryKey(text.replace(/^./, 'U'))).toThrow(/^(?!.*[0-9A-Z]{5}).*$/);
  });
});
