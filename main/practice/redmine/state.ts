import type { Clock, Random } from '../../host.js';
import { insertIssue, type NewIssue } from './bulk.js';
import { projectModules, type standardFields } from './defaults.js';
import { addEntry } from './journals.js';
import { must, Person } from './person.js';
import type {
  CustomField,
  FieldFormat,
  FieldRule,
  Issue,
  JournalDetail,
  Project,
  ProjectStatus,
  Relation,
  Role,
  User,
} from './records.js';
import { PracticeStore, transitionKey } from './store.js';

export interface NewCustomField {
  readonly name: string;
  readonly format: FieldFormat;
  readonly possibleValues?: readonly string[];
  readonly multiple?: boolean;
  readonly isRequired?: boolean;
  readonly isFilter?: boolean;
  readonly defaultValue?: string;
  readonly regexp?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** What an administrator, or a test, does to a site by hand. Unknown names throw: a test must not pass by a typo. */
export class PracticeState {
  readonly store: PracticeStore;
  readonly #random: Random;
  #nextUserId: number;

  constructor(
    clock: Clock,
    random: Random,
    ids: { readonly firstIssueId?: number; readonly firstUserId?: number } = {},
  ) {
    this.store = new PracticeStore(clock, ids.firstIssueId ?? 1);
    this.#random = random;
    this.#nextUserId = ids.firstUserId ?? 5;
  }

  user(login: string): User {
    return must(
      [...this.store.users.values()].find((user) => user.login === login),
      `user ${login}`,
    );
  }

  role(name: string): Role {
    return must(
      [...this.store.roles.values()].find((role) => role.name === name),
      `role ${name}`,
    );
  }

  project(idOrIdentifier: number | string): Project {
    return must(this.store.findProject(String(idOrIdentifier)), `project ${idOrIdentifier}`);
  }

  issue(id: number): Issue {
    return must(this.store.issues.get(id), `issue ${id}`);
  }

  statusId(name: string): number {
    return idOf(this.store.statuses, name);
  }

  trackerId(name: string): number {
    return idOf(this.store.trackers, name);
  }

  priorityId(name: string): number {
    return idOf(this.store.priorities, name);
  }

  customField(name: string): CustomField {
    return must(
      [...this.store.customFields.values()].find((field) => field.name === name),
      `custom field ${name}`,
    );
  }

  addUser(spec: {
    readonly login: string;
    readonly firstname: string;
    readonly lastname: string;
    readonly admin?: boolean;
    readonly id?: number;
  }): User {
    const id = spec.id ?? this.#nextUserId++;
    const user: User = {
      id,
      login: spec.login,
      firstname: spec.firstname,
      lastname: spec.lastname,
      mail: `${spec.login}@example.test`,
      password: `${spec.login}-pass-1`,
      apiKey: this.#newKey(),
      admin: spec.admin ?? false,
      locked: false,
      createdOnMs: this.store.nowMs(),
    };
    this.store.users.set(id, user);
    this.store.touch();
    return user;
  }

  /** A locked user's key no longer counts, and nobody can give him an issue. */
  lockUser(login: string, locked = true): void {
    this.user(login).locked = locked;
    this.store.touch();
  }

  /** The old key counts no more. Returns the new one. */
  renewKey(login: string): string {
    const user = this.user(login);
    user.apiKey = this.#newKey();
    return user.apiKey;
  }

  addProject(spec: {
    readonly identifier: string;
    readonly name?: string;
    readonly parent?: string;
    readonly isPublic?: boolean;
  }): Project {
    const { store } = this;
    const project: Project = {
      id: Math.max(0, ...store.projects.keys()) + 1,
      identifier: spec.identifier,
      name: spec.name ?? `Sync ${spec.identifier}`,
      description: 'A practice project',
      parentId: spec.parent === undefined ? null : this.project(spec.parent).id,
      isPublic: spec.isPublic ?? false,
      status: 1,
      trackerIds: new Set(store.trackers.keys()),
      customFieldIds: new Set(store.customFields.keys()),
      modules: new Set(projectModules),
      createdOnMs: store.nowMs(),
    };
    store.projects.set(project.id, project);
    store.touch();
    return project;
  }

  setProjectStatus(idOrIdentifier: number | string, status: ProjectStatus): void {
    this.project(idOrIdentifier).status = status;
    this.store.touch();
  }

  /** Gives the user these roles in the project, and no others; without roles the membership ends. */
  setMember(project: number | string, login: string, roles: readonly string[]): void {
    const { memberships } = this.store;
    const projectId = this.project(project).id;
    const userId = this.user(login).id;
    const roleIds = new Set(roles.map((name) => this.role(name).id));
    const index = memberships.findIndex((one) => one.projectId === projectId && one.userId === userId);
    const id = memberships[index]?.id ?? Math.max(0, ...memberships.map((one) => one.id)) + 1;
    const place = index < 0 ? memberships.length : index;
    memberships.splice(place, index < 0 ? 0 : 1, ...(roleIds.size > 0 ? [{ id, projectId, userId, roleIds }] : []));
    this.store.touch();
  }

