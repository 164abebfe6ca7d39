import { describe, expect, it } from 'vitest';
import { tableLens } from '../../../main/engine/lens.js';
import { mergeField, type FieldSight } from '../../../main/engine/merge.js';
import type { FieldMapping } from '../../../main/engine/mapping.js';
import type { FieldValue, Sided } from '../../../preload/contract/values.js';

const lens = tableLens(
  [
    { left: 'open', right: '1' },
    { left: 'triaged', right: '1' },
    { left: 'done', right: '2' },
  ],
  'option-without-twin',
);
const status: FieldMapping = {
  id: 'status',
  fields: { left: 'status', right: 'state' },
  names: { left: 'Status', right: 'State' },
  type: 'option',
  flowsFrom: { left: true, right: true },
  policy: 'left',
  newestElse: null,
  initial: null,
  fillEmpty: true,
  lens,
  closed: { left: new Set(), right: new Set() },
  optionNames: { left: new Map(), right: new Map() },
};

const inStep = (value: FieldValue): FieldSight => ({
  value,
  base: { value },
  rawHash: null,
  notEditable: null,
  changedAtMs: null,
});

function decide(held: Sided<FieldValue>, take: { readonly side: 'left' | 'right'; readonly value: FieldValue }) {
  const sight = { left: inStep(held.left), right: inStep(held.right) };
  return mergeField(status, lens, sight, { take, seen: held }, 'ask');
}

describe('a value that was overwritten and is wanted back', () => {
  it('goes to its side, and its meaning to the other one, though neither side has changed since', () => {
    expect(decide({ left: 'done', right: '2' }, { side: 'right', value: '1' })).toMatchObject({
      kind: 'put-both',
      values: { left: 'open', right: '1' },
      reason: 'resolved-by-user',
    });
  });

  it('is put on its side alone where the other one means it already', () => {
    expect(decide({ left: 'open', right: '1' }, { side: 'left', value: 'triaged' })).toMatchObject({
      kind: 'put',
      to: 'left',
      value: 'triaged',
      loser: null,
    });
  });

  it('stays where it is when an edit came after the decision', () => {
    const sight = { left: inStep('open'), right: inStep('1') };
    const decision = { take: { side: 'left', value: 'done' }, seen: { left: 'triaged', right: '1' } } as const;
    expect(mergeField(status, lens, sight, decision, 'ask')).toEqual({ kind: 'none' });
  });
});
