import { canSeeIssue, isAllowed } from './access.js';
import { isBlank, toBoolean, toText, type Json } from './coerce.js';
import type { CustomValue, Issue, IssueFields, Journal, JournalDetail, User } from './records.js';
import type { PracticeStore } from './store.js';

/** Field by field in the order in which Redmine lists the details of one entry. */
const journalled: readonly (readonly [string, keyof IssueFields])[] = [
  ['tracker_id', 'trackerId'],
  ['project_id', 'projectId'],
  ['subject', 'subject'],
  ['description', 'description'],
  ['due_date', 'dueDate'],
  ['category_id', 'categoryId'],
  ['status_id', 'statusId'],
  ['assigned_to_id', 'assignedToId'],
  ['priority_id', 'priorityId'],
  ['fixed_version_id', 'versionId'],
  ['start_date', 'startDate'],
  ['done_ratio', 'doneRatio'],
  ['estimated_hours', 'estimatedHours'],
  ['parent_id', 'parentId'],
  ['is_private', 'isPrivate'],
];

export interface Snapshot {
  readonly fields: IssueFields;
  readonly custom: ReadonlyMap<number, CustomValue>;
}

export function snapshotOf(issue: Issue): Snapshot {
  return { fields: { ...issue }, custom: new Map(issue.custom) };
}

export function detailsBetween(before: Snapshot, after: Snapshot): readonly JournalDetail[] {
  const attributes = journalled.flatMap(([name, key]): JournalDetail[] => {
    const was = before.fields[key];
    const is = after.fields[key];
    if (was === is || (isEmpty(was) && isEmpty(is))) return [];
    return [{ property: 'attr', name, oldValue: journalText(name, was), newValue: journalText(name, is) }];
  });
  const ids = new Set([...before.custom.keys(), ...after.custom.keys()]);
  const custom = [...ids].sort((a, b) => a - b).flatMap((id) => customDetails(id, before.custom, after.custom));
  return [...attributes, ...custom];
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '');
}

function journalText(name: string, value: IssueFields[keyof IssueFields]): string | null {
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? '1' : '0';
  // Hours are a float column: 4 reads "4.0".
  return name === 'estimated_hours' && Number.isInteger(value) ? `${String(value)}.0` : String(value);
}

/** A field with several values gets one detail for each value that left or came. */
function customDetails(
  id: number,
  before: ReadonlyMap<number, CustomValue>,
  after: ReadonlyMap<number, CustomValue>,
): readonly JournalDetail[] {
  const was = before.get(id) ?? null;
  const is = after.get(id) ?? null;
  const detail = (oldValue: string | null, newValue: string | null): JournalDetail => ({
    property: 'cf',
    name: String(id),
    oldValue,
    newValue,
  });
  if (Array.isArray(was) || Array.isArray(is)) {
    const old = valuesOf(was);
    const now = valuesOf(is);
    return [
      ...old.filter((value) => !now.includes(value)).map((value) => detail(value, null)),
      ...now.filter((value) => !old.includes(value)).map((value) => detail(null, value)),
    ];
  }
  if (was === is || (isEmpty(was) && isEmpty(is))) return [];
  return [detail(was as string | null, is as string | null)];
}

function valuesOf(value: CustomValue): readonly string[] {
  const list = Array.isArray(value) ? (value as readonly string[]) : [String(value ?? '')];
  return list.filter((one) => one.trim() !== '');
}

export interface NewEntry {
  readonly details: readonly JournalDetail[];
  readonly notes: string;
  readonly privateNotes: boolean;
}

/**
 * Adds the history entry of a change, if it says anything. Private notes that come with field changes make two
 * entries: first the changes for everybody, with no notes at all (null), then the notes.
 */
export function addEntry(store: PracticeStore, issue: Issue, user: User, entry: NewEntry): void {
  const hasNotes = !isBlank(entry.notes);
  if (entry.details.length === 0 && !hasNotes) return;
  const isPrivate = entry.privateNotes && hasNotes;
  const base = { issueId: issue.id, userId: user.id, createdOnMs: store.stampMs() };
  if (isPrivate && entry.details.length > 0) {
    store.addJournal({ ...base, notes: null, privateNotes: false, details: entry.details });
    store.addJournal({ ...base, notes: entry.notes, privateNotes: true, details: [] });
  } else {
    store.addJournal({ ...base, notes: entry.notes, privateNotes: isPrivate, details: entry.details });
  }
  const project = store.projects.get(issue.projectId);
  if (project !== undefined && isAllowed(store, user, 'add_issue_watchers', project)) issue.watcherIds.add(user.id);
}

export function canSeeJournal(store: PracticeStore, user: User | null, journal: Journal): boolean {
  const issue = store.issues.get(journal.issueId);
  return issue !== undefined && canSeeIssue(store, user, issue) && visibleEntries(store, user, issue).includes(journal);
}

/** The entries of an issue that the user can see, oldest first. */
export function visibleEntries(store: PracticeStore, user: User | null, issue: Issue): readonly Journal[] {
  const project = store.projects.get(issue.projectId);
  const seesPrivate = project !== undefined && isAllowed(store, user, 'view_private_notes', project);
  return issue.journals
    .filter((journal) => seesPrivate || !journal.privateNotes || journal.userId === user?.id)
    .sort((a, b) => a.createdOnMs - b.createdOnMs || a.id - b.id);
}

export type JournalEdit = 'done' | 'forbidden';

/**
 * Edits the notes of an entry; one that is left without notes and details goes. The issue's `updated_on` does not
 * move, and the entry itself has no time of its last edit.
 */
export function editJournal(store: PracticeStore, user: User, journal: Journal, attributes: Json): JournalEdit {
  const issue = store.issues.get(journal.issueId);
  const project = issue === undefined ? undefined : store.projects.get(issue.projectId);
  if (project === undefined) return 'forbidden';
  const may = (permission: string): boolean => isAllowed(store, user, permission, project);
  if (!may('edit_issue_notes') && !(journal.userId === user.id && may('edit_own_issue_notes'))) return 'forbidden';
  if ('notes' in attributes) journal.notes = toText(attributes['notes']);
  if ('private_notes' in attributes && may('set_notes_private')) {
    journal.privateNotes = toBoolean(attributes['private_notes']) ?? false;
  }
  store.touch();
  if (journal.details.length === 0 && isBlank(journal.notes)) store.removeJournal(journal);
  return 'done';
}
