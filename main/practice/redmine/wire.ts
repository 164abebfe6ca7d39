import { canSeeIssue, isAllowed } from './access.js';
import { totalEstimatedHours } from './derive.js';
import { visibleEntries } from './journals.js';
import type { CustomValue, Issue, Journal, User } from './records.js';
import { fullName, type PracticeStore } from './store.js';
import { statusesAllowed } from './workflow.js';

/** Issues as Redmine writes them in JSON, key by key in its order. */

export function wireTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}

interface Named {
  readonly id: number;
  readonly name: string;
}

export function wireUser(store: PracticeStore, id: number): Named | undefined {
  const user = store.users.get(id);
  return user === undefined ? undefined : { id, name: fullName(user) };
}

function named(map: ReadonlyMap<number, { readonly name: string }>, id: number | null): Named | undefined {
  const found = id === null ? undefined : map.get(id);
  return id === null || found === undefined ? undefined : { id, name: found.name };
}

export interface WireOptions {
  readonly viewer: User | null;
  readonly include: ReadonlySet<string>;
  /** The answer to a create shows no spent time unless its address names the project. */
  readonly withSpentHours: boolean;
}

export function wireIssue(store: PracticeStore, issue: Issue, options: WireOptions): Record<string, unknown> {
  const { viewer } = options;
  const project = store.projects.get(issue.projectId);
  const status = store.statuses.get(issue.statusId);
  const showsTime =
    options.withSpentHours && project !== undefined && isAllowed(store, viewer, 'view_time_entries', project);
  return {
    id: issue.id,
    project: named(store.projects, issue.projectId),
    tracker: named(store.trackers, issue.trackerId),
    status: status === undefined ? undefined : { id: status.id, name: status.name, is_closed: status.isClosed },
    priority: named(store.priorities, issue.priorityId),
    author: wireUser(store, issue.authorId),
    assigned_to: issue.assignedToId === null ? undefined : wireUser(store, issue.assignedToId),
    category: named(store.categories, issue.categoryId),
    fixed_version: named(store.versions, issue.versionId),
    parent: issue.parentId === null ? undefined : { id: issue.parentId },
    subject: issue.subject,
    description: issue.description,
    start_date: issue.startDate,
    due_date: issue.dueDate,
    done_ratio: issue.doneRatio,
    is_private: issue.isPrivate,
    estimated_hours: issue.estimatedHours,
    total_estimated_hours: totalEstimatedHours(store, issue, viewer),
    ...(showsTime ? { spent_hours: 0, total_spent_hours: 0 } : {}),
    ...wireCustom(store, issue),
    created_on: wireTime(issue.createdOnMs),
    updated_on: wireTime(issue.updatedOnMs),
    closed_on: issue.closedOnMs === null ? null : wireTime(issue.closedOnMs),
  };
}

/** The parts that GET /issues/:id.json adds on request. */
export function wireIssueDetails(store: PracticeStore, issue: Issue, options: WireOptions): Record<string, unknown> {
  const { include, viewer } = options;
  const project = store.projects.get(issue.projectId);
  const seesWatchers = project !== undefined && isAllowed(store, viewer, 'view_issue_watchers', project);
  const relations = wireRelations(store, issue, viewer);
  return {
    ...wireIssue(store, issue, options),
    ...(include.has('children') && issue.childIds.length > 0 ? { children: wireChildren(store, issue) } : {}),
    ...(include.has('attachments') ? { attachments: [] } : {}),
    ...(include.has('relations') && relations.length > 0 ? { relations } : {}),
    ...(include.has('changesets') ? { changesets: [] } : {}),
    ...(include.has('journals') ? { journals: wireJournals(store, issue, viewer) } : {}),
    ...(include.has('watchers') && seesWatchers
      ? { watchers: [...issue.watcherIds].sort((a, b) => a - b).flatMap((id) => wireUser(store, id) ?? []) }
      : {}),
    ...(include.has('allowed_statuses') ? { allowed_statuses: wireAllowedStatuses(store, issue, viewer) } : {}),
  };
}

/** Every child with its subject, also private ones that the reader could not open: so it is in Redmine 5.0. */
function wireChildren(store: PracticeStore, issue: Issue): readonly unknown[] {
  return store.childrenOf(issue).map((child) => ({
    id: child.id,
    tracker: named(store.trackers, child.trackerId),
    subject: child.subject,
    ...(child.childIds.length > 0 ? { children: wireChildren(store, child) } : {}),
  }));
}

export function wireRelations(store: PracticeStore, issue: Issue, viewer: User | null): readonly unknown[] {
  return store.relations
    .filter((relation) => relation.fromId === issue.id || relation.toId === issue.id)
    .filter((relation) => {
      const other = store.issues.get(relation.fromId === issue.id ? relation.toId : relation.fromId);
      return other !== undefined && canSeeIssue(store, viewer, other);
    })
    .map((relation) => ({
      id: relation.id,
      issue_id: relation.fromId,
      issue_to_id: relation.toId,
      relation_type: relation.type,
      delay: null,
    }));
}

function wireJournals(store: PracticeStore, issue: Issue, viewer: User | null): readonly unknown[] {
  return visibleEntries(store, viewer, issue).map((journal) => wireJournal(store, journal));
}

function wireJournal(store: PracticeStore, journal: Journal): unknown {
  return {
    id: journal.id,
    user: wireUser(store, journal.userId),
    notes: journal.notes,
    created_on: wireTime(journal.createdOnMs),
    private_notes: journal.privateNotes,
    details: journal.details.map((detail) => ({
      property: detail.property,
      name: detail.name,
      old_value: detail.oldValue,
      new_value: detail.newValue,
    })),
  };
}

function wireAllowedStatuses(store: PracticeStore, issue: Issue, viewer: User | null): readonly unknown[] {
  const subject = { before: issue, projectId: issue.projectId, trackerId: issue.trackerId };
  return statusesAllowed(store, viewer, subject).map((status) => ({
    id: status.id,
    name: status.name,
    is_closed: status.isClosed,
  }));
}

function wireCustom(store: PracticeStore, issue: Issue): Record<string, unknown> {
  const fields = store.customFieldsFor(issue.projectId, issue.trackerId);
  if (fields.length === 0) return {};
  return {
    custom_fields: fields.map((field) => ({
      id: field.id,
      name: field.name,
      ...(field.multiple
        ? { multiple: true, value: listValue(issue.custom.get(field.id) ?? null) }
        : { value: issue.custom.get(field.id) ?? null }),
    })),
  };
}

function listValue(value: CustomValue): readonly string[] {
  const list = value === null ? [] : typeof value === 'string' ? [value] : value;
  return list.filter((one) => one.trim() !== '');
}
