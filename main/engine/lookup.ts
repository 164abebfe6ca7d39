import type { FieldValues, Item } from '../connectors/contract.js';
import { sameValue, type FieldValue, type Side } from '../../preload/contract/values.js';
import { putConflict, type ApplyContext } from './apply-context.js';
import { conclude, logRow, report, serverNow, withPair, withStaged, type PairWork } from './session.js';
import { settleComment } from './write-comment.js';
import { fieldOf, settleCreate, settleFields } from './write-item.js';
import type { WrittenField } from './settle.js';
import type { Intent, StoreOp } from './state.js';

/** Writes of unknown outcome (engine.md section 4): looked up once no request can be under way any more. */

export function isDue(apply: ApplyContext, intent: Intent): boolean {
  return serverNow(apply.session, intent.side) >= intent.dueAtMs;
}

/** Waits until the intent may be looked up; the wait is shown and ends at once on a cancel. */
export async function waitUntilDue(apply: ApplyContext, intent: Intent): Promise<void> {
  const { session } = apply;
  const waitMs = intent.dueAtMs - serverNow(session, intent.side);
  if (waitMs <= 0) return;
  report(session, 'lookups', {
    side: intent.side,
    waiting: { why: 'a write of unknown outcome', untilMs: session.deps.clock.now() + waitMs },
  });
  await session.deps.clock.sleep(waitMs, session.signal);
}

/** Decides what became of the write, and stores it in one batch. */
export async function resolveIntent(apply: ApplyContext, work: PairWork, intent: Intent): Promise<void> {
  const ops =
    intent.kind === 'create' ? await resolveCreate(apply, work, intent) : await resolveChange(apply, work, intent);
  await apply.session.deps.store.commit(ops, 'durable');
  apply.open.delete(intent.id);
}

function writtenOf(apply: ApplyContext, intent: Intent): readonly WrittenField[] {
  return intent.rows.flatMap((row) => {
    const field = row.kind === 'set' ? fieldOf(apply, row) : undefined;
    if (field === undefined) return [];
    const id = field.fields[intent.side];
    return [{ row, field, sent: intent.sent[id] ?? null, before: intent.before[id] ?? null }];
  });
}

async function resolveChange(apply: ApplyContext, work: PairWork, intent: Intent): Promise<readonly StoreOp[]> {
  const { session, context } = apply;
  const { connector } = session.deps.sides[intent.side];
  const ref = intent.ref ?? '';
  const [lookup] = await connector.getMany([ref], session.signal);
  const nowMs = session.deps.clock.now();
  if (lookup?.state !== 'present') {
    work.reading = withStaged(work.reading, { side: intent.side, ref, seen: lookup?.state ?? 'unread', item: null });
    return [{ op: 'end-intent', id: intent.id }, ...conclude(context, work, nowMs)];
  }
  const [row] = intent.rows;
  if (intent.kind !== 'update') {
    if (row === undefined) return [{ op: 'end-intent', id: intent.id }];
    return settleComment(apply, work, row, intent, lookup.item, { lookup: true });
  }
  const changes = await connector.history(ref, intent.sinceRevision, session.signal);
  return settleFields(
    apply,
    work,
    intent.side,
    writtenOf(apply, intent),
    intent,
    { item: lookup.item, changes },
    { lookup: true },
  );
}

async function resolveCreate(apply: ApplyContext, work: PairWork, intent: Intent): Promise<readonly StoreOp[]> {
  const { session, context } = apply;
  const { side } = intent;
  const { connector } = session.deps.sides[side];
  const found = await connector.findCreated({
    ...session.mapping.scopes[side],
    marker: intent.marker,
    sinceMs: intent.sentAtMs - overlapMs,
    signal: session.signal,
  });
  const nowMs = session.deps.clock.now();
  const known = await session.deps.store.pairsByRef(
    side,
    found.items.map((item) => item.ref),
  );
  const free = found.items.filter((item) => !known.has(item.ref));
  const candidates = intent.marker === null ? await likeDraft(apply, intent, free) : madeByUs(apply, side, free);
  const [only] = candidates;
  const [create] = intent.rows;
  if (only === undefined || create === undefined) {
    // It never arrived: the next plan creates it.
    session.counts.dropped += 1;
    const log =
      create === undefined
        ? []
        : [logRow(session, create, 'dropped', { message: 'the write did not arrive; it is planned again' })];
    return [{ op: 'end-intent', id: intent.id }, ...log, ...conclude(context, work, nowMs)];
  }
  if (candidates.length > 1) return reviewCreate(apply, work, intent, candidates);
  const history = await connector.history(only.ref, null, session.signal);
  const edited = new Set(history.map((change) => change.field));
  return settleCreate(apply, work, create, writtenOf(apply, intent), intent, only, { adopted: true, edited }).ops;
}

