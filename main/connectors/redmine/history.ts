import type { FieldChange } from '../contract.js';
import type { FieldValue } from '../../../preload/contract/values.js';
import { canonicalText } from './text.js';
import type { WireDetail, WireIssue, WireJournal } from './wire.js';

/** Names of journal details that speak of a field of ours. */
const fieldOfAttribute: Readonly<Record<string, string>> = {
  tracker_id: 'type',
  subject: 'subject',
  description: 'description',
  status_id: 'status',
  priority_id: 'priority',
  assigned_to_id: 'assignee',
  start_date: 'startDate',
  due_date: 'dueDate',
  done_ratio: 'doneRatio',
  parent_id: 'parent',
};

/** Oldest first, whatever order the account's preferences ask for. */
export function sortedJournals(issue: WireIssue): readonly WireJournal[] {
  return [...(issue.journals ?? [])].sort((a, b) => a.id - b.id);
}

/** Revision of the item after this journal: number and time, since numbers may be given again (see `commentRef`). */
function revisionAfter(journal: WireJournal): string {
  return `${String(journal.id)}/${journal.created_on}`;
}

/** `0` for an item that nobody ever changed. */
export function revisionOf(journals: readonly WireJournal[]): string {
  const last = journals.at(-1);
  return last === undefined ? '0' : revisionAfter(last);
}

/** The journals after a revision; all of them where it is null. */
export function journalsAfter(journals: readonly WireJournal[], since: string | null): readonly WireJournal[] {
  if (since === null) return journals;
  const id = Number(since.split('/')[0]);
  return journals.filter((journal) => journal.id > id || (journal.id === id && revisionAfter(journal) !== since));
}

export function changesOf(journal: WireJournal): readonly FieldChange[] {
  return journal.details.flatMap((detail) => {
    const field = fieldOf(detail);
    if (field === null) return [];
    return [
      {
        field,
        from: canonicalValue(field, detail.old_value),
        to: canonicalValue(field, detail.new_value),
        at: journal.created_on,
        by: journal.user === undefined ? '' : String(journal.user.id),
        revision: revisionAfter(journal),
      },
    ];
  });
}

function fieldOf(detail: WireDetail): string | null {
  if (detail.property === 'cf') return `cf_${detail.name}`;
  return detail.property === 'attr' ? (fieldOfAttribute[detail.name] ?? null) : null;
}

/** Journals keep every value as a string. */
function canonicalValue(field: string, wire: string | null | undefined): FieldValue {
  if (field === 'doneRatio') return wire === null || wire === undefined || wire === '' ? 0 : Number(wire);
  return canonicalText(wire);
}
