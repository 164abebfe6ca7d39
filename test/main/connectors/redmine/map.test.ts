import { describe, expect, it } from 'vitest';
import { commentRef, journalIdOf, markerOf, toItem } from '../../../../main/connectors/redmine/map.js';
import { context, createdOn, issue, journal } from './support.js';

const later = '2030-01-02T10:00:00Z';
const latest = '2030-01-03T10:00:00Z';

describe('an item out of an issue', () => {
  it('has canonical values: ids as strings, LF, null for empty', () => {
    const item = toItem(
      issue({
        description: 'a\r\nb\rc',
        assigned_to: { id: 9, name: 'B' },
        parent: { id: 3 },
        due_date: '2030-02-01',
        done_ratio: 50,
        custom_fields: [
          { id: 1, name: 'A', value: '' },
          { id: 2, name: 'B', value: 'x\r\ny' },
          { id: 3, name: 'C', multiple: true, value: ['a', 'b'] },
          { id: 4, name: 'D', value: null },
        ],
      }),
      context(),
    );
    expect(item.fields).toEqual({
      type: '1',
      subject: 'Subject',
      description: 'a\nb\nc',
      status: '1',
      priority: '2',
      assignee: '9',
      startDate: null,
      dueDate: '2030-02-01',
      doneRatio: 50,
      parent: '3',
      cf_1: null,
      cf_2: 'x\ny',
      cf_4: null,
    });
    expect(item.raws).toEqual({ description: 'a\r\nb\rc' });
    expect(item).toMatchObject({ ref: '7', key: '#7', url: 'https://redmine.example.test/pm/issues/7', scope: '1' });
  });

  it('takes an empty description for none, and raw as empty', () => {
    for (const description of ['', null, undefined]) {
      const item = toItem(issue({ description }), context());
      expect([item.fields['description'], item.raws['description']]).toEqual([null, '']);
    }
  });

  it('keeps the marker out of the fields', () => {
    const wire = issue({ custom_fields: [{ id: 1, name: 'Marker', value: 'w.p' }] });
    const item = toItem(wire, context({ markerFieldId: 1 }));
    expect(item.marker).toBe('w.p');
    expect(item.fields).not.toHaveProperty('cf_1');
    expect(markerOf(wire, null)).toBeNull();
    expect(markerOf(issue({ custom_fields: [{ id: 1, name: 'M', value: '' }] }), 1)).toBeNull();
  });

  it('has no author where the account was anonymous or deleted', () => {
    const wire = issue({ author: undefined, journals: [journal({ id: 1, at: later, notes: 'x', userId: null })] });
    const item = toItem(wire, context());
    expect(item.createdBy).toBeNull();
    expect(item.comments).toMatchObject([{ authorId: '', authorName: '' }]);
  });
});

describe('comments', () => {
  it('are the journals with notes, by number, whatever order the account likes', () => {
    const journals = [
      journal({ id: 12, at: latest, notes: 'second\r\nline', isPrivate: true }),
      journal({ id: 11, at: later, changes: [['subject', 'a', 'Subject']] }),
      journal({ id: 10, at: later, notes: 'first', changes: [['done_ratio', '10', '0']] }),
      journal({ id: 9, at: later, notes: null }),
    ];
    const item = toItem(issue({ journals }), context({ seesPrivateNotes: false }));
    expect(item.comments.map(({ ref, body, visibility }) => [ref, body, visibility])).toEqual([
      ['10-1893578400', 'first', 'public'],
      ['12-1893664800', 'second\nline', 'private'],
    ]);
    expect(item.commentsComplete).toBe(false);
    expect(item.revision).toBe(`12/${latest}`);
  });

  it('have a ref that tells its number', () => {
    const [one] = issue({ journals: [journal({ id: 45, at: later, notes: 'x' })] }).journals ?? [];
    if (one === undefined) throw new Error('no journal');
    expect(journalIdOf(commentRef(one))).toBe('45');
    expect(journalIdOf('nonsense')).toBe('0');
  });
});

describe('field times', () => {
  const times = (over: Readonly<Record<string, unknown>>, derived = true): Readonly<Record<string, string>> =>
    toItem(issue(over), context({ parentFieldsDerived: derived })).fieldTimes;

  it('are those of the last change in history, else of the creation', () => {
    const journals = [
      journal({
        id: 1,
        at: later,
        changes: [
          ['subject', 'a', 'b'],
          ['due_date', null, '2030-02-01'],
        ],
      }),
      journal({ id: 2, at: latest, changes: [['subject', 'b', 'Subject']] }),
    ];
    expect(times({ journals, due_date: '2030-02-01' })).toMatchObject({
      subject: latest,
      dueDate: later,
      type: createdOn,
      doneRatio: createdOn,
    });
  });

  it('are not told where the value is not what history left: somebody changed it without a trace', () => {
    const journals = [
      journal({
        id: 1,
        at: later,
        changes: [
          ['done_ratio', '0', '30'],
          ['subject', 'a', 'Subject'],
        ],
      }),
    ];
    const told = times({ journals, done_ratio: 80 });
    expect(told).not.toHaveProperty('doneRatio');
    expect(told['subject']).toBe(later);
  });

  it('are not told for what a parent derives, nor for what it derived as long as it was one', () => {
    const children = [{ id: 8, subject: 'x' }];
    expect(Object.keys(times({ children })).sort()).toEqual(
      ['assignee', 'description', 'parent', 'status', 'subject', 'type'].sort(),
    );
    expect(times({ children }, false)).toHaveProperty('priority');
    const left = journal({ id: 1, at: later, changes: [['child_id', '8', null]] });
    const after = journal({ id: 2, at: latest, changes: [['due_date', null, '2030-02-01']] });
    const told = times({ journals: [left, after], due_date: '2030-02-01' });
    expect(told['dueDate']).toBe(latest);
    expect(told).not.toHaveProperty('priority');
  });
});

describe('what cannot be edited', () => {
  const children = [{ id: 8, subject: 'x' }];
  it('is what the account may not, and what a parent derives', () => {
    const forbidden = new Set(['parent', 'nothing']);
    expect(toItem(issue(), context({ forbidden })).notEditable).toEqual({ parent: 'forbidden' });
    expect(toItem(issue({ children }), context({ forbidden })).notEditable).toEqual({
      parent: 'forbidden',
      priority: 'derived',
      startDate: 'derived',
      dueDate: 'derived',
      doneRatio: 'derived',
    });
    expect(toItem(issue({ children }), context({ parentFieldsDerived: false })).notEditable).toEqual({});
  });
});
