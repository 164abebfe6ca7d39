import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeJson, digestOf, encodeJson, nameOfText } from '../../../../main/store/repositories/codec.js';

it('gives back any JSON value, short or long', () => {
  const long = fc
    .tuple(fc.jsonValue(), fc.integer({ min: 1, max: 9_000 }))
    .map(([value, n]) => [value, 'ab'.repeat(n)]);
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), long), (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      expect(decodeJson(encodeJson(value))).toEqual(plain);
    }),
  );
});

it('makes what repeats itself smaller, and nothing larger than it was but for one byte', () => {
  const text = 'Printer is on fire. '.repeat(100);
  expect(encodeJson(text).length).toBeLessThan(200);
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (value) => {
      expect(encodeJson(value).length).toBeLessThanOrEqual(Buffer.byteLength(JSON.stringify(value)) + 1);
    }),
  );
});

it('refuses a form that it does not know', () => {
  expect(() => decodeJson(Uint8Array.from([9, 1, 2]))).toThrow(expect.objectContaining({ code: 'internal' }));
});

it('names texts by their content, and tells parts apart', () => {
  expect(nameOfText('a')).toHaveLength(24);
  expect(nameOfText('a')).not.toBe(nameOfText('b'));
  expect(digestOf('ab', 'c')).not.toBe(digestOf('a', 'bc'));
  expect(digestOf('a')).not.toBe(digestOf('a', ''));
});
