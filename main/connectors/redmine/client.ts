import type { z } from 'zod';
import { LockstepError, hasCode } from '../../../preload/contract/errors.js';
import type { ErrorDetail } from '../../../preload/contract/errors.js';
import type { ConnectorDeps } from '../deps.js';
import { HttpError, createPageGuard } from '../http/index.js';
import type { HttpAnswer, HttpRequest } from '../http/index.js';
import { createServerClock } from './server-clock.js';
import type { ServerClock } from './server-clock.js';
import * as wire from './wire.js';

export const pageSize = 100;

export interface IssuePage {
  readonly issues: readonly wire.WireIssue[];
  /** Of the whole listing that was asked for. */
  readonly total: number;
  readonly serverTimeMs: number | null;
  /** What `ServerClock` knew when the request left. */
  readonly floorMs: number | null;
}

export interface IssueRead {
  readonly issue: wire.WireIssue;
  readonly floorMs: number | null;
}

export type IssueQuery = Readonly<Record<string, string | number>>;

/** Requests and what comes back; nothing here knows canonical values. Errors of `HttpClient`, made precise where Redmine is. */
export class RedmineClient {
  readonly serverClock: ServerClock;
  readonly #http: ConnectorDeps['http'];
  /** As the user wrote it; for what is said to them. */
  readonly #address: string;

  constructor(deps: ConnectorDeps, address: string) {
    this.#http = deps.http;
    this.#address = address;
    this.serverClock = createServerClock(deps.clock);
  }

  async currentUser(signal: AbortSignal): Promise<wire.WireUser & { readonly serverTimeMs: number | null }> {
    const query = { include: 'memberships' };
    const { value, answer } = await this.#read('/users/current.json', wire.userAnswer, signal, query);
    return { ...value.user, serverTimeMs: answer.serverTimeMs };
  }

