import { issueVisibility } from './access.js';
import type { Issue, User } from './records.js';
import type { PracticeStore } from './store.js';

/**
 * What a parent takes from its children, whatever was written to it: the highest priority of the open ones, the
 * earliest start, the latest due date, the done ratio weighed by estimated hours. A parent that changes so gets a new
 * `updated_on` but no journal entry.
 */
export function recalculateFromChildren(
  store: PracticeStore,
  issueId: number | null,
  user: User | null,
  lostChild = false,
): void {
  const parent = issueId === null ? undefined : store.issues.get(issueId);
  if (parent === undefined) return;
  const children = store.childrenOf(parent);
  // An issue whose children go with it counts as a parent to the end: it hands the loss of their dates upwards.
  if (children.length > 0 || lostChild) {
    const before = derivedPart(parent);
    takeDates(parent, children);
    takePriority(store, parent, children);
    if (children.length > 0) parent.doneRatio = doneRatioOf(store, children, user);
    if (derivedPart(parent) !== before) {
      parent.updatedOnMs = store.stampMs();
      parent.lockVersion += 1;
      store.touch();
    }
  }
  recalculateFromChildren(store, parent.parentId, user);
}

function derivedPart(issue: Issue): string {
  return JSON.stringify([issue.priorityId, issue.startDate, issue.dueDate, issue.doneRatio]);
}

function takeDates(parent: Issue, children: readonly Issue[]): void {
  const starts = children.flatMap((child) => child.startDate ?? []).sort();
  const dues = children.flatMap((child) => child.dueDate ?? []).sort();
  const start = starts[0] ?? null;
  const due = dues.at(-1) ?? null;
  const swapped = start !== null && due !== null && due < start;
  parent.startDate = swapped ? due : start;
  parent.dueDate = swapped ? start : due;
}

/** The order of priorities is that of their ids here. With no open child it falls back to the default priority. */
function takePriority(store: PracticeStore, parent: Issue, children: readonly Issue[]): void {
  const open = children.filter((child) => !store.isClosed(child)).map((child) => child.priorityId);
  const fallback = [...store.priorities.values()].find((priority) => priority.isDefault)?.id ?? parent.priorityId;
  parent.priorityId = open.length > 0 ? Math.max(...open) : fallback;
}

/** Rounded down, in whole numbers throughout: 29.999... of a floating sum must not become 29 by accident. */
function doneRatioOf(store: PracticeStore, children: readonly Issue[], user: User | null): number {
  const hours = children.map((child) => BigInt(Math.round((totalEstimatedHours(store, child, user) ?? 0) * 1e6)));
  const estimated = hours.filter((value) => value > 0n);
  const sum = estimated.length > 0 ? estimated.reduce((total, value) => total + value, 0n) : 1n;
  const count = BigInt(Math.max(estimated.length, 1));
  // Everything is multiplied by the number of estimated children, so that their average stays whole.
  const done = children.reduce((total, child, index) => {
    const own = hours[index] ?? 0n;
    const weight = own > 0n ? own * count : sum;
    return total + weight * BigInt(store.isClosed(child) ? 100 : child.doneRatio);
  }, 0n);
  return Number(done / (sum * BigInt(children.length)));
}

/** Own hours of a leaf (null where none are set); of a parent the sum over what the user can see below it. */
export function totalEstimatedHours(store: PracticeStore, issue: Issue, user: User | null): number | null {
  if (issue.childIds.length === 0) return issue.estimatedHours;
  const isVisible = issueVisibility(store, user);
  return [issue, ...store.descendantsOf(issue)]
    .filter(isVisible)
    .reduce((sum, one) => sum + (one.estimatedHours ?? 0), 0);
}
