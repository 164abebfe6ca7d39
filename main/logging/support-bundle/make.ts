import type { LogEntry, RunState } from '../../engine/state.js';
import type { IntegrationConfig } from '../../../preload/contract/integration.js';
import type { FieldValue } from '../../../preload/contract/values.js';
import { isStandIn, type StandIns } from './stand-ins.js';
import type { BundleFile } from './verify.js';
import { knownKeys, vocabulary } from './vocabulary.js';

export interface BundleParts {
  readonly versions: {
    readonly lockstep: string;
    readonly node: string;
    readonly platform: string;
    readonly architecture: string;
    readonly host: string;
    readonly storeFormat: number;
  };
  readonly run: RunState;
  readonly rows: readonly { readonly seq: number; readonly entry: LogEntry }[];
  /** Rows of the run that are too many for a bundle. */
  readonly rowsLeftOut: number;
  /** Null where the integration was removed. */
  readonly config: IntegrationConfig | null;
  /** JSON Lines. */
  readonly appLog: string;
}

/** The files of a bundle: nothing of the user's but stand-ins. Pure. */
export function makeBundleFiles(parts: BundleParts, standIn: StandIns): readonly BundleFile[] {
  const { versions, run, rows, rowsLeftOut, config, appLog } = parts;
  const { id, mode, outcome, startedAtMs, endedAtMs, counts, brakes, message } = run;
  const runFacts = {
    run: standIn('id', id),
    ...{ mode, outcome, startedAtMs, endedAtMs, counts, brakes, rowsLeftOut },
    message: message === null ? null : standIn('text', message),
  };
  const files: BundleFile[] = [
    { name: 'versions.json', text: pretty(versions) },
    { name: 'run.json', text: pretty(runFacts) },
    { name: 'log.jsonl', text: lines(rows.map(({ seq, entry }) => rowFacts(seq, entry, standIn))) },
    { name: 'app-log.jsonl', text: lines(appLog.split('\n').flatMap((line) => appLogFacts(line, standIn))) },
  ];
  if (config !== null) files.push({ name: 'configuration.json', text: pretty(plain(config, 'name', standIn)) });
  return files;
}

function rowFacts(seq: number, entry: LogEntry, standIn: StandIns): unknown {
  const { atMs, pairId, side, kind, field, outcome, reason, refs, title, code, message, durationMs } = entry;
  const shown = (value: FieldValue): unknown => valueFacts(value, standIn);
  return {
    ...{ seq, atMs, side, kind, outcome, reason, durationMs },
    pair: pairId === null ? null : standIn('pair', pairId),
    field: field === null ? null : standIn('field', field),
    items: {
      left: refs.left === null ? null : standIn('item', refs.left),
      right: refs.right === null ? null : standIn('item', refs.right),
    },
    title: title === '' ? null : standIn('text', title),
    before: shown(entry.before),
    after: shown(entry.after),
    sourceBefore: shown(entry.sourceBefore),
    source: shown(entry.source),
    code: code === null ? null : word(code, 'text', standIn),
    message: message === null ? null : standIn('text', message),
  };
}

/** Its type, its length, and whether it is the same as another one. */
function valueFacts(value: FieldValue, standIn: StandIns): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) {
    const members = value as readonly string[];
    return { type: 'list', members: members.map((member) => standIn('value', member)) };
  }
  if (typeof value === 'boolean') return { type: 'flag', is: standIn('value', String(value)) };
  if (typeof value === 'number') return { type: 'number', is: standIn('value', String(value)) };
  return { type: 'text', length: String(value).length, is: standIn('value', String(value)) };
}

/** What of the app log is a number or a word of ours stays. */
function appLogFacts(line: string, standIn: StandIns): readonly unknown[] {
  if (line.trim() === '') return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return [{ event: standIn('text', line) }];
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return [];
  const { time, stack: _stack, ...facts } = parsed as Readonly<Record<string, unknown>>;
  const timeMs = typeof time === 'string' && !Number.isNaN(Date.parse(time)) ? Date.parse(time) : null;
  return [{ timeMs, ...(plain(facts, 'text', standIn) as object) }];
}

/** Any data: numbers and words of ours as they are, everything else as its stand-in. */
function plain(value: unknown, kind: 'name' | 'text', standIn: StandIns): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (typeof value === 'string') return word(value, kind, standIn);
  if (Array.isArray(value)) return value.map((member) => plain(member, kind, standIn));
  if (typeof value !== 'object') return null;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      knownKeys.has(key) ? key : standIn('name', key),
      freeText.has(key) && typeof member === 'string' ? standIn('name', member) : plain(member, kind, standIn),
    ]),
  );
}

/** Keys whose values the user chose: a project that is called `left` is still his. */
const freeText: ReadonlySet<string> = new Set([
  'name',
  'connection',
  'scope',
  'integration',
  'host',
  'path',
  'message',
]);

function word(text: string, kind: 'name' | 'text', standIn: StandIns): string {
  return vocabulary.has(text) && !isStandIn(text) ? text : standIn(kind, text);
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function lines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