  async rolePermissions(roleId: number, signal: AbortSignal): Promise<readonly string[]> {
    return (await this.#read(`/roles/${String(roleId)}.json`, wire.roleAnswer, signal)).value.role.permissions;
  }

  /** The first page; Redmine gives projects by number, older ones by name. */
  async firstProjects(signal: AbortSignal): Promise<readonly wire.WireProject[]> {
    const query = { limit: pageSize, sort: 'id' };
    return (await this.#read('/projects.json', wire.projectsAnswer, signal, query)).value.projects;
  }

  async projects(signal: AbortSignal): Promise<readonly wire.WireProject[]> {
    return await this.#allPages('/projects.json', 'projects', wire.projectsAnswer, (page) => page.projects, signal);
  }

  /** By number or identifier. Error `scope-unknown`. */
  async project(id: string, signal: AbortSignal): Promise<wire.WireProject> {
    const query = { include: 'trackers,issue_custom_fields' };
    const path = `/projects/${encodeURIComponent(id)}.json`;
    try {
      return (await this.#read(path, wire.projectAnswer, signal, query)).value.project;
    } catch (error) {
      throw hasCode(error, 'gone', 'forbidden') ? unknownScope(id, error) : error;
    }
  }

  async members(projectId: number, signal: AbortSignal): Promise<readonly wire.Named[]> {
    const path = `/projects/${String(projectId)}/memberships.json`;
    const all = await this.#allPages(path, 'members', wire.membershipsAnswer, (page) => page.memberships, signal);
    return all.flatMap((membership) => (membership.user === undefined ? [] : [membership.user]));
  }

  /** Administrators only. */
  async users(signal: AbortSignal): Promise<z.infer<typeof wire.usersAnswer>['users']> {
    return [...(await this.#allPages('/users.json', 'users', wire.usersAnswer, (page) => page.users, signal))];
  }

  async trackers(signal: AbortSignal): Promise<readonly wire.WireTracker[]> {
    return (await this.#read('/trackers.json', wire.trackersAnswer, signal)).value.trackers;
  }

  async statuses(signal: AbortSignal): Promise<z.infer<typeof wire.statusesAnswer>['issue_statuses']> {
    return (await this.#read('/issue_statuses.json', wire.statusesAnswer, signal)).value.issue_statuses;
  }

  async priorities(signal: AbortSignal): Promise<z.infer<typeof wire.prioritiesAnswer>['issue_priorities']> {
    return (await this.#read('/enumerations/issue_priorities.json', wire.prioritiesAnswer, signal)).value
      .issue_priorities;
  }

  /** Administrators only. */
  async customFields(signal: AbortSignal): Promise<readonly wire.WireCustomField[]> {
    const { value } = await this.#read('/custom_fields.json', wire.customFieldsAnswer, signal);
    return value.custom_fields.filter((field) => (field.customized_type ?? 'issue') === 'issue');
  }

  /** At most `pageSize` issues of one project (its subprojects left out), open and closed. Error `scope-unknown`. */
  async issues(projectId: string, query: IssueQuery, signal: AbortSignal): Promise<IssuePage> {
    const floorMs = this.serverClock.floorMs();
    // `subproject_id` and `status_id`: without them Redmine adds subprojects and leaves out closed issues.
    const all = { project_id: projectId, subproject_id: '!*', status_id: '*', limit: pageSize, ...query };
    try {
      const { value, answer } = await this.#read('/issues.json', wire.issuesAnswer, signal, all);
      this.serverClock.saw(value.issues.map((issue) => issue.updated_on));
      return { issues: value.issues, total: value.total_count, serverTimeMs: answer.serverTimeMs, floorMs };
    } catch (error) {
      throw hasCode(error, 'gone', 'forbidden') ? unknownScope(projectId, error) : error;
    }
  }

  async issue(ref: string, signal: AbortSignal): Promise<IssueRead> {
    const floorMs = this.serverClock.floorMs();
    const path = `/issues/${issueNumber(ref)}.json`;
    const { value } = await this.#read(path, wire.issueAnswer, signal, { include: 'journals,children' });
    this.serverClock.saw([value.issue.updated_on]);
    return { issue: value.issue, floorMs };
  }

  async createIssue(issue: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<wire.WireIssue> {
    const answer = await this.#send({ method: 'POST', path: '/issues.json', json: { issue }, signal });
    try {
      return parse(wire.issueAnswer, answer, '/issues.json', this.#address).issue;
    } catch (error) {
      throw asUnknownOutcome(error);
    }
  }

  /** Answers 204 also where Redmine did less than it was told, or nothing. */
  async updateIssue(ref: string, issue: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<void> {
    await this.#send({ method: 'PUT', path: `/issues/${issueNumber(ref)}.json`, json: { issue }, signal });
  }

  async updateJournal(id: string, journal: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<void> {
    await this.#send({ method: 'PUT', path: `/journals/${id}.json`, json: { journal }, signal });
  }

  async #read<T>(
    path: string,
    schema: z.ZodType<T>,
    signal: AbortSignal,
    query: Readonly<Record<string, string | number>> = {},
  ): Promise<{ readonly value: T; readonly answer: HttpAnswer }> {
    const answer = await this.#send({ method: 'GET', path, query, signal });
    return { value: parse(schema, answer, path, this.#address), answer };
  }

  async #send(request: HttpRequest): Promise<HttpAnswer> {
    try {
      const answer = await this.#http.request(request);
      this.serverClock.heard(answer.serverTimeMs);
      return answer;
    } catch (error) {
      throw notRedmines404(error) ? notRedmine(this.#address, error) : error;
    }
  }

  async #allPages<P extends { readonly total_count: number }, T extends { readonly id: number }>(
    path: string,
    listing: string,
    schema: z.ZodType<P>,
    pick: (page: P) => readonly T[],
    signal: AbortSignal,
  ): Promise<readonly T[]> {
    const guard = createPageGuard({ listing });
    const byId = new Map<number, T>();
    for (let offset = 0; ;) {
      const { value } = await this.#read(path, schema, signal, { limit: pageSize, offset });
      const page = pick(value);
      offset += page.length;
      const isLast = page.length === 0 || offset >= value.total_count;
      guard.check({
        ids: page.map((each) => String(each.id)),
        total: value.total_count,
        next: isLast ? null : offset,
      });
      for (const each of page) byId.set(each.id, each);
      if (isLast) return [...byId.values()].sort((a, b) => a.id - b.id);
    }
  }
}

function parse<T>(schema: z.ZodType<T>, answer: HttpAnswer, path: string, address: string): T {
  const parsed = schema.safeParse(answer.json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new LockstepError('answer-unexpected', `${address} answered to ${path} as no Redmine does.`, {
    action: 'Is this the address of a Redmine, with nothing in between that changes its answers?',
    context: { path, at: issue?.path.join('.') ?? '', requestId: answer.requestId, outcome: 'answered' },
  });
}

/**
 * Redmine's own "not found" is JSON without a body. Anything else - a web server's page, an empty answer of something in
 * between - says nothing about the item, and must not pass for the proof that it was deleted.
 */
function notRedmines404(error: unknown): error is HttpError {
  if (!(error instanceof HttpError) || error.code !== 'gone') return false;
  const { text = '', contentType = '' } = error.answer ?? {};
  return text.trim() !== '' || !contentType.startsWith('application/json');
}

export function notRedmine(address: string, error: LockstepError): LockstepError {
  return new LockstepError('not-this-tracker', `${address} answers, but there is no Redmine behind it.`, {
    action: 'Give the address under which Redmine opens in the browser, its folder included.',
    context: error.context,
    cause: error,
  });
}

function unknownScope(project: string, error: LockstepError): LockstepError {
  return new LockstepError(
    'scope-unknown',
    `The account sees no project "${project}" with an issue list in this Redmine.`,
    {
      action: "Check the project's name, its module Issue tracking, and whether the account is a member of it.",
      context: error.context,
      cause: error,
    },
  );
}

/**
 * After a write that Redmine took: whatever fails then, the write may be done and must be looked up, even where the
 * failed request itself was surely not sent.
 */
export function asUnknownOutcome(thrown: unknown): unknown {
  return withOutcome(thrown, 'unknown');
}

/** Before a write: whatever became of the reading that failed, the write never left. */
export function asNotSent(thrown: unknown): unknown {
  return withOutcome(thrown, 'not-sent');
}

function withOutcome(thrown: unknown, outcome: 'unknown' | 'not-sent'): unknown {
  if (!(thrown instanceof LockstepError)) return thrown;
  const detail: ErrorDetail = {
    ...(thrown.action === undefined ? {} : { action: thrown.action }),
    context: { ...thrown.context, outcome },
    cause: thrown,
  };
  return new LockstepError(thrown.code, thrown.message, detail);
}

/** A ref that is no number cannot be an issue's, and must not reach a path. */
function issueNumber(ref: string): string {
  if (/^[1-9]\d{0,17}$/.test(ref)) return ref;
  throw new LockstepError('internal', `"${ref}" is no Redmine issue.`);
}
