import { isAllowedSomewhere } from './access.js';
import type { CustomField, Project, User } from './records.js';
import type { PracticeStore } from './store.js';

/**
 * The filters of GET /issues.json as they are written in an address: `field=value`, `field=>=value`,
 * `field=a|b`, or the long form `f[]=field&op[field]=>=&v[field][]=value`. A field that is not known - a custom field
 * that does not exist, `is_private` for somebody who may not set it - is passed over in silence, so that a mistyped
 * filter returns everything.
 */

export type FilterKind =
  'list' | 'status' | 'optional' | 'subprojects' | 'date' | 'text' | 'string' | 'integer' | 'float' | 'tree';

const operatorsOf: Readonly<Record<FilterKind, readonly string[]>> = {
  list: ['=', '!'],
  status: ['o', '=', '!', 'c', '*'],
  optional: ['=', '!', '!*', '*'],
  subprojects: ['*', '!*', '=', '!'],
  date: ['=', '>=', '<=', '><', '>t-', '<t-', '><t-', 't-', 't', 'ld', '!*', '*'],
  text: ['~', '!~', '^', '$', '!*', '*'],
  string: ['~', '=', '!~', '!', '^', '$', '!*', '*'],
  integer: ['=', '>=', '<=', '><', '!*', '*'],
  float: ['=', '>=', '<=', '><', '!*', '*'],
  tree: ['=', '~', '!*', '*'],
};

const withoutValue = ['o', 'c', '!*', '*', 't', 'ld'];

export interface Filter {
  readonly field: string;
  readonly kind: FilterKind;
  readonly label: string;
  readonly operator: string;
  /** At least one; empty text where none was given. */
  readonly values: readonly string[];
  /** Set for `cf_N`. */
  readonly customField: CustomField | null;
}

interface Available {
  readonly kind: FilterKind;
  readonly label: string;
  readonly customField: CustomField | null;
}

const standard: readonly (readonly [string, FilterKind, string])[] = [
  ['status_id', 'status', 'Status'],
  ['project_id', 'list', 'Project'],
  ['tracker_id', 'list', 'Tracker'],
  ['priority_id', 'list', 'Priority'],
  ['author_id', 'list', 'Author'],
  ['assigned_to_id', 'optional', 'Assignee'],
  ['fixed_version_id', 'optional', 'Target version'],
  ['category_id', 'optional', 'Category'],
  ['subject', 'text', 'Subject'],
  ['description', 'text', 'Description'],
  ['created_on', 'date', 'Created'],
  ['updated_on', 'date', 'Updated'],
  ['closed_on', 'date', 'Closed'],
  ['start_date', 'date', 'Start date'],
  ['due_date', 'date', 'Due date'],
  ['estimated_hours', 'float', 'Estimated time'],
  ['done_ratio', 'integer', '% Done'],
  ['is_private', 'list', 'Private'],
  ['subproject_id', 'subprojects', 'Subproject'],
  ['parent_id', 'tree', 'Parent task'],
  ['child_id', 'tree', 'Subtasks'],
  ['issue_id', 'integer', 'Issue'],
];

/** Filters that Redmine has and this server does not: it must say so rather than return too much. */
const notPractised =
  /^(notes|attachment|attachment_description|watcher_id|updated_by|last_updated_by|member_of_group|assigned_to_role|spent_time|relates|duplicates|duplicated|blocks|blocked|precedes|follows|copied_to|copied_from|project\.|author\.|assigned_to\.|fixed_version\.)/;

export class NotPractised extends Error {}

function availableFilters(store: PracticeStore, user: User | null, project: Project | null): Map<string, Available> {
  const mayHide =
    isAllowedSomewhere(store, user, 'set_issues_private') || isAllowedSomewhere(store, user, 'set_own_issues_private');
  const absent = new Set<string>([
    ...(project === null ? ['category_id', 'subproject_id'] : ['project_id']),
    ...(project !== null && store.childProjects(project).length === 0 ? ['subproject_id'] : []),
    ...(mayHide ? [] : ['is_private']),
  ]);
  const found = new Map<string, Available>();
  for (const [field, kind, label] of standard) {
    if (!absent.has(field)) found.set(field, { kind, label, customField: null });
  }
  for (const field of store.customFields.values()) {
    if (!field.isFilter || (project !== null && !field.isForAll && !project.customFieldIds.has(field.id))) continue;
    found.set(`cf_${field.id}`, { kind: customKind(field), label: field.name, customField: field });
  }
  return found;
}