  grant(role: string, ...permissions: readonly string[]): void {
    for (const permission of permissions) this.role(role).permissions.add(permission);
    this.store.touch();
  }

  revoke(role: string, ...permissions: readonly string[]): void {
    for (const permission of permissions) {
      if (!this.role(role).permissions.delete(permission)) throw new Error(`role ${role} has no ${permission}`);
    }
    this.store.touch();
  }

  /** `from` null: for new issues. Without any such rule new issues take the tracker's default status only. */
  allowTransition(role: string, from: string | null, to: string): void {
    for (const trackerId of this.store.trackers.keys()) {
      const key = transitionKey(this.role(role).id, trackerId, from === null ? 0 : this.statusId(from));
      const targets = this.store.transitions.get(key) ?? new Set<number>();
      this.store.transitions.set(key, targets.add(this.statusId(to)));
    }
    this.store.touch();
  }

  forbidTransition(role: string, from: string, to: string): void {
    for (const trackerId of this.store.trackers.keys()) {
      const key = transitionKey(this.role(role).id, trackerId, this.statusId(from));
      this.store.transitions.get(key)?.delete(this.statusId(to));
    }
    this.store.touch();
  }

  /** Makes a field read-only or required in one status, for all trackers. `field`: `due_date`, or a custom field's id. */
  setFieldRule(role: string, status: string, field: string, rule: FieldRule['rule']): void {
    for (const trackerId of this.store.trackers.keys()) {
      this.store.fieldRules.push({
        roleId: this.role(role).id,
        trackerId,
        statusId: this.statusId(status),
        field,
        rule,
      });
    }
    this.store.touch();
  }

  setFieldUsed(tracker: string, field: (typeof standardFields)[number], used: boolean): void {
    const disabled = must(this.store.trackers.get(this.trackerId(tracker)), tracker).disabledFields;
    if (used) disabled.delete(field);
    else disabled.add(field);
    this.store.touch();
  }

  addCustomField(spec: NewCustomField): CustomField {
    const { store } = this;
    const field: CustomField = {
      id: Math.max(0, ...store.customFields.keys()) + 1,
      name: spec.name,
      format: spec.format,
      multiple: spec.multiple ?? false,
      possibleValues: spec.possibleValues ?? [],
      isRequired: spec.isRequired ?? false,
      isFilter: spec.isFilter ?? true,
      isForAll: true,
      trackerIds: new Set(store.trackers.keys()),
      defaultValue: spec.defaultValue ?? null,
      regexp: spec.regexp ?? '',
      minLength: spec.minLength ?? null,
      maxLength: spec.maxLength ?? null,
    };
    store.customFields.set(field.id, field);
    for (const project of store.projects.values()) project.customFieldIds.add(field.id);
    store.touch();
    return field;
  }

  removeCustomField(name: string): void {
    this.store.customFields.delete(this.customField(name).id);
    this.store.touch();
  }

  /** Made by the administrator, with a line in both histories. No `updated_on` moves. */
  addRelation(fromId: number, toId: number, type: Relation['type']): void {
    const { relations } = this.store;
    const ends = [this.issue(fromId), this.issue(toId)] as const;
    relations.push({ id: relations.length + 1, fromId, toId, type });
    const names = { relates: 'relates', blocks: 'blocked', duplicates: 'duplicated' } as const;
    const note = (issue: Issue, name: string, otherId: number): void => {
      const detail: JournalDetail = { property: 'relation', name, oldValue: null, newValue: String(otherId) };
      addEntry(this.store, issue, this.user('admin'), { details: [detail], notes: '', privateNotes: false });
    };
    note(ends[0], type, toId);
    note(ends[1], names[type], fromId);
    this.store.touch();
  }

  /** Puts an issue in as it is, past all rules; made for filling a site with thousands. Its parent is kept right. */
  addIssue(spec: NewIssue): Issue {
    return insertIssue(this.store, spec);
  }

  /** Acts as a person would through the API, by the same rules, but at once and past the counters and faults. */
  as(login: string): Person {
    return new Person(this.store, this.user(login));
  }

  setClockOffset(ms: number): void {
    this.store.clockOffsetMs = ms;
    this.store.touch();
  }

  #newKey(): string {
    return Buffer.from(this.#random.bytes(20)).toString('hex');
  }
}

function idOf(map: ReadonlyMap<number, { readonly name: string }>, name: string): number {
  return must(
    [...map].find(([, one]) => one.name === name),
    name,
  )[0];
}
