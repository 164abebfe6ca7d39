import { isReading, moduleOf, publicPermissions } from './defaults.js';
import type { Issue, Project, Role, User } from './records.js';
import { projectStatuses } from './records.js';
import type { PracticeStore } from './store.js';

/**
 * Who may see and do what. `null` as user is an anonymous request. The rules are Redmine's: an administrator may do
 * anything that the project's modules allow; everybody else what one of his roles in the project allows; somebody
 * without a membership has the built-in role, in public projects only.
 */

export function rolesFor(store: PracticeStore, user: User | null, project: Project): readonly Role[] {
  if (project.status === projectStatuses.archived) return [];
  const membership = store.memberships.find((one) => one.projectId === project.id && one.userId === user?.id);
  if (membership !== undefined) return [...membership.roleIds].flatMap((id) => store.roles.get(id) ?? []);
  return project.isPublic ? builtinRoles(store, user) : [];
}

function builtinRoles(store: PracticeStore, user: User | null): readonly Role[] {
  const wanted = user === null ? 'anonymous' : 'non-member';
  return [...store.roles.values()].filter((role) => role.builtin === wanted);
}

function grants(role: Role, permission: string): boolean {
  return publicPermissions.includes(permission) || role.permissions.has(permission);
}

/** Whether the project itself lets anybody use this permission. */
export function projectAllows(project: Project, permission: string): boolean {
  if (project.status === projectStatuses.archived) return false;
  if (project.status === projectStatuses.closed && !isReading(permission)) return false;
  const needed = moduleOf(permission);
  return needed === null || project.modules.has(needed);
}

export function isAllowed(store: PracticeStore, user: User | null, permission: string, project: Project): boolean {
  if (!projectAllows(project, permission)) return false;
  if (user?.admin === true) return true;
  return rolesFor(store, user, project).some((role) => grants(role, permission));
}

/** Whether the user has the permission anywhere. */
export function isAllowedSomewhere(store: PracticeStore, user: User | null, permission: string): boolean {
  if (user?.admin === true) return true;
  const own = store.memberships
    .filter((membership) => membership.userId === user?.id)
    .flatMap((membership) => [...membership.roleIds])
    .flatMap((id) => store.roles.get(id) ?? []);
  return [...own, ...builtinRoles(store, user)].some((role) => grants(role, permission));
}

export function canSeeIssue(store: PracticeStore, user: User | null, issue: Issue): boolean {
  return issueVisibility(store, user)(issue);
}

/** The same test for many issues: the roles of each project are looked up once. */
export function issueVisibility(store: PracticeStore, user: User | null): (issue: Issue) => boolean {
  const perProject = new Map<number, (issue: Issue) => boolean>();
  return (issue) => {
    const known = perProject.get(issue.projectId);
    if (known !== undefined) return known(issue);
    const project = store.projects.get(issue.projectId);
    const test = project === undefined ? () => false : visibilityIn(store, user, project);
    perProject.set(issue.projectId, test);
    return test(issue);
  };
}

function visibilityIn(store: PracticeStore, user: User | null, project: Project): (issue: Issue) => boolean {
  if (!projectAllows(project, 'view_issues')) return () => false;
  if (user?.admin === true) return () => true;
  const roles = rolesFor(store, user, project).filter((role) => grants(role, 'view_issues'));
  if (roles.length === 0) return () => false;
  if (user === null) return (issue) => !issue.isPrivate;
  const levels = new Set(roles.map((role) => role.issuesVisibility));
  if (levels.has('all')) return () => true;
  const isOwn = (issue: Issue): boolean => issue.authorId === user.id || issue.assignedToId === user.id;
  return levels.has('default') ? (issue) => !issue.isPrivate || isOwn(issue) : isOwn;
}

export function canSeeProject(store: PracticeStore, user: User | null, project: Project): boolean {
  return isAllowed(store, user, 'view_project', project);
}

/** Whether the user may see this other user at all; locked users are seen by administrators only. */
export function canSeeUser(store: PracticeStore, viewer: User | null, user: User): boolean {
  if (viewer?.admin === true) return true;
  if (user.locked) return false;
  if (viewer?.id === user.id) return true;
  const memberships = store.memberships.filter((one) => one.userId === viewer?.id);
  const roles =
    memberships.length > 0
      ? memberships.flatMap((one) => [...one.roleIds]).flatMap((id) => store.roles.get(id) ?? [])
      : builtinRoles(store, viewer);
  if (roles.some((role) => role.usersVisibility === 'all')) return true;
  return store.memberships.some((one) => {
    const project = store.projects.get(one.projectId);
    return one.userId === user.id && project !== undefined && canSeeProject(store, viewer, project);
  });
}

/** The people an issue of the project can be given to: active members with an assignable role. */
export function assignableUsers(store: PracticeStore, project: Project): readonly User[] {
  return store.memberships
    .filter((one) => one.projectId === project.id)
    .filter((one) => [...one.roleIds].some((id) => store.roles.get(id)?.assignable === true))
    .flatMap((one) => store.users.get(one.userId) ?? [])
    .filter((user) => !user.locked);
}

/** Projects into which the user may put an issue. */
export function mayAddIssues(store: PracticeStore, user: User | null, project: Project): boolean {
  return isAllowed(store, user, 'add_issues', project) && project.trackerIds.size > 0;
}
