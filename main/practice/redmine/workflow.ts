import { rolesFor } from './access.js';
import type { Issue, Role, Status, User } from './records.js';
import { transitionKey, type PracticeStore } from './store.js';

/** What the workflow needs to know of an issue that is being made or edited. */
export interface WorkflowSubject {
  /** The stored issue, null for a new one. */
  readonly before: Issue | null;
  readonly projectId: number | null;
  readonly trackerId: number | null;
}

function rolesConsidered(store: PracticeStore, user: User | null, projectId: number | null): readonly Role[] {
  if (user?.admin === true) return [...store.roles.values()];
  const project = projectId === null ? undefined : store.projects.get(projectId);
  return project === undefined ? [] : rolesFor(store, user, project);
}

/**
 * The statuses that the user can give to the issue, in the order of the statuses' ids. The present one is among them
 * unless it is forbidden: no closed status while a descendant is open or a blocker is, no open one below a closed
 * ancestor. Where a fresh Redmine knows no transition for new issues, a new issue has the tracker's default only.
 */
export function statusesAllowed(store: PracticeStore, user: User | null, subject: WorkflowSubject): readonly Status[] {
  const { before, trackerId } = subject;
  if (trackerId === null) return [];
  const defaultId = store.trackers.get(trackerId)?.defaultStatusId ?? 0;
  const fromId = before === null ? 0 : initialStatus(store, before, trackerId, defaultId);
  const allowed = new Set<number>();
  for (const role of rolesConsidered(store, user, subject.projectId)) {
    for (const id of store.transitions.get(transitionKey(role.id, trackerId, fromId)) ?? []) allowed.add(id);
  }
  if (allowed.size > 0 && before !== null) allowed.add(fromId);
  if (allowed.size === 0 && before === null) allowed.add(defaultId);
  const closable = before === null || isClosable(store, before);
  const reopenable = before === null || isReopenable(store, before);
  return [...store.statuses.values()].filter(
    (status) => allowed.has(status.id) && (closable || !status.isClosed) && (reopenable || status.isClosed),
  );
}

function initialStatus(store: PracticeStore, before: Issue, trackerId: number, defaultId: number): number {
  if (before.trackerId === trackerId) return before.statusId;
  const wasDefault = store.trackers.get(before.trackerId)?.defaultStatusId === before.statusId;
  return wasDefault || !statusesOf(store, trackerId).has(before.statusId) ? defaultId : before.statusId;
}

/** Every status that the tracker's workflow mentions, plus its default. */
export function statusesOf(store: PracticeStore, trackerId: number): ReadonlySet<number> {
  const found = new Set<number>();
  for (const [key, targets] of store.transitions) {
    const [, tracker, from] = key.split(':');
    if (Number(tracker) !== trackerId) continue;
    if (from !== '0') found.add(Number(from));
    for (const id of targets) found.add(id);
  }
  const defaultId = store.trackers.get(trackerId)?.defaultStatusId;
  if (defaultId !== undefined) found.add(defaultId);
  return found;
}

function isClosable(store: PracticeStore, issue: Issue): boolean {
  if (store.descendantsOf(issue).some((child) => !store.isClosed(child))) return false;
  return !store.relations.some((relation) => {
    const blocker = store.issues.get(relation.fromId);
    return (
      relation.type === 'blocks' && relation.toId === issue.id && blocker !== undefined && !store.isClosed(blocker)
    );
  });
}

function isReopenable(store: PracticeStore, issue: Issue): boolean {
  return !store.ancestorsOf(issue).some((ancestor) => store.isClosed(ancestor));
}

/** Fields that the workflow makes read-only or required for this user: every one of his roles must say so. */
export function fieldRules(
  store: PracticeStore,
  user: User | null,
  subject: WorkflowSubject,
  statusId: number | null,
): { readonly readonly: ReadonlySet<string>; readonly required: ReadonlySet<string> } {
  const roles = store.fieldRules.length === 0 ? [] : rolesConsidered(store, user, subject.projectId);
  const rules = store.fieldRules.filter(
    (rule) =>
      rule.trackerId === subject.trackerId &&
      rule.statusId === statusId &&
      roles.some((role) => role.id === rule.roleId),
  );
  const locked = new Set<string>();
  const required = new Set<string>();
  for (const field of new Set(rules.map((rule) => rule.field))) {
    const ofField = rules.filter((rule) => rule.field === field);
    if (new Set(ofField.map((rule) => rule.roleId)).size < roles.length) continue;
    (ofField.every((rule) => rule.rule === 'readonly') ? locked : required).add(field);
  }
  return { readonly: locked, required };
}
