import { canSeeProject, canSeeUser, isAllowed } from './access.js';
import { deny, head, includesOf, json, listing, type Handler } from './answers.js';
import { projectStatuses, type Project } from './records.js';
import type { PracticeStore } from './store.js';
import {
  wireCustomField,
  wireListedUser,
  wireMembership,
  wireOneUser,
  wireProject,
  wireRole,
  wireTracker,
} from './wire-catalogue.js';

/** Everything but issues: who and what there is on the site. */

export const currentUser: Handler = (store, { user, params }) =>
  user === null ? deny(store, null) : json(200, { user: wireOneUser(store, user, user, includesOf(params)) });

export const oneUser: Handler = (store, { user, params }, [id]) => {
  const found = store.users.get(Number(id));
  if (found === undefined || !canSeeUser(store, user, found)) return head(404);
  return json(200, { user: wireOneUser(store, found, user, includesOf(params)) });
};

/** `status` 1 (default) are the active ones, 3 the locked ones, empty all. */
export const listUsers: Handler = (store, { user, params }) => {
  if (user?.admin !== true) return deny(store, user);
  const status = params.get('status') ?? '1';
  const name = (params.get('name') ?? '').toLowerCase();
  const found = [...store.users.values()]
    .filter((one) => status === '' || status === (one.locked ? '3' : '1'))
    .filter((one) => [one.login, one.firstname, one.lastname, one.mail].some((t) => t.toLowerCase().includes(name)))
    .sort((a, b) => (a.login < b.login ? -1 : 1));
  return listing('users', found, params, wireListedUser);
};

export const listRoles: Handler = (store) =>
  json(200, {
    roles: [...store.roles.values()]
      .filter((role) => role.builtin === null)
      .map((role) => ({ id: role.id, name: role.name })),
  });

export const oneRole: Handler = (store, _request, [id]) => {
  const role = store.roles.get(Number(id));
  return role === undefined ? head(404) : json(200, { role: wireRole(role) });
};

export const listProjects: Handler = (store, { user, params }) => {
  const found = inTreeOrder(store, null).filter(
    (project) => project.status === projectStatuses.active && canSeeProject(store, user, project),
  );
  const include = includesOf(params);
  return listing('projects', found, params, (project) => wireProject(store, project, user, include, false));
};

/** By name, each followed by what lies below it. */
function inTreeOrder(store: PracticeStore, parentId: number | null): readonly Project[] {
  return [...store.projects.values()]
    .filter((project) => project.parentId === parentId)
    .sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1))
    .flatMap((project) => [project, ...inTreeOrder(store, project.id)]);
}

export const oneProject: Handler = (store, { user, params }, [id]) => {
  const project = store.findProject(id ?? '');
  if (project === undefined) return head(404);
  if (project.status === projectStatuses.archived) return head(403);
  if (!canSeeProject(store, user, project)) return deny(store, user);
  return json(200, { project: wireProject(store, project, user, includesOf(params), true) });
};

export const listMemberships: Handler = (store, { user, params }, [id]) => {
  const project = store.findProject(id ?? '');
  if (project === undefined) return head(404);
  if (!isAllowed(store, user, 'view_members', project)) return deny(store, user);
  const found = store.memberships.filter((membership) => membership.projectId === project.id);
  return listing('memberships', found, params, (membership) => wireMembership(store, membership));
};

export const listTrackers: Handler = (store) =>
  json(200, { trackers: [...store.trackers.values()].map((tracker) => wireTracker(store, tracker)) });

export const listStatuses: Handler = (store) =>
  json(200, {
    issue_statuses: [...store.statuses.values()].map((one) => ({
      id: one.id,
      name: one.name,
      is_closed: one.isClosed,
    })),
  });

export const listPriorities: Handler = (store) =>
  json(200, {
    issue_priorities: [...store.priorities.values()].map((one) => ({
      id: one.id,
      name: one.name,
      is_default: one.isDefault,
      active: true,
    })),
  });

export const listCustomFields: Handler = (store, { user }) => {
  if (user?.admin !== true) return deny(store, user);
  return json(200, { custom_fields: [...store.customFields.values()].map((field) => wireCustomField(store, field)) });
};