function customKind(field: CustomField): FilterKind {
  if (field.format === 'int') return 'integer';
  if (field.format === 'float' || field.format === 'date' || field.format === 'text') return field.format;
  return field.format === 'string' || field.format === 'link' ? 'string' : 'optional';
}

/** The filters of a request. Without one for the status, only open issues are asked for. */
export function parseFilters(
  store: PracticeStore,
  user: User | null,
  project: Project | null,
  params: URLSearchParams,
): readonly Filter[] {
  for (const name of params.keys()) if (notPractised.test(name)) throw new NotPractised(name);
  const available = availableFilters(store, user, project);
  const long = params.getAll('f[]').filter((field) => field !== '');
  if (params.has('f[]')) {
    return long.flatMap((field) => {
      const known = available.get(field);
      const values = params.getAll(`v[${field}][]`);
      const operator = params.get(`op[${field}]`) ?? '=';
      return known === undefined ? [] : [{ field, ...known, operator, values: values.length > 0 ? values : [''] }];
    });
  }
  const given = [...available].flatMap(([field, known]): Filter[] => {
    const expression = lastOf(params, field);
    return expression === null ? [] : [{ field, ...known, ...splitExpression(known.kind, expression) }];
  });
  if (given.some((filter) => filter.field === 'status_id')) return given;
  return [
    { field: 'status_id', kind: 'status', label: 'Status', operator: 'o', values: [''], customField: null },
    ...given,
  ];
}

function lastOf(params: URLSearchParams, name: string): string | null {
  return params.getAll(name).at(-1) ?? null;
}

/** The longest operator first: they are tried in falling alphabetical order. */
function splitExpression(kind: FilterKind, expression: string): Pick<Filter, 'operator' | 'values'> {
  const operators = [...operatorsOf[kind]].sort().reverse();
  const operator = operators.find((one) => expression.startsWith(one));
  const rest = operator === undefined ? expression : expression.slice(operator.length);
  const values = rest.trim() === '' ? [''] : rest.split('|');
  while (values.length > 1 && values.at(-1) === '') values.pop();
  return { operator: operator ?? '=', values };
}

/** What is wrong with the filters, in their order; empty where nothing is. */
export function complaintsAboutFilters(filters: readonly Filter[]): readonly string[] {
  return filters.flatMap((filter) => {
    const found: string[] = [];
    if (filter.values.some((value) => value !== '' && !isWellFormed(filter, value)))
      found.push(`${filter.label} is invalid`);
    const isEmpty = (filter.values[0] ?? '').trim() === '';
    if (isEmpty && !withoutValue.includes(filter.operator)) found.push(`${filter.label} cannot be blank`);
    return found;
  });
}

function isWellFormed(filter: Filter, value: string): boolean {
  if (filter.kind === 'integer') return /^[+-]?\d+(,[+-]?\d+)*$/.test(value);
  if (filter.kind === 'float') return /^[+-]?\d+(\.\d*)?$/.test(value);
  if (filter.kind !== 'date') return true;
  if (filter.operator.includes('t-')) return /^\d+$/.test(value);
  return !['=', '>=', '<=', '><'].includes(filter.operator) || parseMoment(value) !== null;
}

export interface Moment {
  readonly isDay: boolean;
  /** Of a day: its first millisecond. */
  readonly timeMs: number;
}

/** `2026-11-24` or `2026-11-24T04:15:34Z`. Fractions of a second and offsets are refused. */
export function parseMoment(value: string): Moment | null {
  const parts = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2})(?::?(\d{2}))?(?::?(\d{2}))?Z?)?$/.exec(value);
  if (parts === null) return null;
  const [, day, hour, minute, second] = parts;
  const timeMs = Date.parse(`${day}T${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}Z`);
  if (Number.isNaN(timeMs) || !new Date(Date.parse(`${day}T00:00:00Z`)).toISOString().startsWith(day ?? ''))
    return null;
  return { isDay: hour === undefined, timeMs };
}
