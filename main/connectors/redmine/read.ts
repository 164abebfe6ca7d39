import { z } from 'zod';
import { LockstepError, hasCode } from '../../../preload/contract/errors.js';
import type {
  Cursor,
  FindCreatedRequest,
  FindCreatedResult,
  Head,
  Item,
  Lookup,
  ReadPage,
  ReadRequest,
  ScopeSelection,
} from '../contract.js';
import { mapLimit } from '../map-limit.js';
import { pageSize } from './client.js';
import type { IssuePage, IssueQuery } from './client.js';
import { manifest } from './manifest.js';
import { markerOf } from './map.js';
import { stampOf, toSecond } from './server-clock.js';
import type { RedmineSite } from './site.js';
import type { WireIssue } from './wire.js';

/** Asked for again before the cursor: the clock's grain, transactions that end late, a clock that is set back. */
const overlapMs = 120_000;
/** Before `sinceMs` where the server does not tell its time, so that a clock that is hours off hides nothing. */
const blindOverlapMs = 24 * 3_600_000;

const second = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);
const cursorSchema = z.object({
  /** Everything before this (server's time) was read by an earlier reading; null: nothing was. */
  since: second.nullable(),
  /** The server's time when this reading began; null between readings, and where it holds nothing to tell it by. */
  ceiling: second.nullable(),
  /** Of this reading, issues up to this number were given out; null between readings. */
  afterId: z.number().int().nonnegative().nullable(),
});
type ReadCursor = z.infer<typeof cursorSchema>;

const wholeListing: ReadCursor = { since: null, ceiling: null, afterId: null };

/**
 * Pages by number, not by offset: an issue that is edited between two pages changes its place in no other's page, so
 * none is lost or doubled. What was edited behind our back has `updated_on` after the ceiling and comes in the next reading.
 */
export async function* readHeads(site: RedmineSite, request: ReadRequest): AsyncGenerator<ReadPage, void, undefined> {
  const { signal } = request;
  const project = await site.project(request.scope, signal);
  const marker = site.markerField(project);
  const scope = String(project.id);
  let state = startOf(site, request.cursor);
  let first: IssuePage | null = null;
  if (state.afterId === null) {
    const begun = await beginReading(site, scope, request.types, state, signal);
    state = begun.state;
    first = begun.page;
  }
  const ceiling = state.ceiling;
  for await (const page of pagesOf(
    site,
    scope,
    listingQuery(request.types, state.since),
    state.afterId ?? 0,
    first,
    signal,
  )) {
    const lastId = page.issues.at(-1)?.id ?? state.afterId ?? 0;
    yield {
      heads: page.issues.map((issue) => toHead(issue, marker?.id ?? null, page.floorMs)),
      cursor: page.isLast
        ? { since: ceiling ?? state.since, ceiling: null, afterId: null }
        : { since: state.since, ceiling, afterId: lastId },
    };
  }
}

function toHead(issue: WireIssue, markerFieldId: number | null, floorMs: number | null): Head {
  return {
    ref: String(issue.id),
    stamp: stampOf(issue.updated_on, floorMs),
    marker: markerOf(issue, markerFieldId),
  };
}

/** What cannot be a cursor of ours, or lies in the future, is answered with everything. */
function startOf(site: RedmineSite, cursor: Cursor | null): ReadCursor {
  const parsed = cursorSchema.safeParse(cursor ?? wholeListing);
  if (!parsed.success) return wholeListing;
  const { since, ceiling } = parsed.data;
  // Without the server's own word, a day more is left for its clock to be ahead of ours.
  const tells = site.client.serverClock.tellsTime() === true;
  const nowMs = (tells ? site.client.serverClock.floorMs() : null) ?? site.clock.now() + 24 * 3_600_000;
  const isFuture = [since, ceiling].some((time) => time !== null && Date.parse(time) > nowMs + overlapMs);
  return isFuture ? wholeListing : parsed.data;
}

/** The first page of a new reading, and its ceiling: the server's time before anything of it was read. */
async function beginReading(
  site: RedmineSite,
  scope: string,
  types: readonly string[],
  state: ReadCursor,
  signal: AbortSignal,
): Promise<{ readonly state: ReadCursor; readonly page: IssuePage }> {
  const query = { ...listingQuery(types, state.since), ...after(0) };
  const page = await site.client.issues(scope, query, signal);
  if (page.serverTimeMs !== null) {
    const ceiling = toSecond(page.serverTimeMs);
    // The clock was set back, or the cursor was never ours.
    if (state.since !== null && Date.parse(state.since) > page.serverTimeMs + overlapMs) {
      return await beginReading(site, scope, types, wholeListing, signal);
    }
    return { state: { ...state, ceiling }, page };
  }
  // No clock: the newest change that we know to lie before this reading takes its place.
  if (page.total <= page.issues.length) {
    return { state: { ...state, ceiling: newestOf(site, page.issues) ?? state.since }, page };
  }
  const newest = await site.client.issues(scope, { ...typeQuery(types), sort: 'updated_on:desc', limit: 1 }, signal);
  const again = await site.client.issues(scope, query, signal);
  return { state: { ...state, ceiling: newestOf(site, newest.issues) ?? state.since }, page: again };
}

function newestOf(site: RedmineSite, issues: readonly WireIssue[]): string | null {
  if (issues.length === 0) return null;
  const newest = Math.max(...issues.map((issue) => Date.parse(issue.updated_on)));
  return toSecond(Math.min(newest, site.clock.now()));
}

