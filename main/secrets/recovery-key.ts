import { LockstepError } from '../../preload/contract/errors.js';

/**
 * A recovery key as people write it down: 160 random bits as 32 digits in base 32, in eight groups of four, each group
 * with a fifth digit that checks it. So a slip of the pen is found, and its group named, before anything is decrypted.
 *
 * The digits are Crockford's (no I, L, O, U). Reading takes any case, any separators, and O for 0, I and L for 1.
 */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const dataDigits = 4;
const groupDigits = dataDigits + 1;
const groupCount = 8;
/** Random bytes of a recovery key. */
export const recoveryKeyBytes = 20;

/** @param bytes 20 random bytes */
export function formatRecoveryKey(bytes: Uint8Array): string {
  if (bytes.length !== recoveryKeyBytes) throw new LockstepError('internal', 'A recovery key has 20 bytes.');
  const digits = toDigits(bytes);
  const groups: string[] = [];
  for (let group = 0; group < groupCount; group += 1) {
    const data = digits.slice(group * dataDigits, (group + 1) * dataDigits);
    groups.push([...data, checkDigit(data, group)].map((digit) => alphabet.charAt(digit)).join(''));
  }
  return groups.join('-');
}

/**
 * The 20 bytes of a recovery key.
 * @throws LockstepError `recovery-key-invalid`, which names the group that is mistyped, never its digits
 */
export function parseRecoveryKey(text: string): Uint8Array {
  const letters = text.toUpperCase().replace(/[\s\-_.,:]/g, '');
  const digits = [...letters].map((letter) => alphabet.indexOf(sameLooking(letter)));
  const firstBad = digits.indexOf(-1);
  if (firstBad !== -1) throw invalid(`has a character that no recovery key has, in group ${groupOf(firstBad)}`);
  if (digits.length !== groupDigits * groupCount) {
    throw invalid(`has ${String(digits.length)} characters, not ${String(groupDigits * groupCount)}`);
  }
  const data: number[] = [];
  for (let group = 0; group < groupCount; group += 1) {
    const own = digits.slice(group * groupDigits, group * groupDigits + dataDigits);
    if (digits[group * groupDigits + dataDigits] !== checkDigit(own, group)) {
      throw invalid(`is mistyped in group ${String(group + 1)}`);
    }
    data.push(...own);
  }
  return fromDigits(data);
}

function sameLooking(letter: string): string {
  if (letter === 'O') return '0';
  return letter === 'I' || letter === 'L' ? '1' : letter;
}

function groupOf(digit: number): string {
  return String(Math.min(groupCount, Math.floor(digit / groupDigits) + 1));
}

function invalid(what: string): LockstepError {
  return new LockstepError('recovery-key-invalid', `The recovery key ${what}.`, {
    action: 'Compare it with what was written down when the workspace was made.',
  });
}

/**
 * Over the field of 32 elements: the digits, each times another power of the generator, and the number of the group.
 * Every single wrong digit, every two digits that changed places, and every two groups that did are found.
 */
function checkDigit(data: readonly number[], group: number): number {
  let sum = group + 1;
  for (const digit of data) sum = timesGenerator(sum) ^ digit;
  return timesGenerator(sum);
}

/** Times x in GF(2)[x] modulo x^5 + x^2 + 1. */
function timesGenerator(element: number): number {
  const doubled = element << 1;
  return doubled & 32 ? doubled ^ 0b100101 : doubled;
}

function toDigits(bytes: Uint8Array): readonly number[] {
  const digits: number[] = [];
  let pending = 0;
  let pendingBits = 0;
  for (const byte of bytes) {
    pending = (pending << 8) | byte;
    pendingBits += 8;
    while (pendingBits >= 5) {
      pendingBits -= 5;
      digits.push((pending >> pendingBits) & 31);
      pending &= (1 << pendingBits) - 1;
    }
  }
  return digits;
}

function fromDigits(digits: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  let pending = 0;
  let pendingBits = 0;
  for (const digit of digits) {
    pending = (pending << 5) | digit;
    pendingBits += 5;
    if (pendingBits < 8) continue;
    pendingBits -= 8;
    bytes.push(pending >> pendingBits);
    pending &= (1 << pendingBits) - 1;
  }
  return Uint8Array.from(bytes);
}
