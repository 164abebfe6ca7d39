import type { FieldSchema, OptionSchema, ScopeSchema, ScopeSummary, UserSchema } from '../contract.js';
import { rightsOf } from './account.js';
import type { RedmineSite } from './site.js';
import type { Named, WireCustomField, WireProject } from './wire.js';

/** Formats whose values are one line of text to us. */
const textFormats = new Set(['string', 'int', 'link']);

export async function listScopes(site: RedmineSite, signal: AbortSignal): Promise<readonly ScopeSummary[]> {
  const projects = await site.client.projects(signal);
  return projects.map(summary);
}

export async function discover(site: RedmineSite, scope: string, signal: AbortSignal): Promise<ScopeSchema> {
  const { client, account } = site;
  const project = await site.project(scope, signal, 'fresh');
  const user = await account.user(signal);
  const [members, trackers, statuses, priorities, customFields, accounts] = await Promise.all([
    client.members(project.id, signal),
    site.trackers(signal, 'fresh'),
    client.statuses(signal),
    client.priorities(signal),
    user.admin ? client.customFields(signal) : null,
    user.admin ? client.users(signal) : [],
  ]);
  const id = String(project.id);
  const rights = rightsOf(await account.permissions(id, signal), project.status !== 1);
  const marker = site.markerField(project);
  const types = trackers.filter((tracker) => project.trackers.some((own) => own.id === tracker.id)).map(option);
  const writable = rights.edit || rights.create;
  const core = (field: Omit<FieldSchema, 'required' | 'writable'>, required = false): FieldSchema => ({
    ...field,
    required,
    writable,
  });
  const active = priorities.filter((priority) => priority.active);
  return {
    scope: summary(project),
    types,
    fields: [
      core({ id: 'type', name: 'Tracker', type: 'option', options: types }, true),
      core({ id: 'subject', name: 'Subject', type: 'text', maxLength: 255 }, true),
      core({ id: 'description', name: 'Description', type: 'rich-text' }),
      core({
        id: 'status',
        name: 'Status',
        type: 'option',
        options: statuses.map((status) => ({ ...option(status), closed: status.is_closed })),
      }),
      core(
        { id: 'priority', name: 'Priority', type: 'option', options: active.map(option) },
        !active.some((priority) => priority.is_default),
      ),
      core({ id: 'assignee', name: 'Assignee', type: 'user' }),
      core({ id: 'startDate', name: 'Start date', type: 'date' }),
      core({ id: 'dueDate', name: 'Due date', type: 'date' }),
      core({ id: 'doneRatio', name: '% Done', type: 'number' }),
      core({ id: 'parent', name: 'Parent task', type: 'item-ref' }),
      ...customSchemas(project, customFields, marker, writable),
    ],
    users: userSchemas(members, accounts),
    rights,
    markup: site.markup,
    markerField: marker === null ? null : `cf_${String(marker.id)}`,
    notices: notices(site, project, types, marker, customFields),
  };
}

function summary(project: WireProject): ScopeSummary {
  return { id: String(project.id), key: project.identifier, name: project.name };
}

function option(each: Named): OptionSchema {
  return { id: String(each.id), name: each.name };
}

/** Only an administrator is told a field's format; others are offered every field that has one value. */
function customSchemas(
  project: WireProject,
  known: readonly WireCustomField[] | null,
  marker: Named | null,
  writable: boolean,
): readonly FieldSchema[] {
  return project.issue_custom_fields
    .filter((field) => field.id !== marker?.id)
    .flatMap((field): readonly FieldSchema[] => {
      const format = known?.find((each) => each.id === field.id);
      if (known !== null && (format === undefined || format.multiple || !textFormats.has(format.field_format)))
        return [];
      const length = format?.max_length ?? null;
      return [
        {
          id: `cf_${String(field.id)}`,
          name: field.name,
          type: 'text',
          required: format?.is_required ?? false,
          writable,
          ...(length === null || length === 0 ? {} : { maxLength: length }),
        },
      ];
    });
}

function userSchemas(
  members: readonly Named[],
  accounts: readonly { readonly id: number; readonly login: string; readonly mail?: string | undefined }[],
): readonly UserSchema[] {
  const byId = new Map(accounts.map((each) => [each.id, each]));
  return [...new Map(members.map((member) => [member.id, member])).values()]
    .sort((a, b) => a.id - b.id)
    .map((member) => {
      const more = byId.get(member.id);
      return {
        id: String(member.id),
        name: member.name,
        ...(more === undefined || more.login === '' ? {} : { login: more.login }),
        ...(more?.mail === undefined || more.mail === '' ? {} : { mail: more.mail }),
      };
    });
}

function notices(
  site: RedmineSite,
  project: WireProject,
  types: readonly OptionSchema[],
  marker: Named | null,
  customFields: readonly WireCustomField[] | null,
): readonly string[] {
  const list: string[] = [];
  if (marker === null) {
    list.push(
      'No marker field is set. After a crash during a create, Lockstep has to compare contents, and asks you where more than one item fits.',
    );
  } else {
    const on = customFields?.find((field) => field.id === marker.id)?.trackers.map((tracker) => String(tracker.id));
    const without = on === undefined ? [] : types.filter((type) => !on.includes(type.id));
    if (without.length > 0) {
      list.push(
        `The marker field "${marker.name}" does not exist on ${without.map((type) => type.name).join(', ')}: add these trackers to the field.`,
      );
    }
  }
  if (customFields === null && project.issue_custom_fields.length > 0) {
    list.push(
      'The account is no administrator, so the formats of custom fields are not known; all are offered as text.',
    );
  }
  if (project.status !== 1) list.push('The project is closed: everything in it is read only.');
  if (site.client.serverClock.tellsTime() === false) {
    list.push('This Redmine does not tell its time (no Date header), so a wrong clock there cannot be noticed.');
  }
  return list;
}
