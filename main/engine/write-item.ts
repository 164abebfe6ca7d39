import type { Item, WriteResult } from '../connectors/contract.js';
import { otherSide, sameValue, type FieldValue, type Side } from '../../preload/contract/values.js';
import {
  dropRows,
  failRows,
  failure,
  isOpen,
  leaveOpen,
  neverAborted,
  openIntent,
  outcomeUnknown,
  putConflict,
  targetNow,
  withoutTrouble,
  type ApplyContext,
} from './apply-context.js';
import { withoutDecision, type RowLike } from './bookkeeping.js';
import { pairOfValue } from './lens.js';
import type { FieldMapping } from './mapping.js';
import { presentItem } from './plan-context.js';
import { conclude, logRow, withPair, withStaged, type PairWork } from './session.js';
import { finishField, judgeWrite, markWrite, type WrittenField } from './settle.js';
import type { Intent, StoreOp } from './state.js';

const ignoredMessage =
  'the tracker accepted the request and changed nothing; the account or the workflow may not allow it';

export function fieldOf(apply: ApplyContext, row: RowLike): FieldMapping | undefined {
  return apply.session.mapping.fields.find((field) => field.id === row.field);
}

/** The value to send: a reference to an item that this run created is known only now. Undefined: it is not there. */
export function resolveValue(apply: ApplyContext, side: Side, value: FieldValue): FieldValue | undefined {
  const pairId = pairOfValue(value);
  return pairId === null ? value : (apply.context.members.refOf(side, pairId) ?? undefined);
}

/** Writes these `set` rows of one existing item in one request. */
export async function writeFields(
  apply: ApplyContext,
  work: PairWork,
  side: Side,
  rows: readonly RowLike[],
): Promise<void> {
  const { session } = apply;
  const { store, sides } = session.deps;
  const ref = work.reading.pair.refs[side];
  if (ref === null || rows.length === 0 || isOpen(apply, work)) return;
  const item = await targetNow(apply, work, side, ref);
  if (item === null) {
    await store.commit(
      [
        ...conclude(apply.context, work, session.deps.clock.now()),
        ...dropRows(apply, rows, 'the item is not there, not visible or left the scope'),
      ],
      'durable',
    );
    return;
  }
  const { written, ops } = checkedRows(apply, side, rows, item);
  if (written.length === 0) {
    await store.commit([...conclude(apply.context, work, session.deps.clock.now()), ...ops], 'durable');
    return;
  }
  const sent = Object.fromEntries(written.map(({ field, sent: value }) => [field.fields[side], value]));
  const intent = openIntent(apply, work, {
    side,
    kind: 'update',
    ref,
    rows: written.map(({ row }) => ({ seq: 0, ...row })),
    sent,
    before: Object.fromEntries(written.map(({ field, before }) => [field.fields[side], before])),
    sinceRevision: item.revision,
    marker: null,
    commentId: null,
  });
  await store.commit([{ op: 'open-intent', intent }, ...ops], 'durable');
  const startedMs = session.deps.clock.monotonic();
  let result: WriteResult;
  try {
    result = await sides[side].connector.update(ref, sent, item.revision, neverAborted);
  } catch (thrown) {
    await fieldsFailed(apply, work, side, written, intent, thrown);
    return;
  }
  await store.commit(
    settleFields(apply, work, side, written, intent, result, {
      durationMs: session.deps.clock.monotonic() - startedMs,
    }),
    'durable',
  );
}

async function fieldsFailed(
  apply: ApplyContext,
  work: PairWork,
  side: Side,
  written: readonly WrittenField[],
  intent: Intent,
  thrown: unknown,
): Promise<void> {
  const error = failure(thrown);
  const rows = written.map(({ row }) => row);
  const { session } = apply;
  if (outcomeUnknown(error)) {
    work.current[side] = null;
    await session.deps.store.commit(leaveOpen(apply, intent, rows, error), 'durable');
    return;
  }
  if (error.code === 'rejected-by-tracker' && rows.length > 1) {
    // One bad field must not keep the others back.
    await session.deps.store.commit([{ op: 'end-intent', id: intent.id }], 'durable');
    for (const row of rows) await writeFields(apply, work, side, [row]);
    return;
  }
  work.current[side] = null;
  const failed = failRows(apply, work, rows, error);
  await session.deps.store.commit(
    [{ op: 'end-intent', id: intent.id }, ...conclude(apply.context, work, session.deps.clock.now()), ...failed],
    'durable',
  );
}

function checkedRows(
  apply: ApplyContext,
  side: Side,
  rows: readonly RowLike[],
  item: Item,
): { readonly written: readonly WrittenField[]; readonly ops: readonly StoreOp[] } {
  const written: WrittenField[] = [];
  const ops: StoreOp[] = [];
  for (const row of rows) {
    const field = fieldOf(apply, row);
    if (field === undefined) continue;
    const fieldId = field.fields[side];
    const before = item.fields[fieldId] ?? null;
    const sent = resolveValue(apply, side, row.after);
    if (!sameValue(before, row.before)) ops.push(...dropRows(apply, [row], 'changed meanwhile'));
    else if (item.notEditable[fieldId] !== undefined)
      ops.push(...dropRows(apply, [row], `${field.names[side]} cannot be edited on this item`));
    else if (sent === undefined) ops.push(...dropRows(apply, [row], 'the item it refers to is not there yet'));
    else written.push({ row, field, sent, before });
  }
  return { written, ops };
}

