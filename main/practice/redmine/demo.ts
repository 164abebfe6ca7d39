import { demoIssues } from './demo-data.js';
import type { PracticeState } from './state.js';

const dayMs = 86_400_000;

/** Plays the demo's history as its people would have made it, day by day, so that journals and parents come out right. */
export function fillDemo(state: PracticeState, projectId: number): void {
  const { store } = state;
  const offsetMs = store.clockOffsetMs;
  const ids = new Map<string, number>();
  const closings: { readonly id: number; readonly statusId: number; readonly daysAgo: number }[] = [];
  const dayFrom = (days: number): string => new Date(store.nowMs() + days * dayMs).toISOString().slice(0, 10);
  const at = (daysAgo: number): void => state.setClockOffset(offsetMs - daysAgo * dayMs);
  for (const demo of demoIssues) {
    const startDate = demo.startInDays === undefined ? dayFrom(-demo.daysAgo) : dayFrom(demo.startInDays);
    const dueDate = demo.dueInDays === undefined ? null : dayFrom(demo.dueInDays);
    at(demo.daysAgo);
    const issue = state.as(demo.author).create({
      project_id: projectId,
      tracker_id: state.trackerId(demo.tracker),
      subject: demo.subject,
      description: demo.description,
      priority_id: state.priorityId(demo.priority ?? 'Normal'),
      start_date: startDate,
      due_date: dueDate,
      estimated_hours: demo.hours ?? null,
      ...(demo.assignee === undefined ? {} : { assigned_to_id: state.user(demo.assignee).id }),
    });
    ids.set(demo.key, issue.id);
    const parentId = demo.parent === undefined ? undefined : ids.get(demo.parent);
    if (parentId !== undefined) state.as('alice').update(issue.id, { parent_issue_id: parentId });
    const commentsEvery = demo.daysAgo / ((demo.comments?.length ?? 0) + 2);
    (demo.comments ?? []).forEach(([login, text], index) => {
      at(demo.daysAgo - commentsEvery * (index + 1));
      state.as(login).comment(issue.id, text);
    });
    const endedDaysAgo = commentsEvery;
    at(endedDaysAgo);
    if (demo.doneRatio !== undefined) state.as('alice').update(issue.id, { done_ratio: demo.doneRatio });
    if (demo.status !== undefined) {
      closings.push({ id: issue.id, statusId: state.statusId(demo.status), daysAgo: endedDaysAgo });
    }
    at(0);
  }
  for (const closing of closings) {
    at(closing.daysAgo);
    state.as('alice').update(closing.id, { status_id: closing.statusId });
  }
  at(0);
}
