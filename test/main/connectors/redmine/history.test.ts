import { describe, expect, it } from 'vitest';
import { changesOf, journalsAfter, revisionOf, sortedJournals } from '../../../../main/connectors/redmine/history.js';
import { issue, journal } from './support.js';

const at = '2030-01-02T10:00:00Z';
const journals = sortedJournals(
  issue({
    journals: [
      journal({
        id: 5,
        at,
        changes: [
          ['description', 'a\r\nb', ''],
          ['assigned_to_id', '5', null],
        ],
      }),
      journal({
        id: 3,
        at,
        changes: [
          ['tracker_id', '1', '2'],
          ['done_ratio', '0', '40'],
          ['child_id', null, '9'],
        ],
      }),
      journal({
        id: 4,
        at,
        changes: [
          ['cf:3', '', '7'],
          ['relation:relates', null, '9'],
          ['estimated_hours', null, '3'],
        ],
      }),
    ],
  }),
);

describe('history', () => {
  it('speaks of our fields, in canonical values, oldest first', () => {
    expect(journals.flatMap(changesOf).map(({ field, from, to }) => [field, from, to])).toEqual([
      ['type', '1', '2'],
      ['doneRatio', 0, 40],
      ['cf_3', null, '7'],
      ['description', 'a\nb', null],
      ['assignee', '5', null],
    ]);
  });

  it('goes on after a revision', () => {
    const ids = (since: string | null): readonly number[] => journalsAfter(journals, since).map((each) => each.id);
    expect(ids(null)).toEqual([3, 4, 5]);
    expect(ids('0')).toEqual([3, 4, 5]);
    expect(ids(`3/${at}`)).toEqual([4, 5]);
    expect(ids(revisionOf(journals))).toEqual([]);
    expect(revisionOf([])).toBe('0');
  });

  it('knows another journal that got the number of a deleted one', () => {
    expect(journalsAfter(journals, '5/2030-01-01T00:00:00Z').map((each) => each.id)).toEqual([5]);
  });
});
