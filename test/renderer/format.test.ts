import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffWords } from '../../renderer/format/diff.js';
import { duration, relativeTime } from '../../renderer/format/time.js';
import { byteText, lineText, safeText } from '../../renderer/format/values.js';

describe('differences of texts', () => {
  it('hold both texts, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        (before, after) => {
          const parts = diffWords(before, after);
          const side = (left: 'removed' | 'added'): string =>
            parts
              .filter(({ kind }) => kind === 'same' || kind === left)
              .map(({ text }) => text)
              .join('');
          expect(side('removed')).toBe(before);
          expect(side('added')).toBe(after);
        },
      ),
    );
  });
  it('say what one word became', () => {
    expect(diffWords('pay by card', 'pay by transfer')).toEqual([
      { kind: 'same', text: 'pay by ' },
      { kind: 'removed', text: 'card' },
      { kind: 'added', text: 'transfer' },
    ]);
  });
});

describe('times', () => {
  const now = new Date(2026, 10, 24, 14, 0).getTime();
  it.each([
    [now - 10_000, 'just now'],
    [now - 3 * 60_000, '3 min ago'],
    [now + 12 * 60_000, 'in 12 min'],
    [now - 5 * 3_600_000, '5 h ago'],
    [new Date(2026, 10, 23, 9, 5).getTime(), 'yesterday 09:05'],
    [new Date(2026, 10, 20, 9, 5).getTime(), '4 days ago'],
    [new Date(2025, 2, 3).getTime(), '3 Mar 2025'],
  ])('%s is %s', (atMs, words) => {
    expect(relativeTime(atMs, now)).toBe(words);
  });
  it('durations keep two units at most', () => {
    expect([850, 4_200, 59_700, 190_000, 7_500_000].map(duration)).toEqual([
      '850 ms',
      '4.2 s',
      '1 min',
      '3 min 10 s',
      '2 h 5 min',
    ]);
  });
});

describe('text of trackers', () => {
  it('shows what would hide or reorder', () => {
    expect(safeText('a\u202eb\u0000c\u200bd')).toBe('a\ufffdb\ufffdc\ufffdd');
    expect(safeText('a\n\tb')).toBe('a\n\tb');
  });
  it('is one line, and short', () => {
    expect(lineText('a\n  b')).toBe('a b');
    expect(lineText('x'.repeat(5_000_000)).length).toBeLessThan(320);
  });
  it('sizes', () => {
    expect([999, 4_200, 31_000_000, 999_600].map(byteText)).toEqual(['999 B', '4.2 kB', '31 MB', '1.0 MB']);
  });
});
