import { issueVisibility } from './access.js';
import { parseMoment, type Filter } from './filters.js';
import type { CustomValue, Issue, Project, User } from './records.js';
import type { PracticeStore } from './store.js';

const dayMs = 86_400_000;

export interface IssueQuery {
  readonly user: User | null;
  /** Null asks over all projects. */
  readonly project: Project | null;
  readonly filters: readonly Filter[];
  /** As in the address: `updated_on:desc,id`. */
  readonly sort: string;
}

/** The issues that match and that the user may see, in order. */
export function runQuery(store: PracticeStore, query: IssueQuery): readonly Issue[] {
  const tests = [
    issueVisibility(store, query.user),
    projectTest(store, query),
    ...query.filters.map((filter) => filterTest(store, query, filter)),
  ];
  const found: Issue[] = [];
  for (const issue of candidates(store, query.filters)) {
    if (tests.every((test) => test(issue))) found.push(issue);
  }
  return sortIssues(found, query.sort);
}

/** Where ids are asked for, only those are looked at: a request must not take longer because the site is large. */
function candidates(store: PracticeStore, filters: readonly Filter[]): Iterable<Issue> {
  const filter = filters.find((one) => one.field === 'issue_id');
  const value = filter?.values[0] ?? '';
  if (filter?.operator === '>=') return store.issues.from(Number(value));
  if (filter?.operator !== '=') return store.issues.values();
  return [...new Set(value.split(',').map(Number))].flatMap((id) => store.issues.get(id) ?? []);
}

function projectTest(store: PracticeStore, query: IssueQuery): (issue: Issue) => boolean {
  const { project } = query;
  if (project === null) return () => true;
  const below = store.childProjects(project).map((child) => child.id);
  const filter = query.filters.find((one) => one.field === 'subproject_id');
  const ids = new Set([project.id]);
  const named = new Set((filter?.values ?? []).map(Number));
  for (const id of below) {
    if (filter?.operator === '!*') continue;
    if (filter?.operator === '=' && !named.has(id)) continue;
    if (filter?.operator === '!' && named.has(id)) continue;
    ids.add(id);
  }
  return (issue) => ids.has(issue.projectId);
}

const columns: Readonly<Record<string, (issue: Issue) => number | string | null>> = {
  status_id: (issue) => issue.statusId,
  project_id: (issue) => issue.projectId,
  tracker_id: (issue) => issue.trackerId,
  priority_id: (issue) => issue.priorityId,
  author_id: (issue) => issue.authorId,
  assigned_to_id: (issue) => issue.assignedToId,
  fixed_version_id: (issue) => issue.versionId,
  category_id: (issue) => issue.categoryId,
  subject: (issue) => issue.subject,
  description: (issue) => issue.description,
  created_on: (issue) => issue.createdOnMs,
  updated_on: (issue) => issue.updatedOnMs,
  closed_on: (issue) => issue.closedOnMs,
  start_date: (issue) => dayStart(issue.startDate),
  due_date: (issue) => dayStart(issue.dueDate),
  estimated_hours: (issue) => issue.estimatedHours,
  done_ratio: (issue) => issue.doneRatio,
  is_private: (issue) => (issue.isPrivate ? 1 : 0),
  issue_id: (issue) => issue.id,
};

function dayStart(day: string | null): number | null {
  return day === null ? null : Date.parse(`${day}T00:00:00Z`);
}

function filterTest(store: PracticeStore, query: IssueQuery, filter: Filter): (issue: Issue) => boolean {
  const { field, operator } = filter;
  if (field === 'subproject_id') return () => true;
  if (operator === 'o' || operator === 'c') return (issue) => store.isClosed(issue) === (operator === 'c');
  if (field === 'parent_id' || field === 'child_id') return treeTest(store, filter);
  const values = filter.values.map((value) => (value === 'me' ? String(query.user?.id ?? 0) : value));
  const test = valueTest(store, filter, values);
  const { customField } = filter;
  if (customField !== null) return (issue) => testCustom(issue.custom.get(customField.id) ?? null, filter, test);
  const column = columns[field];
  return column === undefined ? () => true : (issue) => test(column(issue));
}

/** A field with several values matches when one of them does; "is not" when none does. */
function testCustom(value: CustomValue, filter: Filter, test: (value: number | string | null) => boolean): boolean {
  const texts: readonly (string | null)[] = value === null || typeof value === 'string' ? [value] : value;
  const numeric = filter.kind === 'integer' || filter.kind === 'float';
  const one = (text: string | null): boolean => {
    if (text === '' && filter.operator !== '=' && filter.operator !== '!') return test(null);
    if (filter.kind === 'date') return test(dayStart(text));
    return test(numeric && text !== null && text !== '' ? Number(text) : text);
  };
  return filter.operator === '!' ? texts.every(one) : texts.some(one);
}

