import type { Clock } from '../../host.js';
import { IdTable } from './id-table.js';
import type {
  Category,
  CustomField,
  FieldRule,
  Issue,
  Journal,
  Membership,
  Priority,
  Project,
  Relation,
  Role,
  Status,
  Tracker,
  User,
  Version,
} from './records.js';

export interface Settings {
  /** Where true, a request without a known key gets 401 everywhere. A fresh Redmine has it false. */
  loginRequired: boolean;
  restApiEnabled: boolean;
  /** The markup of descriptions and notes. No answer of the API tells it: it is here for the tests' own use. */
  textFormatting: 'textile' | 'markdown' | 'common_mark';
  /**
   * On SQLite (and on old MySQL after a restart) Redmine gives the id of a deleted newest issue or journal to the next
   * one. On PostgreSQL it never does.
   */
  reuseIds: boolean;
  /** MySQL keeps whole seconds, the others fractions. Answers always show whole seconds, filters and sorts do not. */
  wholeSeconds: boolean;
}

/** The tables of one practice Redmine. No rule lives here. */
export class PracticeStore {
  readonly users = new Map<number, User>();
  readonly roles = new Map<number, Role>();
  readonly statuses = new Map<number, Status>();
  readonly trackers = new Map<number, Tracker>();
  readonly priorities = new Map<number, Priority>();
  readonly customFields = new Map<number, CustomField>();
  readonly projects = new Map<number, Project>();
  readonly categories = new Map<number, Category>();
  readonly versions = new Map<number, Version>();
  readonly memberships: Membership[] = [];
  readonly relations: Relation[] = [];
  readonly fieldRules: FieldRule[] = [];
  /** Old status (0 for a new issue) to new ones, under `role:tracker:old`. */
  readonly transitions = new Map<string, Set<number>>();
  readonly issues = new IdTable<Issue>();
  readonly journals = new IdTable<Journal>();
  readonly settings: Settings = {
    loginRequired: false,
    restApiEnabled: true,
    textFormatting: 'textile',
    reuseIds: false,
    wholeSeconds: false,
  };

  /** How far this server's clock is from the true one, in milliseconds. */
  clockOffsetMs = 0;
  /** Grows with every change, so that answers can be kept while nothing changed. */
  revision = 0;

  #lastIssueId: number;
  #lastJournalId = 0;
  #lastStampMs = 0;
  readonly #clock: Clock;

  constructor(clock: Clock, firstIssueId = 1) {
    this.#clock = clock;
    this.#lastIssueId = firstIssueId - 1;
  }

  nowMs(): number {
    const nowMs = this.#clock.now() + this.clockOffsetMs;
    return this.settings.wholeSeconds ? nowMs - (nowMs % 1000) : nowMs;
  }

  /**
   * The time to store with a change. Two changes never get the same one, as on a real server: what a request touches
   * last is the newest.
   */
  stampMs(): number {
    const nowMs = this.nowMs();
    if (this.settings.wholeSeconds) return nowMs;
    this.#lastStampMs =
      nowMs > this.#lastStampMs || nowMs < this.#lastStampMs - 1 ? nowMs : this.#lastStampMs + 2 ** -10;
    return this.#lastStampMs;
  }

  touch(): void {
    this.revision += 1;
  }

  nextIssueId(): number {
    if (this.settings.reuseIds) this.#lastIssueId = this.issues.lastId();
    this.#lastIssueId += 1;
    return this.#lastIssueId;
  }

  nextJournalId(): number {
    if (this.settings.reuseIds) this.#lastJournalId = this.journals.lastId();
    this.#lastJournalId += 1;
    return this.#lastJournalId;
  }

  addJournal(journal: Omit<Journal, 'id'>): Journal {
    const added: Journal = { ...journal, id: this.nextJournalId() };
    this.journals.set(added.id, added);
    this.issues.get(added.issueId)?.journals.push(added);
    this.touch();
    return added;
  }

  removeJournal(journal: Journal): void {
    this.journals.delete(journal.id);
    const journals = this.issues.get(journal.issueId)?.journals;
    if (journals !== undefined) journals.splice(journals.indexOf(journal), 1);
    this.touch();
  }

  childrenOf(issue: Issue): readonly Issue[] {
    return issue.childIds.flatMap((id) => this.issues.get(id) ?? []);
  }

  /** From the parent up to the root. */
  ancestorsOf(issue: Issue): readonly Issue[] {
    const found: Issue[] = [];
    let parent = issue.parentId === null ? undefined : this.issues.get(issue.parentId);
    while (parent !== undefined) {
      found.push(parent);
      parent = parent.parentId === null ? undefined : this.issues.get(parent.parentId);
    }
    return found;
  }

  descendantsOf(issue: Issue): readonly Issue[] {
    return this.childrenOf(issue).flatMap((child) => [child, ...this.descendantsOf(child)]);
  }

  isClosed(issue: Pick<Issue, 'statusId'>): boolean {
    return this.statuses.get(issue.statusId)?.isClosed ?? false;
  }

  childProjects(project: Project): readonly Project[] {
    const children = [...this.projects.values()].filter((other) => other.parentId === project.id);
    return children.flatMap((child) => [child, ...this.childProjects(child)]);
  }

  rootProject(project: Project): Project {
    const parent = project.parentId === null ? undefined : this.projects.get(project.parentId);
    return parent === undefined ? project : this.rootProject(parent);
  }

  findProject(idOrIdentifier: string): Project | undefined {
    if (/^\d*$/.test(idOrIdentifier)) return this.projects.get(Number(idOrIdentifier));
    return [...this.projects.values()].find((project) => project.identifier === idOrIdentifier);
  }

  /** The custom fields that issues of this project and tracker have, in order. */
  customFieldsFor(projectId: number | null, trackerId: number | null): readonly CustomField[] {
    const project = projectId === null ? undefined : this.projects.get(projectId);
    if (project === undefined || trackerId === null) return [];
    return [...this.customFields.values()].filter(
      (field) => field.trackerIds.has(trackerId) && (field.isForAll || project.customFieldIds.has(field.id)),
    );
  }

  linkChild(parentId: number, childId: number): void {
    const siblings = this.issues.get(parentId)?.childIds;
    if (siblings === undefined) return;
    siblings.push(childId);
    siblings.sort((a, b) => a - b);
  }

  unlinkChild(parentId: number, childId: number): void {
    const siblings = this.issues.get(parentId)?.childIds;
    if (siblings?.includes(childId) === true) siblings.splice(siblings.indexOf(childId), 1);
  }
}

export function transitionKey(roleId: number, trackerId: number, oldStatusId: number): string {
  return `${roleId}:${trackerId}:${oldStatusId}`;
}

export function fullName(user: User): string {
  return `${user.firstname} ${user.lastname}`;
}
