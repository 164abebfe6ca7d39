import { canSeeIssue, isAllowed, mayAddIssues, rolesFor } from './access.js';
import { asJson, isBlank, toBoolean, toCustomValue, toDate, toHours, toInteger, toText, type Json } from './coerce.js';
import { withCrLf, type Draft } from './draft.js';
import type { Project, User } from './records.js';
import type { PracticeStore } from './store.js';
import { fieldRules, statusesAllowed, statusesOf } from './workflow.js';

/**
 * Puts the attributes of a request into a draft. What the user may not set is dropped without a word, and so is a
 * status that the workflow forbids, an unknown tracker, and what a parent derives from its children: that silence is
 * Redmine's, and the reason why a writer has to read back.
 */
export function assignAttributes(store: PracticeStore, draft: Draft, attributes: Json, user: User): void {
  const settable = settableNames(store, draft, user);
  assignProject(store, draft, attributes, user, settable);
  assignTracker(store, draft, attributes, user, settable);
  assignStatus(store, draft, attributes, user, settable);
  // A null here is dropped, it does not clear: only empty text does.
  if (given(attributes, 'assigned_to_id') && settable.has('assigned_to_id')) {
    draft.assignedToId = attributes['assigned_to_id'] === 'me' ? user.id : toInteger(attributes['assigned_to_id']);
  }
  // Another tracker, project or status may have changed what can be set.
  const names = settableNames(store, draft, user);
  for (const [name, value] of Object.entries(attributes)) {
    if (names.has(name)) simpleSetters[name]?.(draft, value);
  }
  if (names.has('parent_issue_id') && 'parent_issue_id' in attributes) {
    assignParent(store, draft, attributes['parent_issue_id'], user);
  }
  if (names.has('custom_fields')) assignCustom(store, draft, attributes, user);
}

function given(attributes: Json, name: string): boolean {
  return attributes[name] !== undefined && attributes[name] !== null && attributes[name] !== false;
}

const simpleSetters: Readonly<Record<string, (draft: Draft, value: unknown) => void>> = {
  subject: (draft, value) => (draft.subject = toText(value)),
  description: (draft, value) => {
    const text = toText(value);
    draft.description = typeof value === 'string' && text !== null ? withCrLf(text) : text;
  },
  priority_id: (draft, value) => (draft.priorityId = toInteger(value)),
  category_id: (draft, value) => (draft.categoryId = toInteger(value)),
  fixed_version_id: (draft, value) => (draft.versionId = toInteger(value)),
  done_ratio: (draft, value) => (draft.doneRatio = toInteger(value) ?? 0),
  is_private: (draft, value) => (draft.isPrivate = toBoolean(value) ?? false),
  lock_version: (draft, value) => (draft.lockVersion = toInteger(value) ?? 0),
  notes: (draft, value) => (draft.notes = toText(value) ?? ''),
  private_notes: (draft, value) => (draft.privateNotes = toBoolean(value) ?? false),
  watcher_user_ids: (draft, value) => {
    draft.watcherIds = (Array.isArray(value) ? value : []).flatMap((id) => toInteger(id) ?? []);
  },
  start_date: (draft, value) => {
    const parsed = toDate(value);
    if (parsed.ok) draft.startDate = parsed.value;
    else draft.malformed.add('start_date');
  },
  due_date: (draft, value) => {
    const parsed = toDate(value);
    if (parsed.ok) draft.dueDate = parsed.value;
    else draft.malformed.add('due_date');
  },
  estimated_hours: (draft, value) => {
    const parsed = toHours(value);
    if (parsed.ok) draft.estimatedHours = parsed.value;
    else draft.malformed.add('estimated_hours');
  },
};

const editNames = [
  'project_id',
  'tracker_id',
  'status_id',
  'category_id',
  'assigned_to_id',
  'priority_id',
  'fixed_version_id',
  'subject',
  'description',
  'start_date',
  'due_date',
  'done_ratio',
  'estimated_hours',
  'custom_fields',
  'lock_version',
];

/** Names of the attributes that this user can set on this issue now. */
export function settableNames(store: PracticeStore, draft: Draft, user: User): ReadonlySet<string> {
  const isNew = draft.before === null;
  const project = draft.projectId === null ? undefined : store.projects.get(draft.projectId);
  const may = (permission: string): boolean =>
    project !== undefined ? isAllowed(store, user, permission, project) : user.admin;
  const isAuthor = draft.authorId === user.id;
  const editable = isNew || may('edit_issues') || (isAuthor && may('edit_own_issues'));
  const names = new Set<string>(editable ? editNames : []);
  if (may('add_issue_notes')) names.add('notes');
  if (!isNew && may('set_notes_private')) names.add('private_notes');
  if (isNew && may('add_issue_watchers')) names.add('watcher_user_ids');
  if (may('set_issues_private') || (isAuthor && may('set_own_issues_private'))) names.add('is_private');
  if (editable && may('manage_subtasks')) names.add('parent_issue_id');
  for (const name of store.trackers.get(draft.trackerId ?? 0)?.disabledFields ?? []) names.delete(name);
  for (const name of fieldRules(store, user, draft, draft.statusId).readonly) names.delete(name);
  if (isNew) names.add('project_id');
  if (draft.before !== null && draft.before.childIds.length > 0) {
    for (const derived of ['start_date', 'due_date', 'priority_id', 'done_ratio']) names.delete(derived);
  }
  return names;
}

function assignProject(
  store: PracticeStore,
  draft: Draft,
  attributes: Json,
  user: User,
  settable: ReadonlySet<string>,
): void {
  if (!given(attributes, 'project_id') || !settable.has('project_id')) return;
  const project = store.findProject(toText(attributes['project_id']) ?? '');
  if (project === undefined || project.id === draft.projectId) return;
  if (mayAddIssues(store, user, project)) moveTo(store, draft, project);
}

