import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LogEntry, StoreOp } from '../../../../main/engine/state.js';
import type { Database } from '../../../../main/store/database.js';
import { createEngineStore } from '../../../../main/store/repositories/engine-store.js';
import type { LogPlace } from '../../../../main/store/repositories/log.js';
import type { FoundLogRow, LogFilter, LogSearch } from '../../../../main/store/repositories/log-search.js';
import { createLogSearch } from '../../../../main/store/repositories/log-search.js';
import { anEntry, aPair, aRun } from '../../../support/engine-fixtures.js';
import { seededChance } from '../store-kit.js';
import { openWorkspace, type OpenedWorkspace, putIntegrations } from './kit.js';

const dayMs = 24 * 60 * 60 * 1000;
const startMs = 1_772_000_000_000;
const fields = ['subject', 'status', null] as const;
const outcomes = ['done', 'failed', 'skipped'] as const;
const kinds = ['set', 'create', 'event'] as const;
const words = ['Größe', 'printer', 'FIRE', 'ladder', 'x\u0301'];

interface Written {
  readonly integrationId: string;
  readonly seq: number;
  readonly entry: LogEntry;
}

/** Five runs of two integrations, taking turns; what was written, newest first. */
async function writeRuns(workspace: OpenedWorkspace): Promise<readonly Written[]> {
  await putIntegrations(workspace.repositories, 'i1', 'i2');
  const chance = seededChance(3);
  const any = <T>(values: readonly T[]): T => values[Math.floor(chance() * values.length)] as T;
  const written: Written[] = [];
  for (const [run, size] of [70, 0, 130, 1, 45].entries()) {
    const integrationId = run % 2 === 0 ? 'i1' : 'i2';
    const store = createEngineStore(workspace.database, integrationId);
    const runId = `run${String(run)}`;
    const startedAtMs = startMs + run * 3 * dayMs;
    await store.commit(
      [{ op: 'put-run', run: aRun(runId, { startedAtMs, endedAtMs: startedAtMs + 60_000 }) }],
      'durable',
    );
    const entries = Array.from({ length: size }, (_, seq): LogEntry => {
      const pairId = any([null, 'p1', 'p2', 'p3']);
      return anEntry(runId, {
        pairId,
        side: any(['left', 'right', null]),
        kind: any(kinds),
        field: any(fields),
        outcome: any(outcomes),
        title: any(words),
        before: any([null, 3, [any(words), 'b']]),
        after: any(words),
        sourceBefore: null,
        source: null,
        message: null,
        atMs: startedAtMs + seq * 100,
      });
    });
    for (let from = 0; from < size; from += 7) {
      const ops = entries.slice(from, from + 7).map((entry): StoreOp => ({ op: 'log', entry }));
      await store.commit(ops, 'relaxed');
    }
    written.unshift(...entries.map((entry, seq) => ({ integrationId, seq, entry })).reverse());
  }
  const pairs = createEngineStore(workspace.database, 'i1');
  await pairs.commit([{ op: 'put-pair', pair: aPair('p2', { keys: { left: '#7', right: 'OPS-7' } }) }], 'durable');
  return written;
}

function fits({ integrationId, entry }: Written, filter: LogFilter): boolean {
  const item = filter.item === '#7' || filter.item === 'r-p2' ? 'p2' : filter.item;
  return (
    (filter.integrationId ?? integrationId) === integrationId &&
    (filter.runId ?? entry.runId) === entry.runId &&
    (item ?? entry.pairId) === entry.pairId &&
    (filter.side ?? entry.side) === entry.side &&
    (filter.kind ?? entry.kind) === entry.kind &&
    (filter.field ?? entry.field) === entry.field &&
    (filter.outcome ?? entry.outcome) === entry.outcome &&
    (filter.fromMs ?? 0) <= entry.atMs &&
    (filter.toMs ?? Infinity) >= entry.atMs
  );
}

const bare = ({ integrationId, seq, entry }: FoundLogRow): Written => ({ integrationId, seq, entry });

const timeOf = fc.integer({ min: 0, max: 14 * 24 }).map((hours) => startMs + (hours * dayMs) / 24);
const filters: fc.Arbitrary<LogFilter> = fc.record(
  {
    integrationId: fc.constantFrom('i1', 'i2', 'nobody'),
    runId: fc.constantFrom('run0', 'run1', 'run2', 'run9'),
    item: fc.constantFrom('p1', '#7', 'r-p2', 'nothing'),
    side: fc.constantFrom('left' as const, 'right' as const),
    kind: fc.constantFrom(...kinds),
    field: fc.constantFrom('subject', 'status', 'other'),
    outcome: fc.constantFrom(...outcomes),
    fromMs: timeOf,
    toMs: timeOf,
  },
  { requiredKeys: [] },
);

