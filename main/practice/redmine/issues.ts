import { canSeeIssue, isAllowed } from './access.js';
import { assignAttributes } from './assign.js';
import type { Json } from './coerce.js';
import { recalculateFromChildren } from './derive.js';
import { draftOf, newDraft, type Draft } from './draft.js';
import { addEntry, detailsBetween, snapshotOf } from './journals.js';
import type { CustomValue, Issue, IssueFields, JournalDetail, User } from './records.js';
import type { PracticeStore } from './store.js';
import { complaintsAbout } from './validate.js';

/** `complaints` is empty for a stale `lock_version`: Redmine answers 422 with no word about it. */
export type Saved =
  { readonly ok: true; readonly issue: Issue } | { readonly ok: false; readonly complaints: readonly string[] };

/** Creates an issue. `projectId` is the project of the request's path, null where the attributes name it. */
export function createIssue(
  store: PracticeStore,
  user: User,
  attributes: Json,
  projectId: number | null = null,
): Saved {
  const draft = newDraft(store, user.id);
  draft.projectId = projectId;
  assignAttributes(store, draft, attributes, user);
  assignByCategory(store, draft);
  clearDisabled(store, draft);
  settleCustom(store, draft);
  const complaints = complaintsAbout(store, draft, user);
  const fields = storable(draft);
  if (complaints.length > 0 || fields === null) return { ok: false, complaints };
  const nowMs = store.stampMs();
  const issue: Issue = {
    ...fields,
    id: store.nextIssueId(),
    authorId: user.id,
    custom: draft.custom,
    createdOnMs: nowMs,
    updatedOnMs: nowMs,
    closedOnMs: store.isClosed(fields) ? nowMs : null,
    lockVersion: 1,
    watcherIds: new Set(draft.watcherIds.filter((id) => store.users.has(id))),
    childIds: [],
    journals: [],
  };
  store.issues.set(issue.id, issue);
  store.touch();
  if (issue.parentId !== null) {
    store.linkChild(issue.parentId, issue.id);
    recalculateFromChildren(store, issue.parentId, user);
    noteChild(store, user, issue.parentId, null, issue.id);
  }
  return { ok: true, issue };
}

/**
 * Edits an issue. Every save moves `updated_on`, even one that changes nothing because all that it asked for was
 * dropped; such a save leaves no journal entry.
 */
export function updateIssue(store: PracticeStore, user: User, issue: Issue, attributes: Json): Saved {
  const draft = draftOf(issue);
  assignAttributes(store, draft, attributes, user);
  clearDisabled(store, draft);
  settleCustom(store, draft);
  const complaints = complaintsAbout(store, draft, user);
  const fields = storable(draft);
  if (complaints.length > 0 || fields === null) return { ok: false, complaints };
  if (draft.lockVersion !== issue.lockVersion) return { ok: false, complaints: [] };
  const before = snapshotOf(issue);
  const wasClosed = store.isClosed(issue);
  Object.assign(issue, fields);
  issue.custom = draft.custom;
  issue.updatedOnMs = store.stampMs();
  issue.lockVersion += 1;
  if (!wasClosed && store.isClosed(issue)) issue.closedOnMs = issue.updatedOnMs;
  store.touch();
  if (before.fields.projectId !== issue.projectId) moveChildren(store, issue, before.fields.projectId);
  const oldParentId = before.fields.parentId;
  const moved = oldParentId !== issue.parentId;
  if (moved) {
    if (oldParentId !== null) store.unlinkChild(oldParentId, issue.id);
    if (issue.parentId !== null) store.linkChild(issue.parentId, issue.id);
    recalculateFromChildren(store, oldParentId, user);
  }
  recalculateFromChildren(store, issue.parentId, user);
  addEntry(store, issue, user, {
    details: detailsBetween(before, snapshotOf(issue)),
    notes: draft.notes,
    privateNotes: draft.privateNotes,
  });
  if (moved) {
    noteChild(store, user, oldParentId, issue.id, null);
    noteChild(store, user, issue.parentId, null, issue.id);
  }
  return { ok: true, issue };
}

/** Deletes an issue and all below it, one by one from below. */
export function deleteIssue(store: PracticeStore, user: User, issue: Issue): void {
  dropChildren(store, user, issue);
  drop(store, issue);
  recalculateFromChildren(store, issue.parentId, user);
  noteChild(store, user, issue.parentId, issue.id, null);
}

function dropChildren(store: PracticeStore, user: User, issue: Issue): void {
  for (const child of store.childrenOf(issue)) {
    dropChildren(store, user, child);
    drop(store, child);
    recalculateFromChildren(store, issue.id, user, true);
  }
}

