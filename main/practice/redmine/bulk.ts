import { recalculateFromChildren } from './derive.js';
import { withCrLf } from './draft.js';
import { must } from './person.js';
import type { CustomValue, Issue, IssueFields } from './records.js';
import type { PracticeStore } from './store.js';

export interface NewIssue extends Partial<IssueFields> {
  readonly subject: string;
  readonly authorId?: number;
  readonly custom?: Readonly<Record<number, CustomValue>>;
  readonly createdOnMs?: number;
  readonly updatedOnMs?: number;
  readonly notes?: readonly { readonly userId: number; readonly notes: string; readonly privateNotes?: boolean }[];
}

/** Puts an issue in as it is, past all rules; its parent's derived fields are kept right. */
export function insertIssue(store: PracticeStore, spec: NewIssue): Issue {
  const createdOnMs = spec.createdOnMs ?? store.nowMs();
  const updatedOnMs = spec.updatedOnMs ?? createdOnMs;
  const statusId = spec.statusId ?? must([...store.statuses.keys()][0], 'status');
  const normal = [...store.priorities.values()].find((priority) => priority.isDefault);
  const issue: Issue = {
    id: store.nextIssueId(),
    projectId: spec.projectId ?? must([...store.projects.keys()][0], 'project'),
    trackerId: spec.trackerId ?? must([...store.trackers.keys()][0], 'tracker'),
    statusId,
    priorityId: spec.priorityId ?? must(normal, 'default priority').id,
    subject: spec.subject,
    description: spec.description == null ? null : withCrLf(spec.description),
    assignedToId: spec.assignedToId ?? null,
    categoryId: spec.categoryId ?? null,
    versionId: spec.versionId ?? null,
    parentId: spec.parentId ?? null,
    startDate: spec.startDate ?? null,
    dueDate: spec.dueDate ?? null,
    doneRatio: spec.doneRatio ?? 0,
    estimatedHours: spec.estimatedHours ?? null,
    isPrivate: spec.isPrivate ?? false,
    authorId: spec.authorId ?? 1,
    custom: new Map(Object.entries(spec.custom ?? {}).map(([id, value]) => [Number(id), value])),
    createdOnMs,
    updatedOnMs,
    closedOnMs: store.isClosed({ statusId }) ? updatedOnMs : null,
    lockVersion: 1,
    watcherIds: new Set(),
    childIds: [],
    journals: [],
  };
  store.issues.set(issue.id, issue);
  for (const note of spec.notes ?? []) {
    store.addJournal({ privateNotes: false, ...note, issueId: issue.id, createdOnMs: updatedOnMs, details: [] });
  }
  if (issue.parentId !== null) {
    store.linkChild(issue.parentId, issue.id);
    recalculateFromChildren(store, issue.parentId, null);
  }
  store.touch();
  return issue;
}
