import { get, look, order, put, putNote, type Step } from './step.js';

/** Notes, private ones, and who may see or edit what. */
export const noteSteps: readonly Step[] = [
  put('bob', 5, { notes: 'for us only', private_notes: true }, 'a private note'),
  put(
    'alice',
    5,
    { notes: 'changed', private_notes: true, subject: 'Chloé’s renamed' },
    'a private note with a change makes two entries',
  ),
  put('chloe', 5, { notes: 'mine', private_notes: true }, 'a reporter’s note is public, whatever she asked'),
  look('alice', 5, 'the manager sees all'),
  look('bob', 5, 'the developer too'),
  look('chloe', 5, 'the reporter does not see private notes'),
  put('bob', 5, { private_notes: true, done_ratio: 20 }, 'private without a note is not private'),
  look('chloe', 5, 'so she sees the change'),
  order('before the note is edited'),
];

/** `{hers}` and the like are ids of journal entries that the suite looks up before. */
export const editNoteSteps: readonly Step[] = [
  putNote('chloe', '{hers}', { notes: 'edited' }, 'a reporter may not edit her own note'),
  putNote('bob', '{bobs}', { notes: 'edited' }, 'nor a developer his'),
  putNote('chloe', '{bobs}', { notes: 'edited' }, 'a private note is not there for her'),
  putNote('alice', '{hers}', { notes: 'edited by the manager\nsecond line' }, 'a manager may'),
  order('the edit touched no issue'),
  look('chloe', 5, 'the edited note'),
  putNote('alice', '{change}', { notes: 'a note on a change' }, 'notes where there were none'),
  putNote('alice', '{change}', { notes: '' }, 'and gone again, the entry stays'),
  putNote('alice', '{bobs}', { private_notes: false }, 'no longer private'),
  look('chloe', 5, 'now she sees it'),
  putNote('alice', '{bobs}', { private_notes: true }, 'private again'),
  putNote('alice', '{bobs}', {}, 'nothing'),
  putNote('alice', '{last}', { notes: 'x', user_id: 7, created_on: '2020-01-01' }, 'only the notes can be edited'),
  putNote('alice', '{hers}', { notes: '' }, 'an entry without notes and changes goes'),
  putNote('alice', '{hers}', { notes: 'x' }, 'it is gone'),
  putNote('alice', 99999, { notes: 'x' }, 'no such entry'),
  putNote('anonymous', '{bobs}', { notes: 'x' }, 'not there for nobody'),
  look('alice', 5, 'all notes afterwards'),
  get('alice', '/journals/{bobs}.json', 'entries cannot be read one by one', { looseText: true }),
];
