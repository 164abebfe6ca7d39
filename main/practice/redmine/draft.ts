import type { CustomValue, Issue, IssueFields } from './records.js';
import type { PracticeStore } from './store.js';

/** An issue on its way to being saved: what a request asked for, not yet checked. */
export interface Draft extends Omit<IssueFields, 'projectId' | 'trackerId' | 'statusId' | 'priorityId' | 'subject'> {
  /** The stored issue, null for a new one. */
  readonly before: Issue | null;
  readonly authorId: number;
  projectId: number | null;
  trackerId: number | null;
  statusId: number | null;
  priorityId: number | null;
  subject: string | null;
  custom: Map<number, CustomValue>;
  customChanged: boolean;
  /** Fields that were given something that is no date, no number of hours or no issue. */
  readonly malformed: Set<'start_date' | 'due_date' | 'estimated_hours' | 'parent_issue_id'>;
  notes: string;
  privateNotes: boolean;
  lockVersion: number;
  watcherIds: readonly number[];
}

/** A new issue as Redmine fills it before it looks at the request: it starts today, at the default priority. */
export function newDraft(store: PracticeStore, authorId: number): Draft {
  const normal = [...store.priorities.values()].find((priority) => priority.isDefault);
  return {
    before: null,
    authorId,
    projectId: null,
    trackerId: null,
    statusId: null,
    priorityId: normal?.id ?? null,
    subject: '',
    description: null,
    assignedToId: null,
    categoryId: null,
    versionId: null,
    parentId: null,
    startDate: new Date(store.nowMs()).toISOString().slice(0, 10),
    dueDate: null,
    doneRatio: 0,
    estimatedHours: null,
    isPrivate: false,
    custom: new Map(),
    customChanged: true,
    malformed: new Set(),
    notes: '',
    privateNotes: false,
    lockVersion: 0,
    watcherIds: [],
  };
}

export function draftOf(issue: Issue): Draft {
  return {
    before: issue,
    authorId: issue.authorId,
    projectId: issue.projectId,
    trackerId: issue.trackerId,
    statusId: issue.statusId,
    priorityId: issue.priorityId,
    subject: issue.subject,
    description: issue.description,
    assignedToId: issue.assignedToId,
    categoryId: issue.categoryId,
    versionId: issue.versionId,
    parentId: issue.parentId,
    startDate: issue.startDate,
    dueDate: issue.dueDate,
    doneRatio: issue.doneRatio,
    estimatedHours: issue.estimatedHours,
    isPrivate: issue.isPrivate,
    custom: new Map(issue.custom),
    customChanged: false,
    malformed: new Set(),
    notes: '',
    privateNotes: false,
    lockVersion: issue.lockVersion,
    watcherIds: [],
  };
}

/** Text with the line ends that Redmine stores in descriptions (notes keep what they were sent with). */
export function withCrLf(text: string): string {
  return text.replace(/\r\n|\n|\r/g, '\r\n');
}
