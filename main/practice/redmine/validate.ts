import { assignableUsers } from './access.js';
import { isBlank, isDay } from './coerce.js';
import type { Draft } from './draft.js';
import type { CustomField, CustomValue, User } from './records.js';
import type { PracticeStore } from './store.js';
import { fieldRules } from './workflow.js';

/**
 * The complaints about a draft, in the order in which Redmine lists them: custom fields first, then the standard
 * ones. Empty means it can be saved. Complaints start with the field's label, as Redmine's do.
 */
export function complaintsAbout(store: PracticeStore, draft: Draft, user: User): readonly string[] {
  const { before } = draft;
  const complaints: string[] = [];
  if (before === null || draft.customChanged) complaints.push(...customComplaints(store, draft, user));
  if (isBlank(draft.subject)) complaints.push('Subject cannot be blank');
  if (draft.projectId === null) complaints.push('Project cannot be blank');
  if (draft.trackerId === null) complaints.push('Tracker cannot be blank');
  if (before?.priorityId !== draft.priorityId && !store.priorities.has(draft.priorityId ?? 0)) {
    complaints.push('Priority cannot be blank');
  }
  if (before?.statusId !== draft.statusId && !store.statuses.has(draft.statusId ?? 0)) {
    complaints.push('Status cannot be blank');
  }
  // Characters, not UTF-16 units: an emoji counts once.
  if (draft.subject !== null && Array.from(draft.subject).length > 255) {
    complaints.push('Subject is too long (maximum is 255 characters)');
  }
  if (draft.doneRatio < 0 || draft.doneRatio > 100) complaints.push('% Done is not included in the list');
  if (draft.malformed.has('estimated_hours')) complaints.push('Estimated time is invalid');
  if (draft.malformed.has('start_date')) complaints.push('Start date is not a valid date');
  if (draft.malformed.has('due_date')) complaints.push('Due date is not a valid date');
  complaints.push(...relationComplaints(store, draft), ...requiredComplaints(store, draft, user));
  return complaints;
}

function relationComplaints(store: PracticeStore, draft: Draft): readonly string[] {
  const { before } = draft;
  const complaints: string[] = [];
  const datesMoved = before?.startDate !== draft.startDate || before.dueDate !== draft.dueDate;
  const datesRead = !draft.malformed.has('start_date') && !draft.malformed.has('due_date');
  if (
    datesRead &&
    datesMoved &&
    draft.startDate !== null &&
    draft.dueDate !== null &&
    draft.dueDate < draft.startDate
  ) {
    complaints.push('Due date must be greater than start date');
  }
  const project = draft.projectId === null ? undefined : store.projects.get(draft.projectId);
  if (project === undefined) return complaints;
  if (draft.versionId !== null) {
    const version = store.versions.get(draft.versionId);
    const usable = version?.projectId === project.id && (version.status === 'open' || before?.versionId === version.id);
    if (!usable) complaints.push('Target version is not included in the list');
  }
  if (draft.categoryId !== null && store.categories.get(draft.categoryId)?.projectId !== project.id) {
    complaints.push('Category is not included in the list');
  }
  const movedInto = before?.trackerId !== draft.trackerId || before.projectId !== draft.projectId;
  if (movedInto && draft.trackerId !== null && !project.trackerIds.has(draft.trackerId)) {
    complaints.push('Tracker is not included in the list');
  }
  if (draft.assignedToId !== null && draft.assignedToId !== (before?.assignedToId ?? null)) {
    const author = store.users.get(draft.authorId);
    const isAuthor = author?.id === draft.assignedToId && !author.locked;
    const isMember = assignableUsers(store, project).some((user) => user.id === draft.assignedToId);
    if (!isAuthor && !isMember) complaints.push('Assignee is invalid');
  }
  complaints.push(...parentComplaints(store, draft));
  return complaints;
}

function parentComplaints(store: PracticeStore, draft: Draft): readonly string[] {
  const invalid = ['Parent task is invalid'];
  if (draft.malformed.has('parent_issue_id')) return invalid;
  const parent = draft.parentId === null ? undefined : store.issues.get(draft.parentId);
  if (parent === undefined || draft.projectId === null) return [];
  const project = store.projects.get(draft.projectId);
  const parentProject = store.projects.get(parent.projectId);
  if (project === undefined || parentProject === undefined) return invalid;
  if (store.rootProject(project) !== store.rootProject(parentProject)) return invalid;
  const { before } = draft;
  if (before !== null) {
    const lineage = [parent, ...store.ancestorsOf(parent)];
    if (lineage.some((issue) => issue.id === before.id)) return invalid;
    if (before.parentId === draft.parentId) return [];
  }
  const isClosed = draft.statusId !== null && store.statuses.get(draft.statusId)?.isClosed === true;
  return !isClosed && store.isClosed(parent) ? ['The parent task is closed, so an open issue cannot go below it'] : [];
}

