import fc from 'fast-check';
import type { Side } from '../../preload/contract/values.js';
import type { MemoryPair } from '../fakes/memory-pair.js';
import type { MemoryTracker } from '../fakes/memory-tracker.js';

/** Something a person does on one side. Numbers choose among what is there when it happens. */
export interface Edit {
  readonly side: Side;
  readonly what: 'remove' | 'add' | 'field' | 'parent' | 'comment' | 'edit-comment' | 'delete-comment' | 'hide-comment';
  readonly pick: number;
  readonly value: number;
}

export const editArbitrary: fc.Arbitrary<Edit> = fc.record({
  side: fc.constantFrom<Side>('left', 'right'),
  what: fc.constantFrom('add', 'field', 'field', 'field', 'parent', 'comment', 'edit-comment', 'delete-comment'),
  pick: fc.nat(1000),
  value: fc.nat(1000),
});

/** With what takes things away: items deleted for good, comments made private. */
export const harshEditArbitrary: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 9, arbitrary: editArbitrary },
  {
    weight: 1,
    arbitrary: fc.record({
      side: fc.constantFrom<Side>('left', 'right'),
      what: fc.constantFrom('remove', 'hide-comment'),
      pick: fc.nat(1000),
      value: fc.nat(1000),
    }),
  },
);

let unique = 0;

export function makeEdit(pair: MemoryPair, edit: Edit): void {
  const tracker = pair.tracker(edit.side);
  const refs = [...tracker.rows.keys()];
  const ref = refs[edit.pick % Math.max(1, refs.length)];
  const by = ['ann', 'ben', 'cho'][edit.value % 3] ?? 'ann';
  unique += 1;
  if (edit.what === 'add' || ref === undefined) {
    tracker.add(
      {
        subject: `${edit.side} item ${unique}`,
        priority: String(1 + (edit.value % 5)),
        status: ['new', 'open', 'done'][edit.value % 3] ?? 'new',
      },
      by,
    );
    return;
  }
  const row = tracker.row(ref);
  const comment = row.comments[edit.value % Math.max(1, row.comments.length)];
  if (edit.what === 'remove') tracker.remove(ref);
  else if (edit.what === 'field') tracker.edit(ref, fieldValue(edit.value, unique), by);
  else if (edit.what === 'parent') tracker.edit(ref, { parent: parentFor(tracker, ref, refs, edit.value) }, by);
  else if (edit.what === 'comment') tracker.comment(ref, `remark ${unique}`, by);
  else if (comment === undefined) return;
  else if (edit.what === 'edit-comment')
    tracker.editComment(ref, comment.ref, { body: editedBody(comment.body, unique) });
  else if (edit.what === 'delete-comment') tracker.deleteComment(ref, comment.ref);
  else tracker.editComment(ref, comment.ref, { visibility: 'private' });
}

/** People edit the text below the header line that they see. */
function editedBody(body: string, n: number): string {
  const end = body.indexOf('):\n');
  return end === -1 ? `edited ${n}` : `${body.slice(0, end + 2)}\n\nedited ${n}`;
}

function fieldValue(value: number, n: number): Record<string, string | null> {
  const choices: Record<string, string | null>[] = [
    { subject: `subject ${n}` },
    { description: value % 7 === 0 ? null : `text ${n}\nsecond line` },
    { status: ['new', 'open', 'done'][value % 3] ?? 'new' },
    { priority: String(1 + (value % 5)) },
    { assignee: ['ann', 'ben', 'cho', null][value % 4] ?? null },
    { due: value % 5 === 0 ? null : `2026-02-${String(1 + (value % 28)).padStart(2, '0')}` },
    { type: value % 2 === 0 ? 'bug' : 'task' },
  ];
  return choices[Math.floor(value / 31) % choices.length] ?? {};
}

function parentFor(tracker: MemoryTracker, ref: string, refs: readonly string[], value: number): string | null {
  const candidate = refs[value % refs.length] ?? null;
  for (
    let current: unknown = candidate;
    typeof current === 'string';
    current = tracker.rows.get(current)?.fields['parent'] ?? null
  ) {
    if (current === ref) return null;
  }
  return candidate;
}