function valueTest(
  store: PracticeStore,
  filter: Filter,
  values: readonly string[],
): (value: number | string | null) => boolean {
  const { operator, kind } = filter;
  if (operator === '*') return (value) => value !== null;
  if (operator === '!*') return (value) => value === null || (value === '' && kind !== 'list');
  if (kind === 'date') return dateTest(store, operator, values);
  if (kind === 'integer' || kind === 'float') return numberTest(operator, values);
  const first = (values[0] ?? '').toLowerCase();
  if (operator === '=' || operator === '!') {
    const wanted = new Set(values);
    return (value) => (value !== null && wanted.has(String(value))) === (operator === '=');
  }
  const text = (value: number | string | null): string => String(value ?? '').toLowerCase();
  if (operator === '^') return (value) => text(value).startsWith(first);
  if (operator === '$') return (value) => text(value).endsWith(first);
  const words = first.split(/\s+/).filter((word) => word.length > 1);
  const wanted = words.length > 0 ? words : [first];
  return (value) => wanted.every((word) => text(value).includes(word)) === (operator === '~');
}

function numberTest(operator: string, values: readonly string[]): (value: number | string | null) => boolean {
  const first = Number(values[0] ?? 0);
  const compare = (test: (value: number) => boolean) => (value: number | string | null) =>
    typeof value === 'number' && test(value);
  if (operator === '>=') return compare((value) => value >= first);
  if (operator === '<=') return compare((value) => value <= first);
  if (operator === '><') return compare((value) => value >= first && value <= Number(values[1] ?? 0));
  const wanted = new Set((values[0] ?? '').split(',').map(Number));
  return compare((value) => wanted.has(value));
}

/**
 * A moment as lower bound lets in what is up to a second older, because it asks for "later than one second before":
 * stored times have fractions that answers do not show.
 */
function dateTest(
  store: PracticeStore,
  operator: string,
  values: readonly string[],
): (value: number | string | null) => boolean {
  const today = store.nowMs() - (store.nowMs() % dayMs);
  const ago = (days: number): number => today - days * dayMs;
  const within = (fromMs: number | null, toMs: number | null) => (value: number | string | null) =>
    typeof value === 'number' && (fromMs === null || value >= fromMs) && (toMs === null || value <= toMs);
  const days = Number(values[0]);
  const from = lowerBound(values[0]);
  switch (operator) {
    case '>=':
      return within(from, null);
    case '<=':
      return within(null, upperBound(values[0]));
    case '=':
      return within(from, upperBound(values[0]));
    case '><':
      return within(from, upperBound(values[1]));
    case 't':
      return within(today, today + dayMs - 1);
    case 'ld':
      return within(ago(1), today - 1);
    case '>t-':
      return within(ago(days), null);
    case '<t-':
      return within(null, ago(days) + dayMs - 1);
    case '><t-':
      return within(ago(days), today + dayMs - 1);
    default:
      return within(ago(days), ago(days) + dayMs - 1);
  }
}

function lowerBound(value: string | undefined): number | null {
  const moment = parseMoment(value ?? '');
  if (moment === null) return null;
  return moment.isDay ? moment.timeMs : moment.timeMs - 999;
}

function upperBound(value: string | undefined): number | null {
  const moment = parseMoment(value ?? '');
  if (moment === null) return null;
  return moment.isDay ? moment.timeMs + dayMs - 1 : moment.timeMs;
}

function treeTest(store: PracticeStore, filter: Filter): (issue: Issue) => boolean {
  const { operator } = filter;
  const ids = new Set([...(filter.values[0] ?? '').matchAll(/\d+/g)].map((found) => Number(found[0])));
  if (filter.field === 'parent_id') {
    if (operator === '!*' || operator === '*') return (issue) => (issue.parentId === null) === (operator === '!*');
    if (operator === '=') return (issue) => issue.parentId !== null && ids.has(issue.parentId);
    return (issue) => store.ancestorsOf(issue).some((one) => ids.has(one.id));
  }
  if (operator === '!*' || operator === '*') return (issue) => (issue.childIds.length === 0) === (operator === '!*');
  if (operator === '=') return (issue) => issue.childIds.some((id) => ids.has(id));
  return (issue) => store.descendantsOf(issue).some((one) => ids.has(one.id));
}

const sortKeys: Readonly<Record<string, (issue: Issue) => number | string | null>> = {
  id: (issue) => issue.id,
  tracker: (issue) => issue.trackerId,
  status: (issue) => issue.statusId,
  priority: (issue) => issue.priorityId,
  subject: (issue) => issue.subject,
  updated_on: (issue) => issue.updatedOnMs,
  created_on: (issue) => issue.createdOnMs,
  closed_on: (issue) => issue.closedOnMs,
  start_date: (issue) => issue.startDate,
  due_date: (issue) => issue.dueDate,
  done_ratio: (issue) => issue.doneRatio,
  estimated_hours: (issue) => issue.estimatedHours,
};

/** At most three keys; unknown ones are passed over; the newest id decides where the id is not among them. */
function sortIssues(issues: Issue[], sort: string): readonly Issue[] {
  const wanted = sort
    .split(',')
    .map((part) => part.split(':'))
    .slice(0, 3)
    .map(([name, order]) => ({ key: sortKeys[name ?? ''], name, falling: order === 'desc' }));
  const known = wanted.flatMap(({ key, name, falling }) => (key === undefined ? [] : [{ key, name, falling }]));
  const keys = known.some((one) => one.name === 'id') ? known : [...known, { key: (i: Issue) => i.id, falling: true }];
  return issues.sort((a, b) => {
    for (const { key, falling } of keys) {
      const order = compare(key(a), key(b));
      if (order !== 0) return falling ? -order : order;
    }
    return 0;
  });
}

/** Empty values first, as SQLite and MySQL have it. */
function compare(a: number | string | null, b: number | string | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
}