function requiredComplaints(store: PracticeStore, draft: Draft, user: User): readonly string[] {
  const values: Readonly<Record<string, readonly [string, unknown]>> = {
    assigned_to_id: ['Assignee', draft.assignedToId],
    category_id: ['Category', draft.categoryId],
    fixed_version_id: ['Target version', draft.versionId],
    parent_issue_id: ['Parent task', draft.parentId],
    start_date: ['Start date', draft.startDate],
    due_date: ['Due date', draft.dueDate],
    estimated_hours: ['Estimated time', draft.estimatedHours],
    description: ['Description', draft.description],
  };
  const disabled = store.trackers.get(draft.trackerId ?? 0)?.disabledFields ?? new Set<string>();
  const complaints: string[] = [];
  for (const name of fieldRules(store, user, draft, draft.statusId).required) {
    const entry = values[name];
    if (entry !== undefined && !disabled.has(name) && isBlank(entry[1])) complaints.push(`${entry[0]} cannot be blank`);
    const field = store.customFields.get(Number(name));
    if (field !== undefined && isEmptyValue(draft.custom.get(field.id) ?? null)) {
      complaints.push(`${labelOf(field)} cannot be blank`);
    }
  }
  return complaints;
}

function isEmptyValue(value: CustomValue): boolean {
  return Array.isArray(value) ? value.every((one) => isBlank(one)) : isBlank(value);
}

function customComplaints(store: PracticeStore, draft: Draft, user: User): readonly string[] {
  const locked = fieldRules(store, user, draft, draft.statusId).readonly;
  return store
    .customFieldsFor(draft.projectId, draft.trackerId)
    .filter((field) => !locked.has(String(field.id)))
    .flatMap((field) => {
      const value = draft.custom.get(field.id) ?? null;
      const was = draft.before?.custom.get(field.id) ?? null;
      const texts = (Array.isArray(value) ? (value as readonly string[]) : [String(value ?? '')]).filter(
        (t) => t !== '',
      );
      const found = [...new Set(texts.flatMap((text) => valueComplaints(store, draft, field, text, was)))];
      if (found.length > 0) return found.map((message) => `${labelOf(field)} ${message}`);
      if (Array.isArray(value) && !field.multiple) return [`${labelOf(field)} is invalid`];
      return field.isRequired && isEmptyValue(value) ? [`${labelOf(field)} cannot be blank`] : [];
    });
}

/** Complaints write a custom field's name as if it were a column's: "External ID" becomes "External id". */
function labelOf(field: CustomField): string {
  const words = field.name.replace(/_id$/, '').replaceAll('_', ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function valueComplaints(
  store: PracticeStore,
  draft: Draft,
  field: CustomField,
  text: string,
  was: CustomValue,
): readonly string[] {
  const kept = Array.isArray(was) ? was.includes(text) : was === text;
  switch (field.format) {
    case 'list':
      return kept || field.possibleValues.includes(text) ? [] : ['is not included in the list'];
    case 'user': {
      const isMember = store.memberships.some(
        (one) =>
          one.projectId === draft.projectId && String(one.userId) === text && !store.users.get(one.userId)?.locked,
      );
      return kept || isMember ? [] : ['is not included in the list'];
    }
    // Any text at all is taken: "yes" and "true" are stored as they are, and are not "1".
    case 'bool':
      return [];
    case 'date':
      return isDay(text) ? [] : ['is not a valid date'];
    default:
      return [...lengthComplaints(field, text), ...numberComplaints(field, text)];
  }
}

function lengthComplaints(field: CustomField, text: string): readonly string[] {
  const complaints: string[] = [];
  if (field.regexp !== '' && !new RegExp(field.regexp).test(text)) complaints.push('is invalid');
  if (field.minLength !== null && text.length < field.minLength) {
    complaints.push(`is too short (minimum is ${field.minLength} characters)`);
  }
  if (field.maxLength !== null && field.maxLength > 0 && text.length > field.maxLength) {
    complaints.push(`is too long (maximum is ${field.maxLength} characters)`);
  }
  return complaints;
}

function numberComplaints(field: CustomField, text: string): readonly string[] {
  if (field.format === 'int' && !/^[+-]?\d+$/.test(text.trim())) return ['is not a number'];
  if (field.format === 'float' && !/^\s*[+-]?\d+(\.\d+)?([eE][+-]?\d+)?\s*$/.test(text)) return ['is invalid'];
  return [];
}
