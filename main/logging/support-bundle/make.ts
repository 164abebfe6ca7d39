import type { LogEntry, RunState } from '../../engine/state.js';
import type { IntegrationConfig } from '../../../preload/contract/integration.js';
import type { FieldValue } from '../../../preload/contract/values.js';
import { rankValues, type Ranks } from './ranks.js';
import type { Slices } from './slices.js';
import { isStandIn, type StandIns } from './stand-ins.js';
import type { BundleFile } from './verify.js';
import { knownKeys, numberKeys, vocabulary } from './vocabulary.js';

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

/** The files of a bundle: nothing of the user's but stand-ins. Does nothing but compute. */
export async function makeBundleFiles(
  parts: BundleParts,
  standIn: StandIns,
  slices: Slices,
): Promise<readonly BundleFile[]> {
  const { versions, run, rows, rowsLeftOut, config, appLog } = parts;
  const { id, mode, outcome, startedAtMs, endedAtMs, counts, brakes, message } = run;
  const runFacts = {
    run: standIn('id', id),
    ...{ mode, outcome, startedAtMs, endedAtMs, counts, brakes, rowsLeftOut },
    message: message === null ? null : standIn('text', message),
  };
  const ranks = await rankValues(rows, slices);
  const rowLines: string[] = [];
  for (const { seq, entry } of rows) {
    await slices.before(costOfRow + charactersOf(entry));
    rowLines.push(jsonLine(rowFacts(seq, entry, standIn, ranks)));
  }
  const plain = createPlain(standIn, slices);
  const appLogLines: string[] = [];
  for (const line of appLog.split('\n')) {
    const facts = await appLogFacts(line, standIn, plain);
    if (facts !== null) appLogLines.push(jsonLine(facts));
  }
  const files: BundleFile[] = [
    { name: 'versions.json', text: pretty(versions) },
    { name: 'run.json', text: pretty(runFacts) },
    { name: 'log.jsonl', text: rowLines.join('') },
    { name: 'app-log.jsonl', text: appLogLines.join('') },
  ];
  if (config !== null) files.push({ name: 'configuration.json', text: pretty(await plain(config, '', 'name')) });
  return files;
}

/** A row's about ten stand-ins and its JSON, in the time that so many characters take. */
const costOfRow = 2_048;
const costOfStandIn = 256;

function charactersOf({ before, after, sourceBefore, source, title, message }: LogEntry): number {
  return [before, after, sourceBefore, source, title, message].reduce<number>((sum, value) => {
    if (typeof value === 'string') return sum + value.length;
    return Array.isArray(value) ? value.reduce<number>((all, member: string) => all + member.length, sum) : sum;
  }, 0);
}

function rowFacts(seq: number, entry: LogEntry, standIn: StandIns, ranks: Ranks): unknown {
  const { atMs, pairId, side, kind, field, outcome, reason, refs, title, code, message, durationMs } = entry;
  const shown = (value: FieldValue): unknown => valueFacts(value, standIn, ranks);
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

/** Its type, its length or its place in the order, and whether it is the same as another one. */
function valueFacts(value: FieldValue, standIn: StandIns, ranks: Ranks): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) {
    const members = value as readonly string[];
    return { type: 'list', members: members.map((member) => standIn('value', member)) };
  }
  const is = standIn('value', String(value));
  if (typeof value === 'boolean') return { type: 'flag', is };
  const rank = ranks.of(value);
  if (typeof value === 'number') return { type: 'number', rank, is };
  return rank === null ? { type: 'text', length: String(value).length, is } : { type: 'date', rank, is };
}

/** What of the app log is a number or a word of ours stays. Null: nothing of this line. */
async function appLogFacts(line: string, standIn: StandIns, plain: Plain): Promise<unknown> {
  if (line.trim() === '') return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return { event: standIn('text', line) };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null;
  const { time, timeMs: _timeMs, stack: _stack, ...facts } = parsed as Readonly<Record<string, unknown>>;
  const timeMs = typeof time === 'string' && !Number.isNaN(Date.parse(time)) ? Date.parse(time) : null;
  return { timeMs, ...((await plain(facts, '', 'text')) as object) };
}

type Plain = (value: unknown, key: string, kind: 'name' | 'text') => Promise<unknown>;

/** Any data: numbers and words of ours as they are, everything else as its stand-in. */
function createPlain(standIn: StandIns, slices: Slices): Plain {
  const plain: Plain = async (value, key, kind) => {
    if (value === null || typeof value === 'boolean') return value;
    await slices.before(costOfStandIn + (typeof value === 'string' ? value.length : 0));
    if (typeof value === 'number') return numberKeys.has(key) ? value : standIn(kind, String(value));
    if (typeof value === 'string') return freeText.has(key) ? standIn('name', value) : word(value, kind, standIn);
    if (typeof value !== 'object') return null;
    if (Array.isArray(value)) {
      const members: unknown[] = [];
      for (const member of value) members.push(await plain(member, key, kind));
      return members;
    }
    const facts: [string, unknown][] = [];
    for (const [name, member] of Object.entries(value)) {
      facts.push([knownKeys.has(name) ? name : standIn('name', name), await plain(member, name, kind)]);
    }
    return Object.fromEntries(facts);
  };
  return plain;
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

function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
