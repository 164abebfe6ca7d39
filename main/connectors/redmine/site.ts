import { LockstepError, hasCode } from '../../../preload/contract/errors.js';
import type { ConnectionConfig, Item } from '../contract.js';
import type { ConnectorDeps } from '../deps.js';
import { Account, has } from './account.js';
import { RedmineClient } from './client.js';
import type { IssueRead } from './client.js';
import { toItem } from './map.js';
import type { MapContext } from './map.js';
import type { Named, WireIssue, WireProject, WireTracker } from './wire.js';

/** Redmine's names of what a tracker may switch off, with our fields. */
const coreFields: Readonly<Record<string, string>> = {
  description: 'description',
  priority_id: 'priority',
  assigned_to_id: 'assignee',
  start_date: 'startDate',
  due_date: 'dueDate',
  done_ratio: 'doneRatio',
  parent_issue_id: 'parent',
};
/** Switchable only since 5.1; an older Redmine does not list it, and it is there. */
const newerCoreFields = new Set(['priority_id']);

const editableFields = ['type', 'subject', 'status', ...Object.values(coreFields)];

type Age = 'kept' | 'fresh';

/** One connection, opened: the client and what is known of the site, read when first needed. */
export class RedmineSite {
  readonly client: RedmineClient;
  readonly account: Account;
  readonly markup: string;
  /** Without a slash at the end. */
  readonly address: string;
  readonly clock: ConnectorDeps['clock'];
  readonly #markerSetting: string | null;
  readonly #parentFieldsDerived: boolean;
  #trackers: Promise<readonly WireTracker[]> | null = null;
  readonly #projects = new Map<string, Promise<WireProject>>();
  /** Which project an issue was last seen in. */
  readonly #projectOf = new Map<string, string>();

  constructor(connection: ConnectionConfig, deps: ConnectorDeps) {
    const { markerField, markup, parentFields } = connection.settings;
    this.address = connection.url.replace(/\/+$/, '');
    this.client = new RedmineClient(deps, this.address);
    this.account = new Account(this.client);
    this.clock = deps.clock;
    this.markup = markup === undefined || markup === '' ? 'textile' : String(markup);
    this.#markerSetting = markerField === undefined || markerField === '' ? null : String(markerField);
    this.#parentFieldsDerived = parentFields !== 'independent';
  }

  async project(id: string, signal: AbortSignal, age: Age = 'kept'): Promise<WireProject> {
    if (age === 'kept') {
      const kept = this.#projects.get(id);
      if (kept !== undefined) return await kept;
    }
    const read = this.client.project(id, signal);
    this.#projects.set(id, read);
    try {
      const project = await read;
      this.#projects.set(String(project.id), read);
      return project;
    } catch (error) {
      this.#projects.delete(id);
      throw error;
    }
  }

  async trackers(signal: AbortSignal, age: Age = 'kept'): Promise<readonly WireTracker[]> {
    if (age === 'fresh' || this.#trackers === null) this.#trackers = this.client.trackers(signal);
    const read = this.#trackers;
    try {
      return await read;
    } catch (error) {
      if (this.#trackers === read) this.#trackers = null;
      throw error;
    }
  }

  /** The custom field that the setting names; null where it names none. Error `mapping-invalid` where there is no such field. */
  markerField(project: WireProject): Named | null {
    const wanted = this.#markerSetting;
    if (wanted === null) return null;
    const fields = project.issue_custom_fields;
    const number = wanted.replace(/^cf_/, '');
    const found = fields.find((field) => field.name === wanted) ?? fields.find((field) => String(field.id) === number);
    if (found !== undefined) return { id: found.id, name: found.name };
    throw new LockstepError('mapping-invalid', `The project ${project.identifier} has no custom field "${wanted}".`, {
      action: "Correct the connection's setting markerField, or add that custom field to the project.",
      context: { scope: project.identifier, setting: 'markerField' },
    });
  }

  async toItem(read: IssueRead, signal: AbortSignal): Promise<Item> {
    return toItem(read.issue, await this.contextOf(read.issue, read.floorMs, signal));
  }

  async contextOf(issue: WireIssue, floorMs: number | null, signal: AbortSignal): Promise<MapContext> {
    const projectId = String(issue.project.id);
    this.#projectOf.set(String(issue.id), projectId);
    const permissions = await this.account.permissions(projectId, signal);
    const markerFieldId = this.#markerSetting === null ? null : await this.#markerIn(projectId, signal);
    return {
      baseUrl: this.address,
      markerFieldId,
      parentFieldsDerived: this.#parentFieldsDerived,
      forbidden: await this.#forbidden(issue, permissions, signal),
      seesPrivateNotes: has(permissions, 'view_private_notes'),
      floorMs,
    };
  }

  /** An issue may have moved to a project that has no such field, or that the account does not see. */
  async #markerIn(projectId: string, signal: AbortSignal): Promise<number | null> {
    try {
      return this.markerField(await this.project(projectId, signal))?.id ?? null;
    } catch (error) {
      if (hasCode(error, 'mapping-invalid', 'scope-unknown')) return null;
      throw error;
    }
  }

  async #forbidden(
    issue: WireIssue,
    permissions: ReadonlySet<string> | null,
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>> {
    const forbidden = new Set<string>();
    const tracker = (await this.trackers(signal)).find((each) => each.id === issue.tracker.id);
    const enabled = tracker?.enabled_standard_fields;
    if (enabled !== undefined) {
      for (const [name, field] of Object.entries(coreFields)) {
        if (!enabled.includes(name) && !newerCoreFields.has(name)) forbidden.add(field);
      }
    }
    const user = await this.account.user(signal);
    const isOwn = issue.author?.id === user.id;
    if (!has(permissions, 'edit_issues') && !(isOwn && has(permissions, 'edit_own_issues'))) {
      for (const field of editableFields) forbidden.add(field);
      for (const custom of issue.custom_fields) forbidden.add(`cf_${String(custom.id)}`);
    }
    if (!has(permissions, 'manage_subtasks')) forbidden.add('parent');
    return forbidden;
  }

  /** The project that the issue lies in, asked for where it was never seen. */
  async projectOf(ref: string, signal: AbortSignal): Promise<string> {
    const known = this.#projectOf.get(ref);
    if (known !== undefined) return known;
    const { issue } = await this.client.issue(ref, signal);
    this.#projectOf.set(ref, String(issue.project.id));
    return String(issue.project.id);
  }
}
