import { canSeeProject } from './access.js';
import { standardFields } from './defaults.js';
import type { CustomField, Membership, Project, Role, Tracker, User } from './records.js';
import { projectStatuses } from './records.js';
import type { PracticeStore } from './store.js';
import { wireTime, wireUser } from './wire.js';

/** Users, roles, projects, trackers and fields as Redmine writes them in JSON. */

/** In the listing, which is for administrators. */
export function wireListedUser(user: User): Record<string, unknown> {
  return {
    id: user.id,
    login: user.login,
    admin: user.admin,
    firstname: user.firstname,
    lastname: user.lastname,
    mail: user.mail,
    ...accountTimes(user),
    twofa_scheme: null,
  };
}

/** One user. People see neither mail address nor key of others, and of themselves not the mail address either. */
export function wireOneUser(
  store: PracticeStore,
  user: User,
  viewer: User | null,
  include: ReadonlySet<string>,
): Record<string, unknown> {
  const isAdmin = viewer?.admin === true;
  const isClose = isAdmin || viewer?.id === user.id;
  return {
    id: user.id,
    login: user.login,
    ...(isClose ? { admin: user.admin } : {}),
    firstname: user.firstname,
    lastname: user.lastname,
    ...(isAdmin ? { mail: user.mail } : {}),
    ...accountTimes(user),
    ...(isClose ? { twofa_scheme: null, api_key: user.apiKey } : {}),
    ...(isAdmin ? { status: user.locked ? 3 : 1 } : {}),
    ...(isAdmin && include.has('groups') ? { groups: [] } : {}),
    ...(include.has('memberships') ? { memberships: membershipsOf(store, user, viewer) } : {}),
  };
}

function accountTimes(user: User): Record<string, unknown> {
  const time = wireTime(user.createdOnMs);
  return { created_on: time, updated_on: time, last_login_on: null, passwd_changed_on: time };
}

function membershipsOf(store: PracticeStore, user: User, viewer: User | null): readonly unknown[] {
  return store.memberships
    .filter((membership) => membership.userId === user.id)
    .flatMap((membership) => {
      const project = store.projects.get(membership.projectId);
      if (project === undefined || !canSeeProject(store, viewer, project)) return [];
      return [{ id: membership.id, project: shortProject(project), roles: wireRoles(store, membership) }];
    });
}

function shortProject(project: Project): { id: number; name: string } {
  return { id: project.id, name: project.name };
}

function wireRoles(store: PracticeStore, membership: Membership): readonly unknown[] {
  return [...membership.roleIds]
    .flatMap((id) => store.roles.get(id) ?? [])
    .map((role) => ({ id: role.id, name: role.name }));
}

export function wireMembership(store: PracticeStore, membership: Membership): Record<string, unknown> {
  const project = store.projects.get(membership.projectId);
  return {
    id: membership.id,
    project: project === undefined ? undefined : shortProject(project),
    user: wireUser(store, membership.userId),
    roles: wireRoles(store, membership),
  };
}

export function wireRole(role: Role): Record<string, unknown> {
  return {
    id: role.id,
    name: role.name,
    assignable: role.assignable,
    issues_visibility: role.issuesVisibility,
    time_entries_visibility: 'all',
    users_visibility: role.usersVisibility,
    permissions: [...role.permissions],
  };
}

/** `full` adds what only the page of one project has. */
export function wireProject(
  store: PracticeStore,
  project: Project,
  viewer: User | null,
  include: ReadonlySet<string>,
  full: boolean,
): Record<string, unknown> {
  const parent = project.parentId === null ? undefined : store.projects.get(project.parentId);
  const showsParent = parent !== undefined && canSeeProject(store, viewer, parent);
  return {
    id: project.id,
    name: project.name,
    identifier: project.identifier,
    description: project.description,
    ...(full ? { homepage: '' } : {}),
    ...(showsParent ? { parent: shortProject(parent) } : {}),
    status: project.status,
    is_public: project.isPublic,
    inherit_members: false,
    ...includesOf(store, project, include),
    created_on: wireTime(project.createdOnMs),
    updated_on: wireTime(project.createdOnMs),
  };
}

function includesOf(store: PracticeStore, project: Project, include: ReadonlySet<string>): Record<string, unknown> {
  const tracks = project.modules.has('issue_tracking') && project.status !== projectStatuses.archived;
  const short = (one: { id: number; name: string }): unknown => ({ id: one.id, name: one.name });
  const found: Record<string, unknown> = {};
  if (include.has('trackers')) {
    const trackers = [...store.trackers.values()].filter((tracker) => project.trackerIds.has(tracker.id));
    found['trackers'] = tracks ? trackers.map(short) : [];
  }
  if (include.has('issue_categories')) {
    found['issue_categories'] = [...store.categories.values()].filter((one) => one.projectId === project.id).map(short);
  }
  if (include.has('time_entry_activities')) {
    found['time_entry_activities'] = [
      { id: 8, name: 'Design' },
      { id: 9, name: 'Development' },
    ];
  }
  if (include.has('enabled_modules')) {
    // Their ids count over all projects.
    const base = [...store.projects.keys()].indexOf(project.id) * 20;
    found['enabled_modules'] = [...project.modules].map((name, index) => ({ id: base + index + 1, name }));
  }
  if (include.has('issue_custom_fields')) {
    found['issue_custom_fields'] = [...store.customFields.values()]
      .filter((field) => project.customFieldIds.has(field.id))
      .map(short);
  }
  return found;
}

export function wireTracker(store: PracticeStore, tracker: Tracker): Record<string, unknown> {
  const status = store.statuses.get(tracker.defaultStatusId);
  return {
    id: tracker.id,
    name: tracker.name,
    default_status: status === undefined ? undefined : { id: status.id, name: status.name },
    description: null,
    enabled_standard_fields: standardFields.filter((field) => !tracker.disabledFields.has(field)),
  };
}

export function wireCustomField(store: PracticeStore, field: CustomField): Record<string, unknown> {
  const values =
    field.format === 'bool'
      ? [
          { value: '1', label: 'Yes' },
          { value: '0', label: 'No' },
        ]
      : field.possibleValues.map((value) => ({ value, label: value }));
  return {
    id: field.id,
    name: field.name,
    customized_type: 'issue',
    field_format: field.format,
    regexp: field.regexp,
    min_length: field.minLength,
    max_length: field.maxLength,
    is_required: field.isRequired,
    is_filter: field.isFilter,
    searchable: ['string', 'text', 'list'].includes(field.format),
    multiple: field.multiple,
    default_value: field.defaultValue,
    visible: true,
    ...(values.length > 0 ? { possible_values: values } : {}),
    trackers: [...field.trackerIds].flatMap((id) => {
      const tracker = store.trackers.get(id);
      return tracker === undefined ? [] : [{ id, name: tracker.name }];
    }),
    roles: [],
  };
}
