import type { FieldFormat } from './records.js';

/**
 * The configuration that a fresh Redmine 5.0 offers to load: roles with their permissions, statuses, trackers,
 * priorities, workflow. Read from a running server (GET /roles/:id.json, allowed_statuses) and held to it by the
 * parity suite.
 */

export const statusNames = ['New', 'In Progress', 'Resolved', 'Feedback', 'Closed', 'Rejected'] as const;
export const closedStatusNames: readonly string[] = ['Closed', 'Rejected'];
export const trackerNames = ['Bug', 'Feature', 'Support'] as const;
export const priorityNames = ['Low', 'Normal', 'High', 'Urgent', 'Immediate'] as const;

/** The custom fields of our real test servers, in the order of their ids from 1. */
export const customFieldDefaults: readonly {
  readonly name: string;
  readonly format: FieldFormat;
  readonly possibleValues?: readonly string[];
  readonly multiple?: boolean;
}[] = [
  { name: 'External ID', format: 'string' },
  { name: 'Notes', format: 'text' },
  { name: 'Story points', format: 'int' },
  { name: 'Effort', format: 'float' },
  { name: 'Severity', format: 'list', possibleValues: ['Critical', 'Major', 'Minor', 'Trivial'] },
  { name: 'Components', format: 'list', possibleValues: ['Backend', 'Front end', 'Docs', 'Été'], multiple: true },
  { name: 'Found on', format: 'date' },
  { name: 'Regression', format: 'bool' },
  { name: 'Spec link', format: 'link' },
  { name: 'Reviewer', format: 'user' },
];

/** Standard fields that a tracker can switch off, in the order in which GET /trackers.json lists them. */
export const standardFields = [
  'assigned_to_id',
  'category_id',
  'fixed_version_id',
  'parent_issue_id',
  'start_date',
  'due_date',
  'estimated_hours',
  'done_ratio',
  'description',
] as const;

export const projectModules = ['issue_tracking', 'time_tracking', 'news', 'documents', 'files', 'wiki'] as const;

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const reading = 'view_gantt view_calendar';
const talking = 'view_news comment_news view_documents view_wiki_pages view_wiki_edits';

export const rolePermissions = {
  manager: words(`
    add_project edit_project close_project delete_project select_project_modules manage_members manage_versions
    add_subprojects manage_public_queries save_queries view_issues add_issues edit_issues edit_own_issues copy_issues
    manage_issue_relations manage_subtasks set_issues_private set_own_issues_private add_issue_notes edit_issue_notes
    edit_own_issue_notes view_private_notes set_notes_private delete_issues view_issue_watchers add_issue_watchers
    delete_issue_watchers import_issues manage_categories view_time_entries log_time edit_time_entries
    edit_own_time_entries manage_project_activities log_time_for_other_users import_time_entries view_news manage_news
    comment_news view_documents add_documents edit_documents delete_documents view_files manage_files view_wiki_pages
    view_wiki_edits export_wiki_pages edit_wiki_pages rename_wiki_pages delete_wiki_pages
    delete_wiki_pages_attachments view_wiki_page_watchers add_wiki_page_watchers delete_wiki_page_watchers
    protect_wiki_pages manage_wiki view_changesets browse_repository commit_access manage_related_issues
    manage_repository view_messages add_messages edit_messages edit_own_messages delete_messages delete_own_messages
    view_message_watchers add_message_watchers delete_message_watchers manage_boards view_calendar view_gantt`),
  developer: words(`
    manage_versions manage_categories view_issues add_issues edit_issues view_private_notes set_notes_private
    manage_issue_relations manage_subtasks add_issue_notes save_queries ${reading} log_time view_time_entries
    ${talking} edit_wiki_pages delete_wiki_pages view_messages add_messages edit_own_messages view_files manage_files
    browse_repository view_changesets commit_access manage_related_issues`),
  reporter: words(`
    view_issues add_issues add_issue_notes save_queries ${reading} log_time view_time_entries ${talking}
    view_messages add_messages edit_own_messages view_files browse_repository view_changesets`),
  nonMember: words(`
    view_issues add_issues add_issue_notes save_queries ${reading} view_time_entries ${talking}
    view_messages add_messages view_files browse_repository view_changesets`),
  anonymous: words(`
    view_issues ${reading} view_time_entries view_news view_documents view_wiki_pages view_wiki_edits
    view_messages view_files browse_repository view_changesets`),
} as const;

/** Who may move an issue from which status to which, by status name, for every tracker. */
export const workflowDefaults: readonly {
  readonly role: 'Manager' | 'Developer' | 'Reporter';
  readonly from: readonly string[];
  readonly to: readonly string[];
}[] = [
  { role: 'Manager', from: statusNames, to: statusNames },
  {
    role: 'Developer',
    from: ['New', 'In Progress', 'Resolved', 'Feedback'],
    to: ['In Progress', 'Resolved', 'Feedback', 'Closed'],
  },
  { role: 'Reporter', from: ['New', 'In Progress', 'Resolved', 'Feedback'], to: ['Closed'] },
  { role: 'Reporter', from: ['Resolved'], to: ['Feedback'] },
];

/** The module of a project that must be on for a permission to count. Others need none. */
export function moduleOf(permission: string): string | null {
  if (permission.includes('time_entries') || permission === 'log_time') return 'time_tracking';
  if (permission.includes('issue') || permission === 'manage_subtasks' || permission.includes('private')) {
    return 'issue_tracking';
  }
  return null;
}

/** Permissions that only read: the ones that a closed project still grants. */
export function isReading(permission: string): boolean {
  return permission.startsWith('view_');
}

/** Permissions that everybody has who can see the project at all. */
export const publicPermissions: readonly string[] = ['view_project', 'view_members'];
