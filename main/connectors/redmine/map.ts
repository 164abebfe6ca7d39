import type { Comment, FieldValues, Item, NotEditable } from '../contract.js';
import type { FieldValue } from '../../../preload/contract/values.js';
import { changesOf, revisionOf, sortedJournals } from './history.js';
import { stampOf } from './server-clock.js';
import { canonicalText } from './text.js';
import type { WireIssue, WireJournal } from './wire.js';

/** What an issue's meaning depends on beside itself. */
export interface MapContext {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Number of the custom field that carries the marker. */
  readonly markerFieldId: number | null;
  /** Redmine computes a parent's priority, dates and done ratio from its children. */
  readonly parentFieldsDerived: boolean;
  /** What the account may not write on issues of this project and tracker, by its rights and the tracker's fields. */
  readonly forbidden: ReadonlySet<string>;
  readonly seesPrivateNotes: boolean;
  /** The server's clock when the issue was asked for; see `ServerClock`. */
  readonly floorMs: number | null;
}

export const derivedFields = ['priority', 'startDate', 'dueDate', 'doneRatio'] as const;

export function fieldsOf(issue: WireIssue, markerFieldId: number | null): FieldValues {
  const fields: Record<string, FieldValue> = {
    type: String(issue.tracker.id),
    subject: canonicalText(issue.subject),
    description: canonicalText(issue.description),
    status: String(issue.status.id),
    priority: String(issue.priority.id),
    assignee: issue.assigned_to === undefined ? null : String(issue.assigned_to.id),
    startDate: issue.start_date || null,
    dueDate: issue.due_date || null,
    doneRatio: issue.done_ratio ?? 0,
    parent: issue.parent === undefined ? null : String(issue.parent.id),
  };
  for (const custom of issue.custom_fields) {
    if (custom.id === markerFieldId || custom.multiple === true || Array.isArray(custom.value)) continue;
    fields[`cf_${String(custom.id)}`] = canonicalText(custom.value);
  }
  return fields;
}

export function markerOf(issue: WireIssue, markerFieldId: number | null): string | null {
  if (markerFieldId === null) return null;
  const value = issue.custom_fields.find((custom) => custom.id === markerFieldId)?.value;
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The issue must have been read with journals and children, or just been created (it has neither then). */
export function toItem(issue: WireIssue, context: MapContext): Item {
  const journals = sortedJournals(issue);
  const fields = fieldsOf(issue, context.markerFieldId);
  return {
    ref: String(issue.id),
    key: `#${String(issue.id)}`,
    url: `${context.baseUrl}/issues/${String(issue.id)}`,
    scope: String(issue.project.id),
    fields,
    raws: { description: issue.description ?? '' },
    notEditable: notEditableOf(issue, fields, context),
    fieldTimes: fieldTimesOf(issue, journals, fields, context),
    revision: revisionOf(journals),
    stamp: stampOf(issue.updated_on, context.floorMs),
    createdAt: issue.created_on,
    createdBy: issue.author === undefined ? null : String(issue.author.id),
    private: issue.is_private,
    marker: markerOf(issue, context.markerFieldId),
    comments: journals.flatMap(toComment),
    commentsComplete: context.seesPrivateNotes,
  };
}

/**
 * Number and time: where the newest journal was deleted, MySQL and SQLite may give its number to the next one, and a
 * stranger's comment must not look like an edit of the deleted one.
 */
export function commentRef(journal: WireJournal): string {
  return `${String(journal.id)}-${String(Date.parse(journal.created_on) / 1000)}`;
}

export function journalIdOf(ref: string): string {
  return /^\d+/.exec(ref)?.[0] ?? '0';
}

function toComment(journal: WireJournal): readonly Comment[] {
  const body = canonicalText(journal.notes);
  if (body === null) return [];
  return [
    {
      ref: commentRef(journal),
      body,
      visibility: journal.private_notes ? 'private' : 'public',
      authorId: journal.user === undefined ? '' : String(journal.user.id),
      authorName: journal.user?.name ?? '',
      createdAt: journal.created_on,
    },
  ];
}

function notEditableOf(
  issue: WireIssue,
  fields: FieldValues,
  context: MapContext,
): Readonly<Record<string, NotEditable>> {
  const marks: Record<string, NotEditable> = {};
  for (const field of Object.keys(fields)) {
    if (context.forbidden.has(field)) marks[field] = 'forbidden';
  }
  if (context.parentFieldsDerived && hasChildren(issue)) {
    for (const field of derivedFields) marks[field] = 'derived';
  }
  return marks;
}

function hasChildren(issue: WireIssue): boolean {
  return (issue.children?.length ?? 0) > 0;
}

/**
 * The last journal that speaks of a field tells when it changed. Left out where that would be untrue: Redmine writes no
 * journal when it derives a parent's fields, nor for what its administrators or plugins change behind its back.
 */
function fieldTimesOf(
  issue: WireIssue,
  journals: readonly WireJournal[],
  fields: FieldValues,
  context: MapContext,
): Readonly<Record<string, string>> {
  const times = new Map(Object.keys(fields).map((field) => [field, issue.created_on]));
  const last = new Map<string, FieldValue>();
  let lastChildChange: number | null = null;
  const lastChange = new Map<string, number>();
  for (const journal of journals) {
    if (journal.details.some((detail) => detail.property === 'attr' && detail.name === 'child_id')) {
      lastChildChange = journal.id;
    }
    for (const change of changesOf(journal)) {
      if (!times.has(change.field)) continue;
      times.set(change.field, change.at);
      last.set(change.field, change.to);
      lastChange.set(change.field, journal.id);
    }
  }
  for (const [field, value] of last) {
    if (value !== fields[field]) times.delete(field);
  }
  if (context.parentFieldsDerived) {
    for (const field of derivedFields) {
      const wasDerived = lastChildChange !== null && (lastChange.get(field) ?? 0) <= lastChildChange;
      if (hasChildren(issue) || wasDerived) times.delete(field);
    }
  }
  return Object.fromEntries(times);
}
