import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogEntry } from '../engine/state.js';
import { makeBundleFiles } from '../logging/support-bundle/make.js';
import { createSlices } from '../logging/support-bundle/slices.js';
import { createStandIns } from '../logging/support-bundle/stand-ins.js';
import { findLeaks, type Forbidden } from '../logging/support-bundle/verify.js';
import { zipMembers } from '../logging/support-bundle/zip.js';
import { readNetworkSettings } from '../runner/network-settings.js';
import type { Program } from '../runner/program.js';
import type { FieldValue } from '../../preload/contract/values.js';
import { unknownRun } from './run-registry.js';

/** Rows of a larger run are cut off: the first ones tell how it went wrong. */
const mostRows = 20_000;
const rowsAtOnce = 1_000;
/** Of the app log, from its end. */
const appLogBytes = 256 * 1024;

export interface CollectedBundle {
  readonly files: readonly { readonly name: string; readonly text: string; readonly bytes: number }[];
  readonly zip: Uint8Array;
  readonly refusals: readonly string[];
  readonly rows: number;
}

/** A run's support bundle and what its verifier says. The stand-ins' key is drawn here and kept nowhere. */
export async function collectBundle(program: Program, runId: string, signal: AbortSignal): Promise<CollectedBundle> {
  const { stored, host, workspace } = program;
  const found = await stored.runs.get(runId);
  if (found === null) throw unknownRun(runId);
  const slices = createSlices(async () => {
    await nextTurn();
    signal.throwIfAborted();
  });
  const rows: { readonly seq: number; readonly entry: LogEntry }[] = [];
  for (let more = true; more && rows.length < mostRows;) {
    signal.throwIfAborted();
    const page = await stored.log.page(runId, { afterSeq: rows.at(-1)?.seq ?? -1, limit: rowsAtOnce });
    rows.push(...page);
    more = page.length === rowsAtOnce;
  }
  const integration = (await stored.integrations.list()).find(({ id }) => id === found.integrationId);
  const { schemaVersion } = await workspace.database.status();
  const versions = {
    lockstep: host.appVersion,
    node: process.versions.node,
    platform: host.platform,
    architecture: process.arch,
    host: host.kind,
    storeFormat: schemaVersion,
  };
  const appLog = readAppLog(program);
  const config = integration?.config ?? null;
  const rowsLeftOut = Math.max(0, (await stored.log.count(runId)) - rows.length);
  const parts = { versions, run: found.run, rows, rowsLeftOut, config, appLog };
  const files = await makeBundleFiles(parts, createStandIns(host.random.bytes(32)), slices);
  const forbidden: Forbidden = {
    always: await secretsAndHosts(program),
    values: valuesOf(rows, [config, found.run.id, found.run.message]),
    versions: Object.values(versions).map(String),
  };
  const refusals = await findLeaks(files, forbidden, slices);
  const members = files.map(({ name, text }) => ({ name, text, content: new TextEncoder().encode(text) }));
  return {
    files: members.map(({ name, text, content }) => ({ name, text, bytes: content.length })),
    zip: await zipMembers(members, host.clock.now(), slices),
    refusals,
    rows: rows.length,
  };
}

function* valuesOf(rows: readonly { readonly entry: LogEntry }[], more: readonly unknown[]): Generator<string> {
  for (const { entry } of rows) yield* textsOf(entry);
  yield* more.flatMap(leavesOf);
}

async function secretsAndHosts(program: Program): Promise<readonly string[]> {
  const { stored, network } = program;
  const found = network.ledgerEntries().map(({ host }) => host);
  for (const record of await stored.connections.list()) {
    found.push(record.url, record.name, new URL(record.url).host, new URL(record.url).hostname);
    const { proxy } = readNetworkSettings(record.network);
    if (proxy !== null) found.push(proxy);
    // One that cannot be opened cannot be in the bundle, either.
    const secret = await program.target(record).then(
      (target) => target.secret,
      () => null,
    );
    if (secret !== null) found.push(secret);
  }
  return found.filter((text) => text.length > 3);
}

function textsOf(entry: LogEntry): readonly string[] {
  const { before, after, sourceBefore, source, refs, title, message, field, pairId } = entry;
  const ofValue = (value: FieldValue): readonly string[] =>
    value === null ? [] : Array.isArray(value) ? [...(value as readonly string[])] : [String(value)];
  const texts = [refs.left, refs.right, title, message, field, pairId].filter((text) => text !== null);
  return [...texts, ...[before, after, sourceBefore, source].flatMap(ofValue)];
}

/** Names of members, too: where the user chose them they are his. */
function leavesOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [name, ...leavesOf(member)]);
}

function readAppLog({ host }: Program): string {
  const { fileSystem, dataFolder } = host;
  const path = `${dataFolder}/logs/lockstep.log`;
  if (fileSystem.sizeOf(path) === null) return '';
  const bytes = fileSystem.readFile(path);
  const text = new TextDecoder().decode(bytes.subarray(Math.max(0, bytes.length - appLogBytes)));
  // The first line may be cut.
  return bytes.length > appLogBytes ? text.slice(text.indexOf('\n') + 1) : text;
}