/** What follows from another project: tracker, category by its name, version and parent where they still fit. */
function moveTo(store: PracticeStore, draft: Draft, project: Project): void {
  const wasIn = draft.projectId;
  draft.projectId = project.id;
  if (wasIn === null) return;
  if (draft.trackerId !== null && !project.trackerIds.has(draft.trackerId)) {
    setTracker(store, draft, [...project.trackerIds][0] ?? null);
  }
  const category = draft.categoryId === null ? undefined : store.categories.get(draft.categoryId);
  const twin = [...store.categories.values()].find(
    (other) => other.projectId === project.id && other.name === category?.name,
  );
  draft.categoryId = twin?.id ?? null;
  draft.versionId = null;
  blankCustom(store, draft);
  const parent = draft.parentId === null ? undefined : store.issues.get(draft.parentId);
  const parentProject = parent === undefined ? undefined : store.projects.get(parent.projectId);
  if (parentProject === undefined || store.rootProject(parentProject) !== store.rootProject(project)) {
    draft.parentId = null;
  }
}

function trackersAllowed(store: PracticeStore, draft: Draft, user: User): readonly number[] {
  const project = draft.projectId === null ? undefined : store.projects.get(draft.projectId);
  if (project === undefined) return [];
  const may = user.admin || rolesFor(store, user, project).some((role) => role.permissions.has('add_issues'));
  const current = draft.before?.trackerId;
  return [...store.trackers.keys()].filter((id) => project.trackerIds.has(id) && (may || id === current));
}

function assignTracker(
  store: PracticeStore,
  draft: Draft,
  attributes: Json,
  user: User,
  settable: ReadonlySet<string>,
): void {
  const allowed = trackersAllowed(store, draft, user);
  if (given(attributes, 'tracker_id') && settable.has('tracker_id')) {
    const wanted = toInteger(attributes['tracker_id']) ?? 0;
    if (allowed.includes(wanted)) setTracker(store, draft, wanted);
  }
  if (draft.trackerId !== null || draft.projectId === null) return;
  const withParent = isBlank(attributes['parent_issue_id'])
    ? undefined
    : allowed.find((id) => store.trackers.get(id)?.disabledFields.has('parent_issue_id') === false);
  setTracker(store, draft, withParent ?? allowed[0] ?? null);
}

/** The status follows where it was the old tracker's default, or is none of the new tracker's. */
function setTracker(store: PracticeStore, draft: Draft, trackerId: number | null): void {
  const old = draft.trackerId === null ? undefined : store.trackers.get(draft.trackerId);
  if (trackerId === draft.trackerId || trackerId === null) return;
  draft.trackerId = trackerId;
  const wasDefault = draft.statusId === (old?.defaultStatusId ?? null);
  const isForeign = draft.statusId !== null && !statusesOf(store, trackerId).has(draft.statusId);
  if (wasDefault || isForeign) draft.statusId = store.trackers.get(trackerId)?.defaultStatusId ?? null;
  draft.customChanged = true;
  blankCustom(store, draft);
}

/** An edited issue that changes tracker or project has its custom values set anew, and nothing becomes empty text. */
function blankCustom(store: PracticeStore, draft: Draft): void {
  if (draft.before === null) return;
  for (const field of store.customFieldsFor(draft.projectId, draft.trackerId)) {
    draft.custom.set(field.id, draft.custom.get(field.id) ?? (field.multiple ? [''] : ''));
  }
}

function assignStatus(
  store: PracticeStore,
  draft: Draft,
  attributes: Json,
  user: User,
  settable: ReadonlySet<string>,
): void {
  const allowed = statusesAllowed(store, user, draft).map((status) => status.id);
  if (given(attributes, 'status_id') && settable.has('status_id')) {
    const wanted = toInteger(attributes['status_id']) ?? 0;
    if (allowed.includes(wanted)) draft.statusId = wanted;
  }
  if (draft.before === null && (draft.statusId === null || !allowed.includes(draft.statusId))) {
    draft.statusId = allowed[0] ?? draft.statusId;
  }
}

function assignParent(store: PracticeStore, draft: Draft, value: unknown, user: User): void {
  if (isBlank(value)) {
    draft.parentId = null;
    return;
  }
  const id = /^#?(\d+)$/.exec((toText(value) ?? '').trim())?.[1];
  const parent = id === undefined ? undefined : store.issues.get(Number(id));
  if (parent !== undefined && (parent.id === draft.parentId || canSeeIssue(store, user, parent))) {
    draft.parentId = parent.id;
  } else {
    draft.malformed.add('parent_issue_id');
  }
}

function assignCustom(store: PracticeStore, draft: Draft, attributes: Json, user: User): void {
  const locked = fieldRules(store, user, draft, draft.statusId).readonly;
  const fields = store.customFieldsFor(draft.projectId, draft.trackerId);
  const editable = new Set(fields.map((field) => String(field.id)).filter((id) => !locked.has(id)));
  const asList = Array.isArray(attributes['custom_fields']) ? attributes['custom_fields'].map(asJson) : [];
  const pairs: readonly (readonly [string, unknown])[] = [
    ...asList.filter((entry) => 'value' in entry).map((entry) => [String(entry['id']), entry['value']] as const),
    ...Object.entries(asJson(attributes['custom_field_values'])),
  ];
  for (const [id, value] of pairs) {
    if (!editable.has(id)) continue;
    draft.custom.set(Number(id), toCustomValue(value));
    draft.customChanged = true;
  }
}
