import { hasCode } from '../../../preload/contract/errors.js';
import type { Rights } from '../contract.js';
import type { RedmineClient } from './client.js';
import type { WireUser } from './wire.js';

/** Number of the built-in role of people who are no members, in every Redmine; it is in no listing of roles. */
const nonMemberRole = 1;

/** Who we are and what we may do in which project. Roles are read once and kept until `refresh`. */
export class Account {
  readonly #client: RedmineClient;
  #user: Promise<WireUser> | null = null;
  #roles = new Map<number, Promise<readonly string[]>>();

  constructor(client: RedmineClient) {
    this.#client = client;
  }

  /** Takes what a fresh reading of the account told. */
  refresh(user: WireUser): void {
    this.#user = Promise.resolve(user);
    this.#roles.clear();
  }

  async user(signal: AbortSignal): Promise<WireUser> {
    this.#user ??= this.#client.currentUser(signal);
    try {
      return await this.#user;
    } catch (error) {
      this.#user = null;
      throw error;
    }
  }

  async isMember(projectId: string, signal: AbortSignal): Promise<boolean> {
    const user = await this.user(signal);
    return user.memberships.some((membership) => String(membership.project.id) === projectId);
  }

  /** Names of Redmine's permissions in the project; null for an administrator, who has all. */
  async permissions(projectId: string, signal: AbortSignal): Promise<ReadonlySet<string> | null> {
    const user = await this.user(signal);
    if (user.admin) return null;
    const roles = user.memberships
      .filter((membership) => String(membership.project.id) === projectId)
      .flatMap((membership) => membership.roles.map((role) => role.id));
    const ids = roles.length === 0 ? [nonMemberRole] : [...new Set(roles)];
    const all = await Promise.all(ids.map((id) => this.#permissionsOf(id, signal)));
    return new Set(all.flat());
  }

  async #permissionsOf(roleId: number, signal: AbortSignal): Promise<readonly string[]> {
    let read = this.#roles.get(roleId);
    if (read === undefined) {
      read = this.#client.rolePermissions(roleId, signal);
      this.#roles.set(roleId, read);
    }
    try {
      return await read;
    } catch (error) {
      this.#roles.delete(roleId);
      // A role that was removed meanwhile gives nothing.
      if (hasCode(error, 'gone', 'forbidden')) return [];
      throw error;
    }
  }
}

export type Permissions = ReadonlySet<string> | null;

export function has(permissions: Permissions, ...anyOf: readonly string[]): boolean {
  return permissions === null || anyOf.some((name) => permissions.has(name));
}

export function rightsOf(permissions: Permissions, isReadOnly: boolean): Rights {
  const may = (...anyOf: readonly string[]): boolean => !isReadOnly && has(permissions, ...anyOf);
  const notes = may('edit_issue_notes', 'edit_own_issue_notes');
  return {
    create: may('add_issues'),
    edit: may('edit_issues', 'edit_own_issues'),
    comment: may('add_issue_notes'),
    editComments: notes,
    deleteComments: notes,
    seePrivateComments: has(permissions, 'view_private_notes'),
  };
}
