import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText, wellFormed } from '../../../../main/connectors/redmine/text.js';

describe('canonical text', () => {
  it('has LF line ends only, and is canonical once and for all', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\r', '\n', ' ', '😀') }), (text) => {
        const canonical = canonicalText(text);
        expect(canonical === null).toBe(text === '');
        expect(canonical ?? '').not.toContain('\r');
        expect(canonicalText(canonical)).toBe(canonical);
        // What Redmine makes of it on the way in, undone on the way out.
        expect(canonicalText((canonical ?? '').replaceAll('\n', '\r\n'))).toBe(canonical);
      }),
    );
  });
});

describe('well-formed text', () => {
  it('has no half characters, and leaves whole ones alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(wellFormed(text)).toBe(text);
      }),
    );
    expect(wellFormed('a\uD83Db\uDE00c')).toBe('a\uFFFDb\uFFFDc');
    expect(wellFormed('\uD83D\uD83D\uDE00')).toBe('\uFFFD😀');
  });
});