/**
 * What one update did, field by field, as one batch: the intent ends, bases move, the log tells.
 * `lookup`: the outcome was unknown, so an untouched target means that the write never arrived.
 */
export function settleFields(
  apply: ApplyContext,
  work: PairWork,
  side: Side,
  written: readonly WrittenField[],
  intent: Intent,
  result: WriteResult,
  how: { readonly durationMs?: number; readonly lookup?: boolean },
): readonly StoreOp[] {
  const { session, context } = apply;
  const { connector } = session.deps.sides[side];
  const nowMs = session.deps.clock.now();
  const ops: StoreOp[] = [{ op: 'end-intent', id: intent.id }];
  work.reading = withStaged(work.reading, { side, ref: result.item.ref, seen: 'present', item: result.item });
  work.current[side] = result.item;
  for (const entry of written) {
    const { row, field } = entry;
    const outcome = judgeWrite(entry, result, field.fields[side], (id, value) => connector.normalise(id, value), {
      history: session.deps.sides[side].capabilities.fieldHistory,
      lookup: how.lookup === true,
    });
    if (outcome.kind === 'done') {
      const marked = markWrite(
        withoutTrouble(finishField(context, work.reading, entry, outcome.held, result.item), field.id),
        field.id,
        side,
        outcome.held,
        nowMs,
      );
      work.reading = withPair(work.reading, marked.pair);
      session.counts[how.lookup === true ? 'adopted' : 'updated'] += 1;
      ops.push(
        logRow(session, row, how.lookup === true ? 'adopted' : 'done', {
          after: outcome.held,
          ...(how.durationMs === undefined ? {} : { durationMs: how.durationMs }),
        }),
      );
      for (const lost of new Set([outcome.overwritten, row.loser]))
        if (lost !== null) ops.push(...keepLoser(apply, work, field, row, lost));
      if (marked.flips) ops.push(...freeze(apply, work, field, row, outcome.held));
    } else if (how.lookup === true) {
      ops.push(logRow(session, row, 'dropped', { message: 'the write did not arrive; it is planned again' }));
      session.counts.dropped += 1;
    } else if (outcome.kind === 'ignored') {
      ops.push(
        ...failRows(apply, work, [row], {
          code: 'remote-ignored',
          message: `${field.names[side]}: ${ignoredMessage}`,
          retryable: false,
        }),
      );
    } else {
      ops.push(...dropRows(apply, [row], 'changed meanwhile'));
    }
  }
  return [...ops, ...conclude(context, work, nowMs)];
}

function keepLoser(
  apply: ApplyContext,
  work: PairWork,
  field: FieldMapping,
  row: RowLike,
  lost: FieldValue,
): readonly StoreOp[] {
  const { side } = row;
  const values = side === 'left' ? { left: lost, right: row.source } : { left: row.source, right: lost };
  return putConflict(apply.session, work, {
    kind: 'loser',
    field: field.id,
    ...values,
    base: row.sourceBefore,
    loserSide: side,
  });
}

function freeze(
  apply: ApplyContext,
  work: PairWork,
  field: FieldMapping,
  row: RowLike,
  held: FieldValue,
): readonly StoreOp[] {
  const { side } = row;
  const values = side === 'left' ? { left: held, right: row.source } : { left: row.source, right: held };
  work.reading = withPair(work.reading, { status: 'frozen' });
  return putConflict(apply.session, work, { kind: 'ask', field: field.id, ...values, base: row.before });
}

/** Creates the twin of an item. Without a marker, creates go one by one. */
export async function createTwin(
  apply: ApplyContext,
  work: PairWork,
  create: RowLike,
  rows: readonly RowLike[],
  resolveOpen: (side: Side) => Promise<void>,
): Promise<void> {
  const { side } = create;
  if (apply.session.mapping.usesMarker[side]) {
    await createNow(apply, work, create, rows);
    return;
  }
  const before = apply.createLocks[side];
  let release: () => void = () => undefined;
  apply.createLocks[side] = new Promise((resolve) => {
    release = resolve;
  });
  await before;
  try {
    await resolveOpen(side);
    await createNow(apply, work, create, rows);
    await resolveOpen(side);
  } finally {
    release();
  }
}

