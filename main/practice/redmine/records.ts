/** What a practice Redmine keeps in memory. Times are milliseconds since 1970, dates are `YYYY-MM-DD`. */

export interface User {
  readonly id: number;
  readonly login: string;
  firstname: string;
  lastname: string;
  readonly mail: string;
  readonly password: string;
  apiKey: string;
  readonly admin: boolean;
  locked: boolean;
  readonly createdOnMs: number;
}

export interface Role {
  readonly id: number;
  readonly name: string;
  /** The two roles of people without a membership; they are in no listing. */
  readonly builtin: 'non-member' | 'anonymous' | null;
  assignable: boolean;
  issuesVisibility: 'all' | 'default' | 'own';
  usersVisibility: 'all' | 'members_of_visible_projects';
  readonly permissions: Set<string>;
}

export interface Status {
  readonly id: number;
  name: string;
  isClosed: boolean;
}

export interface Tracker {
  readonly id: number;
  name: string;
  defaultStatusId: number;
  /** Standard fields that issues of this tracker do not have. */
  readonly disabledFields: Set<string>;
}

export interface Priority {
  readonly id: number;
  readonly name: string;
  readonly isDefault: boolean;
}

export type FieldFormat = 'string' | 'text' | 'int' | 'float' | 'list' | 'date' | 'bool' | 'link' | 'user';

export interface CustomField {
  readonly id: number;
  name: string;
  readonly format: FieldFormat;
  readonly multiple: boolean;
  readonly possibleValues: readonly string[];
  isRequired: boolean;
  readonly isFilter: boolean;
  readonly isForAll: boolean;
  readonly trackerIds: Set<number>;
  readonly defaultValue: string | null;
  readonly regexp: string;
  readonly minLength: number | null;
  readonly maxLength: number | null;
}

export interface Category {
  readonly id: number;
  readonly projectId: number;
  readonly name: string;
  readonly assignedToId: number | null;
}

export interface Version {
  readonly id: number;
  readonly projectId: number;
  readonly name: string;
  status: 'open' | 'locked' | 'closed';
}

export const projectStatuses = { active: 1, closed: 5, archived: 9 } as const;
export type ProjectStatus = (typeof projectStatuses)[keyof typeof projectStatuses];

export interface Project {
  readonly id: number;
  name: string;
  readonly identifier: string;
  readonly description: string;
  readonly parentId: number | null;
  isPublic: boolean;
  status: ProjectStatus;
  readonly trackerIds: Set<number>;
  readonly customFieldIds: Set<number>;
  readonly modules: Set<string>;
  readonly createdOnMs: number;
}

export interface Membership {
  readonly id: number;
  readonly projectId: number;
  readonly userId: number;
  readonly roleIds: Set<number>;
}

export type CustomValue = string | readonly string[] | null;

export interface JournalDetail {
  readonly property: 'attr' | 'cf' | 'relation';
  readonly name: string;
  readonly oldValue: string | null;
  readonly newValue: string | null;
}

export interface Journal {
  readonly id: number;
  readonly issueId: number;
  readonly userId: number;
  notes: string | null;
  privateNotes: boolean;
  readonly createdOnMs: number;
  readonly details: readonly JournalDetail[];
}

/** The columns that a person can change, as stored. */
export interface IssueFields {
  projectId: number;
  trackerId: number;
  statusId: number;
  priorityId: number;
  subject: string;
  description: string | null;
  assignedToId: number | null;
  categoryId: number | null;
  versionId: number | null;
  parentId: number | null;
  startDate: string | null;
  dueDate: string | null;
  doneRatio: number;
  estimatedHours: number | null;
  isPrivate: boolean;
}

export interface Issue extends IssueFields {
  readonly id: number;
  readonly authorId: number;
  custom: Map<number, CustomValue>;
  readonly createdOnMs: number;
  updatedOnMs: number;
  closedOnMs: number | null;
  lockVersion: number;
  readonly watcherIds: Set<number>;
  /** Ids, rising. */
  readonly childIds: number[];
  readonly journals: Journal[];
}

export interface Relation {
  readonly id: number;
  readonly fromId: number;
  readonly toId: number;
  readonly type: 'relates' | 'blocks' | 'duplicates';
}

export interface FieldRule {
  readonly roleId: number;
  readonly trackerId: number;
  readonly statusId: number;
  /** A standard field's name (`due_date`) or a custom field's id as text. */
  readonly field: string;
  readonly rule: 'readonly' | 'required';
}