function typeQuery(types: readonly string[]): IssueQuery {
  // No issue has a tracker with number 0, and an empty filter would mean all of them.
  return { tracker_id: types.length === 0 ? '0' : [...types].sort().join('|') };
}

function listingQuery(types: readonly string[], since: string | null): IssueQuery {
  const recent = since === null ? {} : { updated_on: `>=${toSecond(Date.parse(since) - overlapMs)}` };
  return { ...typeQuery(types), ...recent };
}

function after(id: number): IssueQuery {
  return { sort: 'id', ...(id === 0 ? {} : { issue_id: `>=${String(id + 1)}` }) };
}

interface CheckedPage extends IssuePage {
  readonly isLast: boolean;
}

async function* pagesOf(
  site: RedmineSite,
  scope: string,
  query: IssueQuery,
  afterId: number,
  first: IssuePage | null,
  signal: AbortSignal,
): AsyncGenerator<CheckedPage, void, undefined> {
  let lastId = afterId;
  let ready = first;
  /** Many may be created while we read, but the listing must not run ahead of us for ever. */
  let budget: number | null = null;
  for (;;) {
    const page = ready ?? (await site.client.issues(scope, { ...query, ...after(lastId) }, signal));
    ready = null;
    budget ??= page.total * 1.5 + 1_000;
    budget -= page.issues.length;
    for (const issue of page.issues) {
      if (issue.id <= lastId) throw endless(scope, `it gives issue ${String(issue.id)} again`);
      lastId = issue.id;
    }
    if (budget < 0) throw endless(scope, 'it gives many more issues than it spoke of');
    const isLast = page.issues.length === 0 || page.total <= page.issues.length;
    yield { ...page, isLast };
    if (isLast) return;
  }
}

function endless(scope: string, why: string): LockstepError {
  return new LockstepError('endless-listing', `The issue list of project ${scope} does not end: ${why}.`, {
    action:
      'The run stopped there and nothing of the page was used. Is something between you and Redmine changing answers?',
    context: { scope },
  });
}

export async function lookUp(
  site: RedmineSite,
  refs: readonly string[],
  signal: AbortSignal,
): Promise<readonly Lookup[]> {
  return await mapLimit(refs, manifest.capabilities.concurrency, async (ref): Promise<Lookup> => {
    try {
      return { state: 'present', ref, item: await readItem(site, ref, signal) };
    } catch (error) {
      if (hasCode(error, 'gone')) return { state: 'gone', ref };
      if (hasCode(error, 'forbidden')) return { state: 'not-visible', ref };
      throw error;
    }
  });
}

export async function readItem(site: RedmineSite, ref: string, signal: AbortSignal): Promise<Item> {
  return await site.toItem(await site.client.issue(ref, signal), signal);
}

/** Redmine's list is read from its database: complete and consistent. */
export async function findCreated(site: RedmineSite, request: FindCreatedRequest): Promise<FindCreatedResult> {
  const { signal } = request;
  const project = await site.project(request.scope, signal);
  const marker = site.markerField(project);
  const scope = String(project.id);
  const startedAtMs = site.clock.now();
  if (request.marker !== null && marker === null) {
    throw new LockstepError('internal', 'A marker was asked for, but no marker field is set.');
  }
  if (site.client.serverClock.tellsTime() === null) await site.account.user(signal);
  const slackMs = site.client.serverClock.tellsTime() === true ? overlapMs : blindOverlapMs;
  const query: IssueQuery = {
    ...typeQuery(request.types),
    author_id: 'me',
    created_on: `>=${toSecond(request.sinceMs - slackMs)}`,
    // Ignored where the field is not "used as a filter"; so the answer is filtered again below.
    ...(marker === null || request.marker === null ? {} : { [`cf_${String(marker.id)}`]: `=${request.marker}` }),
  };
  const refs: string[] = [];
  let listedAtMs: number | null = null;
  for await (const page of pagesOf(site, scope, query, 0, null, signal)) {
    listedAtMs ??= page.serverTimeMs;
    for (const issue of page.issues) {
      if (request.marker === null || markerOf(issue, marker?.id ?? null) === request.marker)
        refs.push(String(issue.id));
    }
  }
  const found = await lookUp(site, refs, signal);
  return {
    items: found.flatMap((lookup) => (lookup.state === 'present' ? [lookup.item] : [])),
    listedAtMs: listedAtMs ?? startedAtMs,
  };
}

export async function inScope(
  site: RedmineSite,
  selection: ScopeSelection,
  refs: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const scope = String((await site.project(selection.scope, signal)).id);
  const chunks: string[][] = [];
  for (let at = 0; at < refs.length; at += pageSize) chunks.push(refs.slice(at, at + pageSize));
  const pages = await mapLimit(chunks, manifest.capabilities.concurrency, async (chunk) => {
    const query = { ...typeQuery(selection.types), issue_id: chunk.join(','), sort: 'id' };
    return (await site.client.issues(scope, query, signal)).issues;
  });
  const inside = pages
    .flat()
    .filter((issue) => String(issue.project.id) === scope && selection.types.includes(String(issue.tracker.id)))
    .map((issue) => String(issue.id));
  return new Set(inside);
}

/** Redmine counts for every listing; the smallest page is one issue. */
export async function count(site: RedmineSite, selection: ScopeSelection, signal: AbortSignal): Promise<number> {
  const scope = String((await site.project(selection.scope, signal)).id);
  return (await site.client.issues(scope, { ...typeQuery(selection.types), limit: 1 }, signal)).total;
}
