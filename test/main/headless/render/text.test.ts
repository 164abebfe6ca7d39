import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderTable } from '../../../../main/headless/render/table.js';
import { cut, displayWidth, durationText, oneLine, padEnd, safeText } from '../../../../main/headless/render/text.js';

// What a terminal obeys, and marks that turn the direction of writing.
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const hostile = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

describe('text of a tracker', () => {
  it.each([
    ['a colour', '\u001b[31mred'],
    ['the title of the window', '\u001b]0;owned\u0007'],
    ['a link', '\u001b]8;;https://evil.invalid\u001b\\text\u001b]8;;\u001b\\'],
    ['an erased line', 'good\r\u001b[2Kbad'],
    ['a C1 control', '\u009b31m'],
    ['a turned direction', 'invoice\u202efdp.exe'],
    ['isolates', '\u2066a\u2069'],
    ['a bell and a backspace', 'a\u0007b\bc'],
  ])('cannot send %s to the terminal', (_name, text) => {
    expect(safeText(text)).not.toMatch(hostile);
    expect(oneLine(text)).not.toMatch(hostile);
  });

  it('is harmless whatever it is, and stays what it is where it was harmless', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const safe = safeText(text);
        const line = oneLine(text);
        return !hostile.test(safe) && !hostile.test(line) && !line.includes('\n') && safeText(safe) === safe;
      }),
    );
    expect(safeText('Grüße, 東京 👍🏽\n\ttab')).toBe('Grüße, 東京 👍🏽\n\ttab');
  });

  it('is cut to columns, wide characters counted as two', () => {
    expect(displayWidth('東京')).toBe(4);
    expect(displayWidth('é')).toBe(1);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(displayWidth('\u001b[1mbold\u001b[0m')).toBe(4);
    expect(cut('東京都', 4)).toBe('東…');
    expect(padEnd('東京', 6)).toBe('東京  ');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, columns) => {
        expect(displayWidth(cut(oneLine(text), columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe('a table', () => {
  it('keeps its columns under each other with wide characters, and fits the line', () => {
    const columns = [{ title: 'NAME', flexible: true }, { title: 'N' }];
    const table = renderTable(
      columns,
      [
        ['東京', '1'],
        ['plain', '2'],
      ],
      80,
    );
    expect(table).toBe('NAME   N\n東京   1\nplain  2\n');
    const narrow = renderTable(columns, [['a long name that does not fit', '12']], 20);
    for (const line of narrow.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(20);
    expect(narrow).toContain('…');
    expect(narrow).toContain('12');
  });
});

it('durations are read as on a clock', () => {
  expect([7_000, 750_000, 3_723_000, -5].map(durationText)).toEqual(['0:07', '12:30', '1:02:03', '0:00']);
});
