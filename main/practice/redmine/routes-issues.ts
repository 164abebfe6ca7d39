import { canSeeIssue, isAllowed, isAllowedSomewhere } from './access.js';
import {
  complain,
  deny,
  head,
  includesOf,
  json,
  listing,
  noContent,
  type Answer,
  type ApiRequest,
  type Handler,
} from './answers.js';
import { asJson } from './coerce.js';
import { complaintsAboutFilters, parseFilters } from './filters.js';
import { firstFrom } from './id-table.js';
import { canEdit, createIssue, deleteIssue, updateIssue } from './issues.js';
import { canSeeJournal, editJournal } from './journals.js';
import { runQuery } from './query.js';
import { projectStatuses, type Issue, type Project } from './records.js';
import type { PracticeStore } from './store.js';
import { wireIssue, wireIssueDetails, wireRelations } from './wire.js';

export const listIssues: Handler = (store, request, [pathProject]) => {
  const { user, params } = request;
  const named = pathProject ?? params.get('project_id');
  let project: Project | null = null;
  if (named !== null && named.trim() !== '') {
    project = store.findProject(named) ?? null;
    if (project === null) return head(404);
    if (project.status === projectStatuses.archived) return head(403);
    if (!isAllowed(store, user, 'view_issues', project)) return deny(store, user);
  } else if (!isAllowedSomewhere(store, user, 'view_issues')) {
    return deny(store, user);
  }
  const filters = parseFilters(store, user, project, params);
  const complaints = complaintsAboutFilters(filters);
  if (complaints.length > 0) return complain(complaints);
  const include = includesOf(params);
  const options = { viewer: user, include, withSpentHours: true };
  return listing('issues', found(store, request, project, filters), params, (issue) => ({
    ...wireIssue(store, issue, options),
    ...(include.has('attachments') ? { attachments: [] } : {}),
    ...(include.has('relations') ? { relations: wireRelations(store, issue, user) } : {}),
  }));
};

interface Kept {
  readonly revision: number;
  readonly day: number;
  readonly lists: Map<string, readonly Issue[]>;
}
const kept = new WeakMap<PracticeStore, Kept>();

/** Of the newest queries. */
const maxKeptLists = 16;

/**
 * The pages of one listing ask for the same query again and again: its result is kept until something changes. Pages
 * by id (`issue_id=>=N`, in the order of ids) are the rest of what the same query found without that filter.
 */
function found(
  store: PracticeStore,
  request: ApiRequest,
  project: Project | null,
  filters: ReturnType<typeof parseFilters>,
): readonly Issue[] {
  const day = Math.floor(store.nowMs() / 86_400_000);
  let now = kept.get(store);
  if (now === undefined || now.revision !== store.revision || now.day !== day) {
    now = { revision: store.revision, day, lists: new Map() };
    kept.set(store, now);
  }
  const sort = request.params.get('sort') ?? '';
  const keyOf = (asked: typeof filters): string =>
    JSON.stringify([
      request.user?.id ?? 0,
      project?.id ?? 0,
      sort,
      asked.map((filter) => [filter.field, filter.operator, filter.values]),
    ]);
  const from = filters.find((filter) => filter.field === 'issue_id' && filter.operator === '>=');
  const fromId = Number(from?.values[0]);
  if (from !== undefined && !Number.isNaN(fromId) && (sort === 'id' || sort === 'id:asc')) {
    const whole = now.lists.get(keyOf(filters.filter((filter) => filter !== from)));
    if (whole !== undefined) return whole.slice(firstFrom(whole, fromId, (issue) => issue.id));
  }
  const key = keyOf(filters);
  const known = now.lists.get(key) ?? runQuery(store, { user: request.user, project, filters, sort });
  now.lists.set(key, known);
  if (now.lists.size > maxKeptLists) now.lists.delete([...now.lists.keys()][0] ?? '');
  return known;
}

/** Runs what follows only for an issue that the user can see. */
function withIssue(
  store: PracticeStore,
  request: ApiRequest,
  id: string | undefined,
  then: (issue: Issue) => Answer,
): Answer {
  const issue = /^\d+$/.test(id ?? '') ? store.issues.get(Number(id)) : undefined;
  if (issue === undefined) return head(404);
  if (store.projects.get(issue.projectId)?.status === projectStatuses.archived) return deny(store, request.user);
  return canSeeIssue(store, request.user, issue) ? then(issue) : deny(store, request.user);
}

export const oneIssue: Handler = (store, request, [id]) =>
  withIssue(store, request, id, (issue) => {
    const options = { viewer: request.user, include: includesOf(request.params), withSpentHours: true };
    return json(200, { issue: wireIssueDetails(store, issue, options) });
  });

export const addIssue: Handler = (store, request, [pathProject]) => {
  const { user } = request;
  const project = pathProject === undefined ? null : store.findProject(pathProject);
  if (project === undefined) return head(404);
  const may =
    project === null ? isAllowedSomewhere(store, user, 'add_issues') : isAllowed(store, user, 'add_issues', project);
  if (user === null || !may) return deny(store, user);
  const saved = createIssue(store, user, asJson(request.body['issue']), project?.id ?? null);
  if (!saved.ok) return complain(saved.complaints);
  const options = { viewer: user, include: new Set<string>(), withSpentHours: project !== null };
  return json(
    201,
    { issue: wireIssue(store, saved.issue, options) },
    { Location: `${request.origin}/issues/${saved.issue.id}` },
  );
};

export const editIssue: Handler = (store, request, [id]) =>
  withIssue(store, request, id, (issue) => {
    const { user } = request;
    if (user === null || !canEdit(store, user, issue)) return deny(store, user);
    const saved = updateIssue(store, user, issue, asJson(request.body['issue']));
    return saved.ok ? noContent() : complain(saved.complaints);
  });

export const removeIssue: Handler = (store, request, [id]) =>
  withIssue(store, request, id, (issue) => {
    const project = store.projects.get(issue.projectId);
    const { user } = request;
    if (user === null || project === undefined || !isAllowed(store, user, 'delete_issues', project)) {
      return deny(store, user);
    }
    deleteIssue(store, user, issue);
    return noContent();
  });

/** Entries that the user cannot see are "not found" also for somebody who is not logged in. */
export const changeJournal: Handler = (store, request, [id]) => {
  const { user } = request;
  const journal = store.journals.get(Number(id));
  if (journal === undefined || !canSeeJournal(store, user, journal)) return head(404);
  if (user === null) return deny(store, null);
  const done = editJournal(store, user, journal, asJson(request.body['journal']));
  return done === 'forbidden' ? head(403) : noContent();
};
