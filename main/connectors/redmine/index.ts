import { createHash } from 'node:crypto';
import { LockstepError, hasCode } from '../../../preload/contract/errors.js';
import type { FieldValue } from '../../../preload/contract/values.js';
import type { CheckResult, ConnectionConfig, Connector, ConnectorFactory } from '../contract.js';
import type { ConnectorDeps } from '../deps.js';
import { notRedmine } from './client.js';
import { changesOf, journalsAfter, sortedJournals } from './history.js';
import { manifest, readerVersion } from './manifest.js';
import { count, findCreated, inScope, lookUp, readHeads } from './read.js';
import { discover, listScopes } from './schema.js';
import { RedmineSite } from './site.js';
import { asText, wellFormed } from './text.js';
import type { WireProject, WireUser } from './wire.js';
import { addComment, createItem, deleteComment, editComment, updateItem } from './write.js';

export const redmine: ConnectorFactory<ConnectorDeps> = {
  manifest,
  readerVersion,
  authHeaders: (secret) => ({ 'X-Redmine-API-Key': secret }),
  open,
};

function open(connection: ConnectionConfig, deps: ConnectorDeps): Connector {
  const site = new RedmineSite(connection, deps);
  return {
    check: async (signal) => await check(site, signal),
    listScopes: async (signal) => await listScopes(site, signal),
    discover: async (scope, signal) => await discover(site, scope, signal),
    read: (request) => readHeads(site, request),
    getMany: async (refs, signal) => await lookUp(site, refs, signal),
    create: async (draft, signal) => await createItem(site, draft, signal),
    update: async (ref, fields, since, signal) => await updateItem(site, ref, fields, since, signal),
    addComment: async (ref, comment, since, signal) => await addComment(site, ref, comment, since, signal),
    editComment: async (ref, comment, change, since, signal) =>
      await editComment(site, ref, comment, change, since, signal),
    deleteComment: async (ref, comment, since, signal) => await deleteComment(site, ref, comment, since, signal),
    findCreated: async (request) => await findCreated(site, request),
    inScope: async (scope, refs, signal) => await inScope(site, scope, refs, signal),
    count: async (scope, signal) => await count(site, scope, signal),
    history: async (ref, since, signal) => {
      const { issue } = await site.client.issue(ref, signal);
      return journalsAfter(sortedJournals(issue), since).flatMap(changesOf);
    },
    normalise,
  };
}

async function check(site: RedmineSite, signal: AbortSignal): Promise<CheckResult> {
  const startedMs = site.clock.now();
  const user = await readAccount(site, signal);
  const endedMs = site.clock.now();
  site.account.refresh(user);
  const name = `${user.firstname} ${user.lastname}`.trim();
  return {
    account: { id: String(user.id), name: name === '' ? user.login : name },
    siteId: siteIdOf(user, await site.client.firstProjects(signal)),
    skewMs: user.serverTimeMs === null ? 0 : skewOf(user.serverTimeMs, startedMs, endedMs),
  };
}

async function readAccount(
  site: RedmineSite,
  signal: AbortSignal,
): Promise<WireUser & { readonly serverTimeMs: number | null }> {
  try {
    return await site.client.currentUser(signal);
  } catch (error) {
    if (hasCode(error, 'gone', 'answer-unexpected')) throw notRedmine(site.address, error);
    if (hasCode(error, 'forbidden')) {
      throw new LockstepError('forbidden', `The Redmine at ${site.address} refuses every request to its API.`, {
        action: 'Ask its administrator to switch on the REST web service (Administration, Settings, API).',
        context: error.context,
        cause: error,
      });
    }
    throw error;
  }
}

/**
 * Redmine has no id of its own. The oldest project that the account sees is as good: its number, identifier and birth
 * never change. It changes only where that project is deleted or an older one becomes visible, and then the user is asked
 * once. Where no project is visible, the account itself.
 */
function siteIdOf(user: WireUser, projects: readonly WireProject[]): string {
  const oldest = [...projects].sort((a, b) => a.id - b.id)[0];
  const facts =
    oldest === undefined
      ? ['account', user.id, user.created_on]
      : ['project', oldest.id, oldest.identifier, oldest.created_on];
  return `redmine-${createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32)}`;
}

/** `Date` is cut to the second and lies between sending and answer; what is within that play counts as no skew. */
function skewOf(serverSecondMs: number, startedMs: number, endedMs: number): number {
  const least = serverSecondMs - endedMs;
  const most = serverSecondMs + 1_000 - startedMs;
  if (least > 0) return least;
  return most < 0 ? most : 0;
}

/** Tried on the real server, see the conformance suite: Redmine neither trims nor cuts texts; fractions of % done go. */
function normalise(field: string, value: FieldValue): FieldValue {
  if (field === 'doneRatio') return typeof value === 'number' ? Math.trunc(value) : 0;
  if (field === 'subject' || field === 'description' || field.startsWith('cf_')) {
    const text = asText(value);
    return text === null ? null : wellFormed(text);
  }
  return value;
}
