import { calls } from '../../../preload/contract/calls.js';
import { errorCodes, errorKinds } from '../../../preload/contract/errors.js';
import { brakeNames, rowKinds, type Reason } from '../../../preload/contract/plan.js';

/** As keys, so that the compiler notices a new one. */
const reasons: Readonly<Record<Reason, true>> = {
  'against-direction': true,
  'back-in-scope': true,
  'both-changed-ask': true,
  'both-changed-equal': true,
  'both-changed-newest-left': true,
  'both-changed-newest-right': true,
  'both-changed-policy-left': true,
  'both-changed-policy-right': true,
  'changed-left': true,
  'changed-right': true,
  'comment-not-editable': true,
  'deleted-both': true,
  'deleted-here-edited-there': true,
  'deleted-left': true,
  'deleted-right': true,
  'failed-before': true,
  'frozen-flip': true,
  'hidden-left': true,
  'hidden-right': true,
  'initial-ask': true,
  'initial-equal': true,
  'initial-fill': true,
  'initial-left': true,
  'initial-right': true,
  'item-without-twin': true,
  'match-ambiguous': true,
  'matched-by-content': true,
  'matched-by-field': true,
  'matched-by-marker': true,
  'needs-review': true,
  'new-comment': true,
  'new-item': true,
  'not-editable': true,
  'not-visible-left': true,
  'not-visible-right': true,
  'option-without-twin': true,
  'out-of-scope-left': true,
  'out-of-scope-right': true,
  'private-left': true,
  'private-right': true,
  'resolved-by-user': true,
  'user-without-twin': true,
  'waits-for-lookup': true,
};

/** Words of ours that a bundle may hold: nobody's data. */
const words = [
  ...Object.keys(calls),
  ...Object.keys(errorCodes),
  ...errorKinds,
  ...brakeNames,
  ...rowKinds,
  ...Object.keys(reasons),
  ...['event', 'left', 'right', 'both', 'none', 'left-to-right', 'right-to-left', 'newest', 'ask', 'by-name', 'ignore'],
  ...['delete', 'sync', 'full', 'plan', 'done', 'failures', 'conflicts', 'braked', 'cancelled', 'failed', 'running'],
  ...['adopted', 'dropped', 'parked', 'skipped', 'note', 'comment', 'info', 'warning', 'error', 'redmine', 'textile'],
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'linux', 'darwin', 'win32', 'x64', 'arm64'],
  ...['desktop', 'web', 'terminal', 'opened', 'closed', 'call-failed', 'request', 'upkeep-failed', 'schedules-failed'],
  ...['scheduled-run-failed', 'key-slot-not-added', 'listener-failed', 'text', 'number', 'date', 'flag', 'list'],
  ...['started', 'suspend', 'resume', 'online', 'window-gone', 'no-tray', 'quit-limit', 'quit-failed', 'call-refused'],
  ...['link-refused', 'navigation-refused', 'request-refused', 'web-login', 'web-failed', 'web-refused'],
  ...['web-server-failed', 'admin', 'viewer'],
];

/** Keys whose numbers are ours: times, counts, limits, orders. */
const keysOfNumbers = [
  ...['storeFormat', 'startedAtMs', 'endedAtMs', 'created', 'updated', 'comments', 'adopted', 'failed', 'dropped'],
  ...['parked', 'skipped', 'review', 'rowsLeftOut', 'seq', 'atMs', 'durationMs', 'length', 'rank', 'creates', 'closes'],
  ...['closesPercent', 'changedPercent', 'clockSkewSeconds', 'status', 'timeMs', 'limitMs', 'attempt', 'waitMs'],
];

const keys = [
  ...keysOfNumbers,
  ...['lockstep', 'node', 'platform', 'architecture', 'host', 'mode', 'outcome', 'counts', 'brakes', 'run', 'pair'],
  ...['side', 'kind', 'field', 'reason', 'before', 'after', 'sourceBefore', 'source', 'items', 'left', 'right'],
  ...['title', 'code', 'message', 'type', 'is', 'members', 'connection', 'scope', 'name', 'types', 'create', 'match'],
  ...['initial', 'policy', 'newestElse', 'fields', 'direction', 'fillEmpty', 'values', 'users', 'deletions', 'level'],
  ...['event', 'call', 'method', 'path', 'requestId', 'integration', 'tracker', 'url', 'settings', 'more', 'trackers'],
  ...['retryable', 'why', 'what', 'version', 'workspace', 'role', 'topic'],
];

export const vocabulary: ReadonlySet<string> = new Set(words);
export const knownKeys: ReadonlySet<string> = new Set(keys);
export const numberKeys: ReadonlySet<string> = new Set(keysOfNumbers);

/** Whether a text says nothing that the bundle's own words do not say. */
export function isPartOfOurWords(folded: string): boolean {
  return folded.length <= longestWord && ours.includes(folded);
}

// One text, so that asking for each of a run's values stays cheap; no value has its separator in it (JSON escapes it).
const ours = [...words, ...keys].map((word) => word.toLowerCase()).join('\n');
const longestWord = Math.max(...[...words, ...keys].map((word) => word.length));
