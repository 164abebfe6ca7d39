import type { PracticeState } from '../../../main/practice/redmine/index.js';

/** Something that an administrator changes on both servers between two requests. */
export interface Change {
  readonly change: string;
  /** On the real one: through its API where that can do it, else in its database. */
  readonly sql?: readonly string[];
  readonly api?: readonly { readonly method: string; readonly path: string; readonly body?: unknown }[];
  readonly practice: (state: PracticeState) => void;
}

/** SQL that takes a permission from a role; they are kept as a text with one line each. */
export function revokeSql(roleId: number, permission: string): string {
  return `UPDATE roles SET permissions = replace(permissions, '- :${permission}' || char(10), '') WHERE id = ${roleId}`;
}

export function grantSql(roleId: number, permission: string): string {
  return `UPDATE roles SET permissions = permissions || '- :${permission}' || char(10) WHERE id = ${roleId}`;
}

/** SQL for a workflow rule of all trackers in one status. */
export function fieldRuleSql(roleId: number, statusId: number, field: string, rule: string): string {
  return `INSERT INTO workflows (type, tracker_id, old_status_id, role_id, field_name, rule)
    SELECT 'WorkflowPermission', id, ${statusId}, ${roleId}, '${field}', '${rule}' FROM trackers`;
}

export function transitionSql(roleId: number, fromId: number, toId: number): string {
  return `INSERT INTO workflows (type, tracker_id, old_status_id, new_status_id, role_id)
    SELECT 'WorkflowTransition', id, ${fromId}, ${toId}, ${roleId} FROM trackers`;
}
