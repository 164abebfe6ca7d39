import { describe, expect, it } from 'vitest';
import type { LogOutcome, RunOutcome } from '../../main/engine/state.js';
import { kindWords, reasonWords } from '../../main/headless/render/words.js';
import { brakeNames, writingKinds, type RowKind } from '../../preload/contract/plan.js';
import { codeIn, readDoc, sectionsOf, tableRows } from './markdown.js';

// The compiler keeps these complete; the tests below keep the page equal to them.
const outcomes: Readonly<Record<LogOutcome, true>> = {
  done: true,
  adopted: true,
  failed: true,
  dropped: true,
  parked: true,
  skipped: true,
  note: true,
};
const runOutcomes: Readonly<Record<RunOutcome, true>> = {
  done: true,
  failures: true,
  conflicts: true,
  braked: true,
  cancelled: true,
  failed: true,
  running: true,
};

const sections = sectionsOf(readDoc('log.md'), 2);
const rowsOf = (section: string): readonly (readonly string[])[] => tableRows(sections.get(section) ?? '');
const codesOf = (section: string): readonly string[] => rowsOf(section).map(([code]) => codeIn(code));
const wordsOf = (section: string): Readonly<Record<string, string>> =>
  Object.fromEntries(rowsOf(section).map(([code, word]) => [codeIn(code), (word ?? '').replace(/^"|"$/g, '')]));

describe('docs/log.md', () => {
  it('explains every kind of row once, in the words of the terminal', () => {
    expect(wordsOf('Kinds')).toEqual(kindWords);
    expect(rowsOf('Kinds')).toHaveLength(Object.keys(kindWords).length);
  });

  it('says rightly which kinds write', () => {
    const writing = rowsOf('Kinds').filter((row) => row.at(-1) === 'yes');
    expect(writing.map(([code]) => codeIn(code) as RowKind).sort()).toEqual([...writingKinds].sort());
  });

  it('explains every reason once, in the words of the terminal', () => {
    expect(wordsOf('Reasons')).toEqual(reasonWords);
    expect(rowsOf('Reasons')).toHaveLength(Object.keys(reasonWords).length);
  });

  it('explains every outcome of a row and of a run, and every brake', () => {
    expect([...codesOf('Outcomes')].sort()).toEqual(Object.keys(outcomes).sort());
    expect([...codesOf('How runs end')].sort()).toEqual(Object.keys(runOutcomes).sort());
    expect(codesOf('Brakes')).toEqual([...brakeNames]);
  });

  it('leaves no meaning empty', () => {
    const rows = ['Kinds', 'Reasons', 'Outcomes', 'How runs end', 'Brakes'].flatMap(rowsOf);
    for (const row of rows) expect(row[row.length > 3 ? 2 : 1], row[0]).not.toBe('');
  });
});