/** Of several items with one marker, ours is not a copy that a person made of it. */
function madeByUs(apply: ApplyContext, side: Side, items: readonly Item[]): readonly Item[] {
  if (items.length < 2) return items;
  const ours = items.filter((item) => item.createdBy === apply.session.info[side].accountId);
  return ours.length === 1 ? ours : items;
}

/** Servers tell creation times in whole seconds. */
const overlapMs = 2000;

const essential: ReadonlySet<string> = new Set(['text', 'rich-text', 'number', 'date']);

/**
 * Without a marker: items whose content is the draft's. An option, user or parent that the tracker set otherwise in a
 * new item does not count against it, unless another candidate fits in everything.
 */
async function likeDraft(apply: ApplyContext, intent: Intent, items: readonly Item[]): Promise<readonly Item[]> {
  const { connector } = apply.session.deps.sides[intent.side];
  const written = writtenOf(apply, intent);
  const made = new Map<string, FieldValues>();
  for (const item of items) made.set(item.ref, await fieldsWhenMade(apply, intent.side, item));
  const fits = (item: Item, entry: WrittenField): boolean => {
    const id = entry.field.fields[intent.side];
    const same = (a: FieldValue, b: FieldValue): boolean =>
      sameValue(connector.normalise(id, a), connector.normalise(id, b));
    return same(made.get(item.ref)?.[id] ?? null, entry.sent);
  };
  const alike = items.filter((item) =>
    written.every((entry) => fits(item, entry) || (!essential.has(entry.field.type) && entry.field.id !== 'type')),
  );
  const exact = alike.filter((item) => written.every((entry) => fits(item, entry)));
  return exact.length === 1 ? exact : alike;
}

/** What the item held when it was made: people may have edited it since. */
async function fieldsWhenMade(apply: ApplyContext, side: Side, item: Item): Promise<FieldValues> {
  const { connector, capabilities } = apply.session.deps.sides[side];
  if (!capabilities.fieldHistory) return item.fields;
  const fields: Record<string, FieldValue> = { ...item.fields };
  const changes = await connector.history(item.ref, null, apply.session.signal);
  for (const change of [...changes].reverse()) fields[change.field] = change.from;
  return fields;
}

/** Several items could be it: the user decides, and until then nobody touches them. */
function reviewCreate(
  apply: ApplyContext,
  work: PairWork,
  intent: Intent,
  candidates: readonly Item[],
): readonly StoreOp[] {
  const { session } = apply;
  session.counts.review += 1;
  const ref = work.reading.pair.refs[intent.side === 'left' ? 'right' : 'left'];
  const values = intent.side === 'left' ? { left: null, right: ref } : { left: ref, right: null };
  work.reading = withPair(work.reading, { status: 'frozen' });
  const conflict = putConflict(session, work, {
    kind: 'review',
    field: null,
    ...values,
    base: null,
    candidates: candidates.map((item) => item.ref),
  });
  const [create] = intent.rows;
  const log =
    create === undefined
      ? []
      : [
          logRow(session, create, 'parked', {
            message: `needs review: ${candidates.length} items could be what it made (${candidates.map((item) => item.key).join(', ')})`,
            code: 'needs-review',
          }),
        ];
  return [{ op: 'end-intent', id: intent.id }, ...conflict, ...log, { op: 'put-pair', pair: work.reading.pair }];
}

/** Unpaired items of our own account made since a lost create without a marker: one of them may be what it made. */
export function suspectSince(intents: readonly Intent[], side: Side, accountId: string): (item: Item) => boolean {
  const since = Math.min(
    ...intents
      .filter((intent) => intent.kind === 'create' && intent.marker === null && intent.side === side)
      .map((intent) => intent.sentAtMs - overlapMs),
  );
  return (item) => Number.isFinite(since) && item.createdBy === accountId && Date.parse(item.createdAt) >= since;
}