describe('the log over all runs', () => {
  let workspace: OpenedWorkspace;
  let search: LogSearch;
  let written: readonly Written[];
  beforeAll(async () => {
    workspace = await openWorkspace();
    search = workspace.repositories.logSearch;
    written = await writeRuns(workspace);
  });

  it('gives any window of any filter, newest first, and how many rows there are', async () => {
    const place = fc.integer({ min: 0, max: 260 });
    await fc.assert(
      fc.asyncProperty(filters, place, fc.integer({ min: 1, max: 40 }), async (filter, offset, limit) => {
        const expected = written.filter((row) => fits(row, filter));
        const found = await search.window(filter, offset, limit);
        expect(found.total).toBe(expected.length);
        expect(found.rows.map(bare)).toEqual(expected.slice(offset, offset + limit));
        expect(await search.count(filter)).toBe(expected.length);
      }),
      { numRuns: 150 },
    );
  });

  it('walks through runs without rows and over the borders of runs', async () => {
    const rows: Written[] = [];
    for (let offset = 0; offset < written.length; offset += 9) {
      rows.push(...(await search.window({}, offset, 9)).rows.map(bare));
    }
    expect(rows).toEqual(written);
    expect((await search.window({}, written.length, 9)).rows).toEqual([]);
  });

  it('finds text in titles and values, however it is written, in parts that make the whole', async () => {
    for (const [text, field] of [
      ['grösse', null],
      ['GRÖßE', null],
      ['fire', 'status'],
      ['\u0078\u0301', null],
      ['3', null],
    ] as const) {
      const folded = text.normalize('NFKC').toLowerCase();
      const filter: LogFilter = field === null ? {} : { field };
      const holds = ({ entry }: Written): boolean =>
        [entry.title, entry.after, entry.before, entry.refs.left, entry.refs.right]
          .flat()
          .some((value) => value !== null && String(value).normalize('NFKC').toLowerCase().includes(folded));
      const expected = written.filter((row) => fits(row, filter) && holds(row));
      const rows: Written[] = [];
      let before: LogPlace | null = null;
      let scanned = 0;
      do {
        const part = await search.search(filter, {
          text,
          ...(before === null ? {} : { before }),
          limit: 4,
          scanLimit: 30,
        });
        expect(part.rows.length).toBeLessThanOrEqual(4);
        expect(part.scanned).toBeLessThanOrEqual(30);
        rows.push(...part.rows.map(bare));
        scanned += part.scanned;
        before = part.next;
      } while (before !== null);
      expect(rows).toEqual(expected);
      expect(scanned).toBe(written.filter((row) => fits(row, filter)).length);
    }
  });

  it('shows a row whose values are lost with all that the database knows of it', async () => {
    const damaged = await openWorkspace();
    const rows = await writeRuns(damaged);
    await damaged.database.removeRun('run2');
    const found = await damaged.repositories.logSearch.window({ runId: 'run2' }, 0, 200);
    expect(found.rows.map(({ valuesLost }) => valuesLost)).toEqual(found.rows.map(() => true));
    const slim = ({ pairId, side, kind, field, outcome, reason, atMs }: LogEntry) => ({
      pairId,
      side,
      kind,
      field,
      outcome,
      reason,
      atMs,
    });
    expect(found.rows.map(({ entry }) => slim(entry))).toEqual(
      rows.filter(({ entry }) => entry.runId === 'run2').map(({ entry }) => slim(entry)),
    );
  });

  it('shows nothing of a run that is being deleted', async () => {
    const left = await openWorkspace();
    await writeRuns(left);
    await left.repositories.retention.dropRunsBefore(startMs + 5 * dayMs);
    expect(await left.repositories.logSearch.count({})).toBe(176);
    await left.database.write([['run.mark-dropping', [startMs + 100 * dayMs]]], 'durable');
    expect(await left.repositories.logSearch.window({}, 0, 10)).toEqual({ total: 0, rows: [] });
    expect(await left.repositories.logSearch.count({ kind: 'set' })).toBe(0);
  });

  it('counts the rows of a filter once, and again when some came', async () => {
    const own = await openWorkspace();
    await writeRuns(own);
    const calls: string[] = [];
    const counting: Database = {
      ...own.database,
      read: (id, params) => (calls.push(id), own.database.read(id, params)),
    };
    const repeated = createLogSearch(counting);
    const totals: number[] = [];
    for (const offset of [0, 10, 20, 0]) totals.push((await repeated.window({ field: 'status' }, offset, 5)).total);
    expect(calls.filter((id) => id === 'log-search.counts')).toHaveLength(1);
    const store = createEngineStore(own.database, 'i1');
    await store.commit([{ op: 'put-run', run: aRun('new') }], 'durable');
    for (let n = 0; n < 2; n += 1) {
      await store.commit([{ op: 'log', entry: anEntry('new', { field: 'status' }) }], 'relaxed');
      totals.push(await repeated.count({ field: 'status' }));
    }
    await own.repositories.retention.dropRunsBefore(startMs + 1);
    expect(await repeated.count({ field: 'status', runId: 'run0' })).toBe(0);
    const [first = 0] = totals;
    expect(totals).toEqual([first, first, first, first, first + 1, first + 2]);
  });

  it('reads no more of the runs’ files for a window far down than for the first one', async () => {
    const readsOf = async (offset: number): Promise<readonly string[]> => {
      const calls: string[] = [];
      const counting: Database = {
        ...workspace.database,
        read: (id, params) => (calls.push(id), workspace.database.read(id, params)),
        readValue: (run, address) => (calls.push('value'), workspace.database.readValue(run, address)),
      };
      await createLogSearch(counting).window({}, offset, 7);
      return calls;
    };
    const first = await readsOf(0);
    expect(first.filter((call) => call !== 'value')).toEqual(['log-search.run-sizes', 'log-search.window']);
    expect((await readsOf(239)).length).toBeLessThanOrEqual(first.length + 1);
  });
});
