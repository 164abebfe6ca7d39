import type { Plan, PlanRow } from '../../preload/contract/plan.js';
import { writingKinds } from '../../preload/contract/plan.js';
import { asLockstepError, LockstepError } from '../../preload/contract/errors.js';
import { sides, type Side, type Sided } from '../../preload/contract/values.js';
import { dropRows, failRows, fatal, isOpen, putConflict, type ApplyContext } from './apply-context.js';
import { keepBook, type RowLike } from './bookkeeping.js';
import { isClosing } from './brakes.js';
import { resolveIntent, waitUntilDue } from './lookup.js';
import { forEachLimit } from './limit.js';
import { parentOf, type PairReading } from './plan-context.js';
import { conclude, conflictField, logRow, report, withStaged, type PairWork } from './session.js';
import { writeComment } from './write-comment.js';
import { createTwin, fieldOf, writeFields } from './write-item.js';
import type { Conflict, StoreOp } from './state.js';

/** A pair and its rows of the plan. */
interface Task {
  readonly work: PairWork;
  readonly rows: readonly PlanRow[];
  readonly depth: number;
}

/**
 * Carries a plan out, pair by pair: parents before children, then, for what closes, children before parents. One
 * pair's failure does not stop the others.
 * @throws LockstepError `cancelled`, and what makes going on pointless: a lost store, a rejected secret.
 */
export async function applyPlan(
  apply: ApplyContext,
  plan: Plan,
  readings: ReadonlyMap<string, PairReading>,
  conflicts: readonly Conflict[],
  verified: Sided<ReadonlySet<string>>,
): Promise<void> {
  const tasks = tasksOf(apply, plan, readings, conflicts);
  await tellUnfounded(apply, plan, readings);
  const outside = await targetsOutside(apply, tasks, verified);
  const total = tasks.length;
  let done = 0;
  const limit = Math.min(...sides.map((side) => apply.session.deps.sides[side].capabilities.writeConcurrency));
  const byDepth = levels(tasks);
  for (const depth of [...byDepth.keys()].sort((a, b) => a - b)) {
    await forEachLimit(byDepth.get(depth) ?? [], limit, async (task) => {
      stopIfCancelled(apply);
      await applyTask(apply, task, outside);
      done += 1;
      report(apply.session, 'apply', { done, total, item: task.rows[0]?.title ?? '' });
    });
  }
  const depths = new Map(tasks.map((task) => [task.work, task.depth]));
  const later = [...apply.later].sort((a, b) => (depths.get(b.work) ?? 0) - (depths.get(a.work) ?? 0));
  for (const { work, rows } of later) {
    stopIfCancelled(apply);
    // What the target held is as old as the run by now: it is read again.
    work.current = { left: null, right: null };
    for (const side of sides)
      await writeFields(
        apply,
        work,
        side,
        atPresent(
          apply,
          work,
          rows.filter((row) => row.side === side),
        ),
      );
  }
}

/** Rows about items that no pair is founded for: they wait for a person, and the log says so. */
async function tellUnfounded(
  apply: ApplyContext,
  plan: Plan,
  readings: ReadonlyMap<string, PairReading>,
): Promise<void> {
  const rows = plan.rows.filter((row) => row.kind === 'skip' && !readings.has(row.pairId));
  if (rows.length === 0) return;
  apply.session.counts.skipped += rows.length;
  await apply.session.deps.store.commit(
    rows.map((row) => logRow(apply.session, row, 'skipped')),
    'relaxed',
  );
}

function stopIfCancelled(apply: ApplyContext): void {
  if (apply.session.signal.aborted)
    throw new LockstepError('cancelled', 'The run was cancelled.', {
      action: 'Start it again when you like: it goes on where it stopped.',
    });
}

function tasksOf(
  apply: ApplyContext,
  plan: Plan,
  readings: ReadonlyMap<string, PairReading>,
  conflicts: readonly Conflict[],
): readonly Task[] {
  const rowsOf = new Map<string, PlanRow[]>();
  for (const row of plan.rows) {
    const rows = rowsOf.get(row.pairId);
    if (rows === undefined) rowsOf.set(row.pairId, [row]);
    else rows.push(row);
  }
  const conflictsOf = new Map<string, Map<string, Conflict>>();
  for (const conflict of conflicts) {
    const known = conflictsOf.get(conflict.pairId) ?? new Map<string, Conflict>();
    conflictsOf.set(conflict.pairId, known.set(conflict.id, conflict));
  }
  return [...rowsOf].flatMap(([pairId, rows]) => {
    const reading = readings.get(pairId);
    if (reading === undefined) return [];
    const work: PairWork = {
      reading,
      current: { left: null, right: null },
      conflicts: conflictsOf.get(pairId) ?? new Map<string, Conflict>(),
    };
    apply.works.set(pairId, work);
    return [{ work, rows, depth: depthOf(apply, reading, readings) }];
  });
}

