import {
  closedStatusNames,
  customFieldDefaults,
  priorityNames,
  rolePermissions,
  statusNames,
  trackerNames,
  workflowDefaults,
} from './defaults.js';
import { fillDemo } from './demo.js';
import type { Role, User } from './records.js';
import type { PracticeState } from './state.js';
import { fullName } from './store.js';

export interface SeededUser {
  readonly id: number;
  readonly login: string;
  readonly name: string;
  readonly mail: string;
  readonly password: string;
  readonly apiKey: string;
  readonly role: string;
}

/** What there is on a seeded site; the same shape as the seed of our real test servers prints. */
export interface PracticeSeed {
  readonly url: string;
  /** The administrator's. */
  readonly apiKey: string;
  readonly admin: { readonly login: string; readonly password: string; readonly id: number };
  readonly project: { readonly id: number; readonly identifier: string; readonly name: string };
  readonly users: readonly SeededUser[];
  readonly category: { readonly id: number; readonly name: string };
  readonly version: { readonly id: number; readonly name: string };
  readonly trackers: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  readonly priorities: Readonly<Record<string, number>>;
  readonly roles: Readonly<Record<string, number>>;
  readonly customFields: Readonly<
    Record<
      string,
      { readonly id: number; readonly format: string; readonly multiple: boolean; readonly values: readonly string[] }
    >
  >;
}

export type SeedKind = 'empty' | 'demo';

const people = [
  { login: 'alice', firstname: 'Alice', lastname: 'Anders', role: 'Manager' },
  { login: 'bob', firstname: 'Bob', lastname: "O'Brien", role: 'Developer' },
  { login: 'chloe', firstname: 'Chloé', lastname: 'Çelik', role: 'Reporter' },
] as const;

/**
 * Fills a new site with Redmine's default configuration, a private project, three people and an administrator;
 * `demo` adds some 25 issues with comments and parents.
 */
export function seedPractice(state: PracticeState, kind: SeedKind, identifier = 'practice'): Omit<PracticeSeed, 'url'> {
  loadDefaults(state);
  const { store } = state;
  const admin = state.addUser({ id: 1, login: 'admin', firstname: 'Redmine', lastname: 'Admin', admin: true });
  for (const field of customFieldDefaults) state.addCustomField(field);
  const project = state.addProject({ identifier });
  const users = people.map((person): SeededUser => {
    const user = state.addUser(person);
    state.setMember(project.id, person.login, [person.role]);
    return seededUser(user, person.role);
  });
  const bob = state.user('bob');
  store.categories.set(1, { id: 1, projectId: project.id, name: 'Backend', assignedToId: bob.id });
  store.versions.set(1, { id: 1, projectId: project.id, name: '1.0', status: 'open' });
  if (kind === 'demo') fillDemo(state, project.id);
  return {
    apiKey: admin.apiKey,
    admin: { login: admin.login, password: admin.password, id: admin.id },
    project: { id: project.id, identifier, name: project.name },
    users,
    category: { id: 1, name: 'Backend' },
    version: { id: 1, name: '1.0' },
    trackers: idsByName(store.trackers),
    statuses: idsByName(store.statuses),
    priorities: idsByName(store.priorities),
    roles: idsByName(new Map([...store.roles].filter(([, role]) => role.builtin === null))),
    customFields: Object.fromEntries(
      [...store.customFields.values()].map((field) => [
        field.name,
        {
          id: field.id,
          format: field.format,
          multiple: field.multiple,
          values: field.format === 'bool' ? ['1', '0'] : field.possibleValues,
        },
      ]),
    ),
  };
}

function seededUser(user: User, role: string): SeededUser {
  const { id, login, mail, password, apiKey } = user;
  return { id, login, name: fullName(user), mail, password, apiKey, role };
}

function idsByName(map: ReadonlyMap<number, { readonly name: string }>): Readonly<Record<string, number>> {
  return Object.fromEntries([...map].map(([id, one]) => [one.name, id]));
}

function loadDefaults(state: PracticeState): void {
  const { store } = state;
  const role = (id: number, name: string, builtin: Role['builtin'], permissions: readonly string[]): void => {
    store.roles.set(id, {
      id,
      name,
      builtin,
      assignable: true,
      issuesVisibility: name === 'Manager' ? 'all' : 'default',
      usersVisibility: 'all',
      permissions: new Set(permissions),
    });
  };
  role(1, 'Non member', 'non-member', rolePermissions.nonMember);
  role(2, 'Anonymous', 'anonymous', rolePermissions.anonymous);
  role(3, 'Manager', null, rolePermissions.manager);
  role(4, 'Developer', null, rolePermissions.developer);
  role(5, 'Reporter', null, rolePermissions.reporter);
  statusNames.forEach((name, index) => {
    store.statuses.set(index + 1, { id: index + 1, name, isClosed: closedStatusNames.includes(name) });
  });
  trackerNames.forEach((name, index) => {
    store.trackers.set(index + 1, { id: index + 1, name, defaultStatusId: 1, disabledFields: new Set() });
  });
  priorityNames.forEach((name, index) => {
    store.priorities.set(index + 1, { id: index + 1, name, isDefault: name === 'Normal' });
  });
  for (const rule of workflowDefaults) {
    for (const from of rule.from) {
      for (const to of rule.to) if (from !== to) state.allowTransition(rule.role, from, to);
    }
  }
}