function drop(store: PracticeStore, issue: Issue): void {
  for (const journal of [...issue.journals]) store.removeJournal(journal);
  store.issues.delete(issue.id);
  if (issue.parentId !== null) store.unlinkChild(issue.parentId, issue.id);
  store.touch();
}

export function canEdit(store: PracticeStore, user: User | null, issue: Issue): boolean {
  const project = store.projects.get(issue.projectId);
  if (project === undefined) return false;
  const may = (permission: string): boolean => isAllowed(store, user, permission, project);
  return may('edit_issues') || may('add_issue_notes') || may('edit_own_issues') || may('copy_issues');
}

/** The line in the parent's history. It moves the parent's `updated_on`; a parent that the user cannot see gets none. */
function noteChild(
  store: PracticeStore,
  user: User,
  parentId: number | null,
  oldChildId: number | null,
  newChildId: number | null,
): void {
  const parent = parentId === null ? undefined : store.issues.get(parentId);
  if (parent === undefined || !canSeeIssue(store, user, parent)) return;
  const detail: JournalDetail = {
    property: 'attr',
    name: 'child_id',
    oldValue: oldChildId === null ? null : String(oldChildId),
    newValue: newChildId === null ? null : String(newChildId),
  };
  parent.updatedOnMs = store.stampMs();
  parent.lockVersion += 1;
  addEntry(store, parent, user, { details: [detail], notes: '', privateNotes: false });
}

/** Children that were in the same project go along with their parent, without a line in their history. */
function moveChildren(store: PracticeStore, issue: Issue, oldProjectId: number): void {
  for (const child of store.childrenOf(issue).filter((one) => one.projectId === oldProjectId)) {
    const category = child.categoryId === null ? undefined : store.categories.get(child.categoryId);
    const twin = [...store.categories.values()].find(
      (other) => other.projectId === issue.projectId && other.name === category?.name,
    );
    child.projectId = issue.projectId;
    child.categoryId = twin?.id ?? null;
    child.versionId = null;
    child.updatedOnMs = store.stampMs();
    child.lockVersion += 1;
    moveChildren(store, child, oldProjectId);
  }
}

/** A new issue without an assignee goes to the one of its category. */
function assignByCategory(store: PracticeStore, draft: Draft): void {
  if (draft.assignedToId !== null || draft.categoryId === null) return;
  draft.assignedToId = store.categories.get(draft.categoryId)?.assignedToId ?? null;
}

function clearDisabled(store: PracticeStore, draft: Draft): void {
  const disabled = store.trackers.get(draft.trackerId ?? 0)?.disabledFields;
  if (disabled === undefined || disabled.size === 0) return;
  if (disabled.has('assigned_to_id')) draft.assignedToId = null;
  if (disabled.has('category_id')) draft.categoryId = null;
  if (disabled.has('fixed_version_id')) draft.versionId = null;
  if (disabled.has('parent_issue_id')) draft.parentId = null;
  if (disabled.has('start_date')) draft.startDate = null;
  if (disabled.has('due_date')) draft.dueDate = null;
  if (disabled.has('estimated_hours')) draft.estimatedHours = null;
  if (disabled.has('description')) draft.description = null;
  if (disabled.has('done_ratio')) draft.doneRatio = 0;
}

/** Exactly the custom fields that project and tracker have; new ones start with their default value. */
function settleCustom(store: PracticeStore, draft: Draft): void {
  const { before } = draft;
  const fresh = before === null || before.trackerId !== draft.trackerId || before.projectId !== draft.projectId;
  const settled = new Map<number, CustomValue>();
  for (const field of store.customFieldsFor(draft.projectId, draft.trackerId)) {
    settled.set(field.id, draft.custom.get(field.id) ?? (fresh ? field.defaultValue : null));
  }
  draft.custom = settled;
}

function storable(draft: Draft): IssueFields | null {
  const { projectId, trackerId, statusId, priorityId, subject } = draft;
  if (projectId === null || trackerId === null || statusId === null || priorityId === null || subject === null)
    return null;
  return {
    projectId,
    trackerId,
    statusId,
    priorityId,
    subject,
    description: draft.description,
    assignedToId: draft.assignedToId,
    categoryId: draft.categoryId,
    versionId: draft.versionId,
    parentId: draft.parentId,
    startDate: draft.startDate,
    dueDate: draft.dueDate,
    doneRatio: draft.doneRatio,
    estimatedHours: draft.estimatedHours,
    isPrivate: draft.isPrivate,
  };
}