function depthOf(apply: ApplyContext, reading: PairReading, readings: ReadonlyMap<string, PairReading>): number {
  const seen = new Set([reading.pair.id]);
  let depth = 0;
  let parent = parentOf(apply.context, reading);
  while (parent !== null && !seen.has(parent)) {
    seen.add(parent);
    depth += 1;
    const next = readings.get(parent);
    parent = next === undefined ? null : parentOf(apply.context, next);
  }
  return depth;
}

function levels(tasks: readonly Task[]): ReadonlyMap<number, readonly Task[]> {
  const byDepth = new Map<number, Task[]>();
  for (const task of tasks) byDepth.set(task.depth, [...(byDepth.get(task.depth) ?? []), task]);
  return byDepth;
}

const scopePage = 100;

/** Targets that are not in the scope any more (invariant 5): asked of the tracker for every one that is written to. */
async function targetsOutside(
  apply: ApplyContext,
  tasks: readonly Task[],
  verified: Sided<ReadonlySet<string>>,
): Promise<Sided<ReadonlySet<string>>> {
  const { session } = apply;
  const outside = { left: new Set<string>(), right: new Set<string>() };
  for (const side of sides) {
    const refs = tasks.flatMap(({ work, rows }) => {
      const ref = work.reading.pair.refs[side];
      const writes = rows.some((row) => row.side === side && writingKinds.includes(row.kind));
      return ref !== null && writes && !verified[side].has(ref) ? [ref] : [];
    });
    for (let start = 0; start < refs.length; start += scopePage) {
      const page = refs.slice(start, start + scopePage);
      const inside = await session.deps.sides[side].connector.inScope(
        session.mapping.scopes[side],
        page,
        session.signal,
      );
      for (const ref of page) if (!inside.has(ref)) outside[side].add(ref);
    }
  }
  return outside;
}

const parkedKinds: ReadonlySet<RowLike['kind']> = new Set([
  'match',
  'refresh',
  'drop-comment',
  'unpair',
  'rest',
  'wake',
]);

async function applyTask(apply: ApplyContext, task: Task, outside: Sided<ReadonlySet<string>>): Promise<void> {
  const { work, rows } = task;
  await keepBooks(apply, work, rows);
  const writes = await insideRows(
    apply,
    work,
    rows.filter((row) => writingKinds.includes(row.kind)),
    outside,
  );
  try {
    await applyWrites(apply, task, writes);
  } catch (thrown) {
    if (fatal(thrown)) throw thrown;
    // Reading its target failed: the pair stays dirty and is tried again as any failed change, the others go on.
    const failed = failRows(apply, work, unsettled(work, writes), asLockstepError(thrown));
    if (failed.length > 0)
      await apply.session.deps.store.commit(
        [...conclude(apply.context, work, apply.session.deps.clock.now()), ...failed],
        'durable',
      );
  }
}

/** Rows of which nothing is known yet: a new item's fields and comments come with its create. */
function unsettled(work: PairWork, rows: readonly PlanRow[]): readonly PlanRow[] {
  const { pair } = work.reading;
  const known = new Set(pair.troubles.map((trouble) => trouble.subject));
  const waits = rows.filter((row) => pair.refs[row.side] !== null || row.kind === 'create');
  return waits.filter((row) => row.kind === 'create' || !known.has(conflictField(row) ?? ''));
}

async function keepBooks(apply: ApplyContext, work: PairWork, rows: readonly PlanRow[]): Promise<void> {
  const { session, context } = apply;
  const nowMs = session.deps.clock.now();
  const ops: StoreOp[] = [];
  let changed = false;
  for (const row of rows) {
    if (parkedKinds.has(row.kind)) {
      work.reading = keepBook(context, work.reading, row, nowMs);
      changed = true;
      if (row.kind !== 'refresh') ops.push(logRow(session, row, 'done'));
      for (const side of sides) {
        const ref = work.reading.pair.refs[side];
        if (row.kind === 'match' && ref !== null) context.members.bind(row.pairId, side, ref);
      }
    } else if (row.kind === 'conflict') {
      changed = true;
      session.counts.parked += 1;
      const about = putConflict(session, work, {
        kind: row.reason === 'deleted-here-edited-there' && row.commentId === null ? 'gone' : 'ask',
        field: conflictField(row),
        left: row.before,
        right: row.source,
        base: row.sourceBefore,
      });
      if (about.length > 0) ops.push(...about, logRow(session, row, 'parked'));
    } else if (row.kind === 'skip') {
      session.counts.skipped += 1;
      if (row.reason !== 'failed-before') ops.push(logRow(session, row, 'skipped'));
    }
  }
  if (changed)
    await session.deps.store.commit(
      [...conclude(context, work, nowMs), ...ops],
      rows.some((row) => row.kind === 'match') ? 'durable' : 'relaxed',
    );
  else if (ops.length > 0) await session.deps.store.commit(ops, 'relaxed');
}