async function createNow(
  apply: ApplyContext,
  work: PairWork,
  create: RowLike,
  rows: readonly RowLike[],
): Promise<void> {
  const { session, context } = apply;
  const { store, sides, ids, clock } = session.deps;
  const { side } = create;
  const { pair } = work.reading;
  const written: WrittenField[] = [];
  const ops: StoreOp[] = [];
  for (const row of rows) {
    const field = fieldOf(apply, row);
    const sent = resolveValue(apply, side, row.after);
    if (field === undefined) continue;
    if (sent === undefined) ops.push(...dropRows(apply, [row], 'the item it refers to is not there yet'));
    else written.push({ row, field, sent, before: null });
  }
  const fields = {
    ...emptyFields(apply, work, side),
    ...Object.fromEntries(written.map(({ field, sent }) => [field.fields[side], sent])),
  };
  const marker = session.mapping.usesMarker[side] ? `${ids.workspaceId}.${pair.id}` : null;
  const intent = openIntent(apply, work, {
    side,
    kind: 'create',
    ref: null,
    rows: [create, ...written.map(({ row }) => row)].map((row) => ({ seq: 0, ...row })),
    sent: fields,
    before: {},
    sinceRevision: '',
    marker,
    commentId: null,
  });
  const staged = work.reading.staged[otherSide(side)];
  await store.commit(
    [
      { op: 'put-pair', pair },
      ...(staged === null ? [] : [{ op: 'stage', staged } as const]),
      { op: 'open-intent', intent },
      ...ops,
    ],
    'durable',
  );
  const startedMs = clock.monotonic();
  let result: WriteResult;
  try {
    result = await sides[side].connector.create(
      { scope: session.mapping.scopes[side].scope, fields, marker },
      neverAborted,
    );
  } catch (thrown) {
    const error = failure(thrown);
    if (outcomeUnknown(error)) {
      await store.commit(leaveOpen(apply, intent, [create], error), 'durable');
      return;
    }
    const failed = failRows(apply, work, [create], error);
    await store.commit(
      [{ op: 'end-intent', id: intent.id }, ...conclude(context, work, clock.now()), ...failed],
      'durable',
    );
    return;
  }
  const settled = settleCreate(apply, work, create, written, intent, result.item, {
    durationMs: clock.monotonic() - startedMs,
  });
  await store.commit(settled.ops, 'durable');
  await followUp(apply, work, side, settled.refused);
}

/** Fields that are empty on the source are asked to be empty in the twin: trackers fill in today's date and the like. */
function emptyFields(apply: ApplyContext, work: PairWork, side: Side): Readonly<Record<string, null>> {
  const source = presentItem(work.reading.staged[otherSide(side)]);
  if (source === null) return {};
  const empty = apply.session.mapping.fields.filter(
    (field) => field.flowsFrom[otherSide(side)] && (source.fields[field.fields[otherSide(side)]] ?? null) === null,
  );
  return Object.fromEntries(empty.map((field) => [field.fields[side], null]));
}

/** Fields that the tracker set otherwise in a new item are written once more, now that it exists. */
async function followUp(apply: ApplyContext, work: PairWork, side: Side, refused: readonly RowLike[]): Promise<void> {
  if (refused.length === 0) return;
  await writeFields(apply, work, side, refused);
}

/** What a create made: the pair has both members, and bases for every field that the tracker took. */
export function settleCreate(
  apply: ApplyContext,
  work: PairWork,
  create: RowLike,
  written: readonly WrittenField[],
  intent: Intent,
  item: Item,
  how: {
    readonly durationMs?: number;
    readonly adopted?: boolean;
    /** Fields that history shows edited since. */ readonly edited?: ReadonlySet<string>;
  },
): { readonly ops: readonly StoreOp[]; readonly refused: readonly RowLike[] } {
  const { session, context } = apply;
  const { side } = create;
  const { connector } = session.deps.sides[side];
  const { pair } = work.reading;
  const refs = side === 'left' ? { ...pair.refs, left: item.ref } : { ...pair.refs, right: item.ref };
  const keys = side === 'left' ? { ...pair.keys, left: item.key } : { ...pair.keys, right: item.key };
  work.reading = withStaged(
    withPair(work.reading, { ...withoutDecision(withoutTrouble(pair, 'create'), 'item'), refs, keys }),
    { side, ref: item.ref, seen: 'present', item },
  );
  // An adopted item was read in a listing: somebody may have touched it since.
  work.current[side] = how.adopted === true ? null : item;
  context.members.bind(pair.id, side, item.ref);
  const outcome = how.adopted === true ? 'adopted' : 'done';
  const duration = how.durationMs === undefined ? {} : { durationMs: how.durationMs };
  const ops: StoreOp[] = [{ op: 'end-intent', id: intent.id }, logRow(session, { ...create, refs }, outcome, duration)];
  session.counts[how.adopted === true ? 'adopted' : 'created'] += 1;
  const refused: RowLike[] = [];
  for (const entry of written) {
    const fieldId = entry.field.fields[side];
    const held = item.fields[fieldId] ?? null;
    if (sameValue(connector.normalise(fieldId, held), connector.normalise(fieldId, entry.sent))) {
      work.reading = withPair(work.reading, finishField(context, work.reading, entry, held, item));
      ops.push(logRow(session, { ...entry.row, refs }, outcome, { after: held }));
    } else if (how.edited?.has(fieldId) === true) {
      // A person edited the new item before we found it: our value is the base, theirs the next run's change.
      work.reading = withPair(work.reading, finishField(context, work.reading, entry, entry.sent, item));
    } else {
      refused.push({ ...entry.row, refs, before: held });
    }
  }
  return { ops: [...ops, ...conclude(context, work, session.deps.clock.now())], refused };
}