async function insideRows(
  apply: ApplyContext,
  work: PairWork,
  rows: readonly PlanRow[],
  outside: Sided<ReadonlySet<string>>,
): Promise<readonly PlanRow[]> {
  const gone = rows.filter((row) => outside[row.side].has(work.reading.pair.refs[row.side] ?? ''));
  if (gone.length === 0) return rows;
  for (const side of new Set(gone.map((row) => row.side))) {
    work.reading = withStaged(work.reading, {
      side,
      ref: work.reading.pair.refs[side] ?? '',
      seen: 'unread',
      item: null,
    });
  }
  const { session } = apply;
  await session.deps.store.commit(
    [...conclude(apply.context, work, session.deps.clock.now()), ...dropRows(apply, gone, 'the item left the scope')],
    'durable',
  );
  return rows.filter((row) => !gone.includes(row));
}

async function applyWrites(apply: ApplyContext, task: Task, rows: readonly PlanRow[]): Promise<void> {
  const { work } = task;
  const create = rows.find((row) => row.kind === 'create');
  const sets = rows.filter((row) => row.kind === 'set');
  const last = new Set(sets.filter((row) => waitsForOthers(apply, work, row)));
  if (create !== undefined) {
    await createTwin(
      apply,
      work,
      create,
      sets.filter((row) => row.side === create.side && !last.has(row)),
      (side) => resolveOpenCreates(apply, side),
    );
    if (work.reading.pair.refs[create.side] === null) return;
  } else {
    for (const side of sides) {
      const mine = sets.filter((row) => row.side === side && !last.has(row));
      const ready = mine.filter(
        (row) =>
          row.half ||
          !sets.some(
            (other) =>
              other.half &&
              other.field === row.field &&
              work.reading.pair.troubles.some((trouble) => trouble.subject === row.field),
          ),
      );
      await writeFields(apply, work, side, ready);
    }
  }
  for (const row of rows) {
    if (row.commentId === null || isOpen(apply, work)) continue;
    stopIfCancelled(apply);
    await writeComment(apply, work, row);
  }
  if (last.size > 0 && !isOpen(apply, work)) apply.later.push({ work, rows: [...last] });
}

/** What closes a parent waits, so that its children close before it. */
function waitsForOthers(apply: ApplyContext, work: PairWork, row: PlanRow): boolean {
  const field = fieldOf(apply, row);
  const closes =
    field !== undefined &&
    row.after !== null &&
    field.closed[row.side].has(String(row.after)) &&
    (row.refs[row.side] === null || isClosing(apply.session.mapping, row));
  return closes && apply.parents.has(work.reading.pair.id);
}

/** Rows that were put off: what the target holds by now is their `before`, if it is still what the plan saw or a default. */
function atPresent(apply: ApplyContext, work: PairWork, rows: readonly RowLike[]): readonly RowLike[] {
  const fieldId = (row: RowLike): string => fieldOf(apply, row)?.fields[row.side] ?? '';
  return rows.map((row) => {
    const founded = row.refs[row.side] === null;
    if (!founded) return row;
    const item = work.current[row.side] ?? work.reading.staged[row.side]?.item ?? null;
    return item === null ? row : { ...row, refs: work.reading.pair.refs, before: item.fields[fieldId(row)] ?? null };
  });
}

/** Creates without a marker go one by one: an open one is decided before the next leaves. */
async function resolveOpenCreates(apply: ApplyContext, side: Side): Promise<void> {
  for (const intent of [...apply.open.values()]) {
    if (intent.kind !== 'create' || intent.side !== side) continue;
    const work = apply.works.get(intent.pairId);
    if (work === undefined) continue;
    await waitUntilDue(apply, intent);
    await resolveIntent(apply, work, intent);
  }
}
