import type { Item } from '../connectors/contract.js';
import type { Brake, Plan } from '../../preload/contract/plan.js';
import { asLockstepError, hasCode, LockstepError } from '../../preload/contract/errors.js';
import { sides, type FieldValue, type Side, type Sided } from '../../preload/contract/values.js';
import { applyPlan } from './apply.js';
import type { ApplyContext } from './apply-context.js';
import { findBrakes } from './brakes.js';
import { forecastOf } from './forecast.js';
import { isDue, resolveIntent, suspectSince, waitUntilDue } from './lookup.js';
import { presentItem, type PairReading, type PlanContext } from './plan-context.js';
import { parentOf, planRun, type PlanInput, type PlanResult } from './plan.js';
import type { EngineDeps } from './ports.js';
import { preflight, type Preflight } from './preflight.js';
import { readSides, type Reading } from './read.js';
import type { Preview, RunReport, RunRequest } from './run-types.js';
import { conclude, freshCounts, logEvent, report, type PairWork, type Session } from './session.js';
import type {
  Conflict,
  IntegrationState,
  Intent,
  PairState,
  RunOutcome,
  RunState,
  StagedItem,
  StoreOp,
} from './state.js';

/** One execution of an integration (engine.md section 1): preflight, lookups, read, plan, brakes, apply, commit. */
export async function runSync(deps: EngineDeps, request: RunRequest, signal: AbortSignal): Promise<RunReport> {
  return execute(deps, request, signal, request.full ? 'full' : 'sync', async (session, checked) => {
    const before = await deps.store.state();
    await resolveDue(session);
    let phase = await readAndPlan(session, checked, before, { full: request.full, keep: true });
    if (phase.recovered !== null && before.recovered === null) {
      // The store is older than its trackers: nothing counts but a full listing of both sides.
      await deps.store.commit(
        [{ op: 'put-state', state: { ...phase.reading.state, recovered: phase.recovered } }],
        'durable',
      );
      phase = await readAndPlan(
        session,
        checked,
        { ...phase.reading.state, recovered: phase.recovered },
        { full: true, keep: true },
      );
    }
    const brakes = brakesOf(session, phase);
    const held = brakes.filter((brake) => !brake.releasable || !request.released.includes(brake.name));
    if (held.length > 0) return { phase, brakes: held, braked: true };
    await applyPhase(session, phase, phase.result.plan);
    return { phase, brakes: [], braked: false };
  });
}

/** Phases one to six in memory: nothing is written, neither to a tracker nor to the store. */
export async function makePreview(deps: EngineDeps, request: RunRequest, signal: AbortSignal): Promise<Preview> {
  const checked = await preflight(deps, request.config, signal);
  const session = openSession(deps, request, signal, checked);
  const before = await deps.store.state();
  let phase = await readAndPlan(session, checked, before, {
    full: request.full || before.recovered !== null,
    keep: false,
  });
  if (phase.recovered !== null && before.recovered === null)
    phase = await readAndPlan(session, checked, { ...before, recovered: phase.recovered }, { full: true, keep: false });
  const staged = sides.flatMap((side) => [...phase.reading.staged[side].values()]);
  const { plan } = phase.result;
  return {
    id: deps.ids.fresh(),
    integration: request.config.name,
    madeAtMs: deps.clock.now(),
    plan,
    brakes: brakesOf(session, phase),
    notices: [...checked.notices, ...phase.reading.notices],
    forecast: forecastOf(session, plan),
    hash: deps.ids.hash(JSON.stringify([checked.configFingerprint, before.generation, plan.rows])),
    configFingerprint: checked.configFingerprint,
    generation: before.generation,
    staged,
    state: { ...phase.reading.state, recovered: phase.recovered },
  };
}

/**
 * Carries out exactly the rows of a stored preview, less those left out.
 * @throws LockstepError `preview-outdated` when the configuration, the trackers' schemas or the state moved on.
 */
export async function runPreview(
  deps: EngineDeps,
  preview: Preview,
  leftOut: readonly number[],
  request: RunRequest,
  signal: AbortSignal,
): Promise<RunReport> {
  return execute(deps, request, signal, 'plan', async (session, checked) => {
    const before = await deps.store.state();
    const hash = deps.ids.hash(JSON.stringify([checked.configFingerprint, before.generation, preview.plan.rows]));
    if (hash !== preview.hash) {
      throw new LockstepError(
        'preview-outdated',
        "Since this preview was made, the mapping, the trackers' fields or the state of the integration changed.",
        { action: 'Make a new preview.' },
      );
    }
    await stagePreview(deps, preview);
    const reading: Reading = {
      staged: stagedBySide(preview.staged),
      state: preview.state,
      verified: { left: new Set(), right: new Set() },
      notices: [],
      fresh: new Set(),
      foreignMarkers: { left: 0, right: 0 },
    };
    const phase = await planPhase(session, checked, reading, preview.state.recovered, false);
    const out = new Set(leftOut);
    const rows = preview.plan.rows.filter((row) => !out.has(row.seq));
    const plan: Plan = { rows, counts: preview.plan.counts };
    await applyPhase(session, phase, plan);
    return { phase: { ...phase, recovered: null }, brakes: [], braked: false };
  });
}

async function stagePreview(deps: EngineDeps, preview: Preview): Promise<void> {
  const batch = 200;
  for (let start = 0; start < preview.staged.length; start += batch) {
    const part = preview.staged.slice(start, start + batch);
    const ops: StoreOp[] = part.map((staged) => ({ op: 'stage', staged }));
    for (const side of sides) {
      const pairs = await deps.store.pairsByRef(
        side,
        part.filter((staged) => staged.side === side).map((staged) => staged.ref),
      );
      for (const pair of pairs.values())
        if (!pair.dirty && pair.status !== 'ended') ops.push({ op: 'set-dirty', pairId: pair.id });
    }
    await deps.store.commit(ops, 'durable');
  }
  await deps.store.commit([{ op: 'put-state', state: preview.state }], 'durable');
}

function stagedBySide(staged: readonly StagedItem[]): Sided<Map<string, StagedItem>> {
  const of = (side: Side): Map<string, StagedItem> =>
    new Map(staged.filter((item) => item.side === side).map((item) => [item.ref, item]));
  return { left: of('left'), right: of('right') };
}

interface Phase {
  readonly reading: Reading;
  readonly result: PlanResult;
  readonly readings: ReadonlyMap<string, PairReading>;
  readonly activePairs: number;
  readonly conflicts: readonly Conflict[];
  readonly recovered: string | null;
  readonly full: boolean;
  /** Unpaired items that nothing is planned for. */
  readonly idle: readonly StagedItem[];
}

interface Done {
  readonly phase: Phase;
  readonly brakes: readonly Brake[];
  readonly braked: boolean;
}

function openSession(deps: EngineDeps, request: RunRequest, signal: AbortSignal, checked: Preflight): Session {
  return {
    deps,
    request,
    signal,
    mapping: checked.mapping,
    info: checked.info,
    configFingerprint: checked.configFingerprint,
    counts: freshCounts(),
  };
}

/** The frame of every run that may write: its record, its end, and what it says whatever happens. */
async function execute(
  deps: EngineDeps,
  request: RunRequest,
  signal: AbortSignal,
  mode: RunState['mode'],
  body: (session: Session, checked: Preflight) => Promise<Done>,
): Promise<RunReport> {
  const started: RunState = {
    id: request.runId,
    integration: request.config.name,
    startedAtMs: deps.clock.now(),
    endedAtMs: null,
    mode,
    outcome: 'running',
    counts: {},
    brakes: [],
    message: null,
    checkedUpTo: { left: null, right: null },
  };
  await deps.store.commit([{ op: 'put-run', run: started }], 'durable');
  let session: Session | null = null;
  try {
    deps.onProgress({ phase: 'preflight', side: null, done: 0, total: null, item: null, waiting: null });
    const checked = await preflight(deps, request.config, signal);
    session = openSession(deps, request, signal, checked);
    const done = await body(session, checked);
    return await finish(session, checked, started, done);
  } catch (thrown) {
    const error = asLockstepError(thrown);
    const outcome: RunOutcome = hasCode(error, 'cancelled') || signal.aborted ? 'cancelled' : 'failed';
    const run: RunState = {
      ...started,
      endedAtMs: deps.clock.now(),
      outcome,
      counts: { ...(session?.counts ?? {}) },
      message: error.message,
    };
    // A store that is lost cannot take the record; the first error is the one to tell.
    if (error.kind !== 'storage') await deps.store.commit([{ op: 'put-run', run }], 'durable');
    throw error;
  }
}

async function finish(session: Session, checked: Preflight, started: RunState, done: Done): Promise<RunReport> {
  const { deps, counts } = session;
  const { phase, brakes, braked } = done;
  report(session, 'commit');
  const before = await deps.store.state();
  const open = await deps.store.openConflicts();
  const waiting = open.filter((conflict) => conflict.kind !== 'loser').length;
  const outcome: RunOutcome = braked ? 'braked' : counts.failed > 0 ? 'failures' : waiting > 0 ? 'conflicts' : 'done';
  const run: RunState = {
    ...started,
    endedAtMs: deps.clock.now(),
    outcome,
    counts: { ...counts },
    brakes: brakes.map((brake) => brake.name),
    message: braked ? brakes.map((brake) => brake.saw).join('; ') : null,
    checkedUpTo: { left: ceilingOf(before, 'left'), right: ceilingOf(before, 'right') },
  };
  const state: IntegrationState = braked
    ? { ...before, generation: before.generation + 1 }
    : {
        ...before,
        listed: phase.reading.state.listed,
        configFingerprint: checked.configFingerprint,
        siteIds: { left: checked.info.left.siteId, right: checked.info.right.siteId },
        recovered: phase.recovered,
        generation: before.generation + 1,
      };
  const brakeLog = brakes.map((brake) => logEvent(session, `brake ${brake.name}: ${brake.saw}`, brake.name));
  const released =
    session.request.released.length === 0
      ? []
      : [logEvent(session, `released by the user: ${session.request.released.join(', ')}`)];
  await deps.store.commit(
    [
      ...brakeLog,
      ...released,
      ...phase.reading.notices.map((notice) => logEvent(session, notice)),
      { op: 'put-state', state },
      { op: 'put-run', run },
    ],
    'durable',
  );
  return {
    run,
    plan: phase.result.plan,
    brakes,
    notices: [...checked.notices, ...phase.reading.notices],
    openConflicts: waiting,
  };
}

function ceilingOf(state: IntegrationState, side: Side): string | null {
  const since = state.cursors[side]?.['since'];
  return typeof since === 'string' ? since : null;
}

async function readAndPlan(
  session: Session,
  checked: Preflight,
  before: IntegrationState,
  options: { readonly full: boolean; readonly keep: boolean },
): Promise<Phase> {
  const changedConfig = before.configFingerprint !== null && before.configFingerprint !== checked.configFingerprint;
  // A newly mapped field was never read: everything is read again.
  const full = options.full || changedConfig || before.recovered !== null;
  const reading = await readSides(session, before, { full, keep: options.keep });
  return planPhase(session, checked, reading, before.recovered, full);
}

async function planPhase(
  session: Session,
  checked: Preflight,
  reading: Reading,
  recovered: string | null,
  full: boolean,
): Promise<Phase> {
  const { deps } = session;
  report(session, 'plan');
  const gathered = await gather(session, checked, reading, recovered);
  const steps = planRun(gathered.input);
  let sliceMs = deps.clock.monotonic();
  let step = steps.next();
  while (step.done !== true) {
    if (deps.clock.monotonic() - sliceMs >= sliceLengthMs) {
      await deps.pause();
      if (session.signal.aborted) throw new LockstepError('cancelled', 'The run was cancelled.');
      sliceMs = deps.clock.monotonic();
    }
    step = steps.next();
  }
  const result = step.value;
  const readings = new Map<string, PairReading>([...gathered.readings, ...result.founded]);
  return {
    reading,
    result,
    readings,
    activePairs: gathered.activePairs,
    conflicts: gathered.conflicts,
    recovered: recovered ?? gathered.lostPair,
    full,
    idle: gathered.idle(result),
  };
}

const sliceLengthMs = 10;

/** Everything the plan depends on, from the store and, in a preview, from what was read but not stored. */
async function gather(session: Session, checked: Preflight, reading: Reading, recovered: string | null) {
  const { deps, mapping } = session;
  const { store, ids, sides: openSides } = deps;
  const staged = stagedBySide([
    ...(await store.staged()),
    ...sides.flatMap((side) => [...reading.staged[side].values()]),
  ]);
  const pairs = new Map<string, PairState>((await store.dirtyPairs()).map((pair) => [pair.id, pair]));
  for (const side of sides) {
    for (const pair of (await store.pairsByRef(side, [...staged[side].keys()])).values())
      if (!pairs.has(pair.id)) pairs.set(pair.id, pair);
  }
  const readings = new Map<string, PairReading>();
  const paired = { left: new Set<string>(), right: new Set<string>() };
  for (const pair of pairs.values()) {
    for (const side of sides) if (pair.refs[side] !== null) paired[side].add(pair.refs[side]);
    if (pair.status === 'ended') continue;
    const of = (side: Side): StagedItem | null =>
      pair.refs[side] === null ? null : (staged[side].get(pair.refs[side]) ?? null);
    readings.set(pair.id, { pair, staged: { left: of('left'), right: of('right') } });
  }
  const loose = (side: Side): readonly StagedItem[] =>
    [...staged[side].values()].filter((item) => !paired[side].has(item.ref));
  const items = (side: Side): readonly Item[] =>
    loose(side)
      .flatMap((item) => presentItem(item) ?? [])
      .sort((a, b) => compareRefs(a.ref, b.ref));
  const unpaired = { left: items('left'), right: items('right') };
  const intents = await store.openIntents();
  const conflicts = await store.openConflicts();
  const reviewed = new Set(
    conflicts.filter((conflict) => conflict.kind === 'review').flatMap((conflict) => conflict.candidates),
  );
  const suspects = (side: Side): ReadonlySet<string> => {
    const lost = suspectSince(intents, side, session.info[side].accountId);
    return new Set(
      unpaired[side]
        .filter((item) => lost(item) || reviewed.has(item.ref) || claimed.has(item.ref))
        .map((item) => item.ref),
    );
  };
  const marked = [...unpaired.left, ...unpaired.right].flatMap((item) => ownPair(ids.workspaceId, item.marker) ?? []);
  const known = new Set<string>();
  for (const id of new Set(marked)) if (await store.pairKnown(id)) known.add(id);
  const waiting = new Set(intents.map((intent) => intent.pairId));
  const twins = new Map<string, string>();
  for (const side of sides) {
    for (const item of unpaired[side]) {
      const id = ownPair(ids.workspaceId, item.marker);
      const half = id === null ? undefined : readings.get(id);
      if (id === null || half === undefined || half.pair.refs[side] !== null || twins.has(id)) continue;
      twins.set(id, item.ref);
      const staged: StagedItem = { side, ref: item.ref, seen: 'present', item };
      readings.set(id, {
        ...half,
        staged: side === 'left' ? { ...half.staged, left: staged } : { ...half.staged, right: staged },
      });
    }
  }
  const claimed = new Set(twins.values());
  const lost = marked.find((id) => !known.has(id) && !waiting.has(id));
  const active = await store.activeRefs();
  const input: PlanInput = {
    mapping,
    rights: { left: checked.info.left.schema.rights, right: checked.info.right.schema.rights },
    capabilities: { left: openSides.left.capabilities, right: openSides.right.capabilities },
    skewMs: { left: checked.info.left.skewMs, right: checked.info.right.skewMs },
    readers: { left: openSides.left.readerVersion, right: openSides.right.readerVersion },
    nowMs: deps.clock.now(),
    configFingerprint: checked.configFingerprint,
    readings: [...readings.values()].sort((a, b) => (a.pair.id < b.pair.id ? -1 : 1)),
    unpaired,
    members: await membersOf(session, readings, unpaired),
    waiting,
    twins,
    suspects: { left: suspects('left'), right: suspects('right') },
    fresh: reading.fresh,
    recovered: recovered !== null || lost !== undefined,
    knownPair: (id) => known.has(id),
    ownMarker: (marker) => ownPair(ids.workspaceId, marker),
    pairId: (side, ref) => ids.pairId(side, ref),
    commentCode: (side, item, comment) => ids.commentCode(side, item, comment),
    ownsCode: (code) => ids.ownsCode(code),
    hash: (text) => ids.hash(text),
  };
  const idle = (result: PlanResult): readonly StagedItem[] => {
    if (mapping.match !== null) return [];
    const spoken = new Set(
      [...result.founded.values()].flatMap(({ pair }) => sides.map((side) => side + (pair.refs[side] ?? ''))),
    );
    return sides.flatMap((side) =>
      loose(side).filter(
        (item) => item.seen !== 'unread' && !spoken.has(side + item.ref) && !input.suspects[side].has(item.ref),
      ),
    );
  };
  const lostPair =
    lost === undefined ? null : 'a tracker holds an item that this data folder does not remember to have made';
  return { input, readings, activePairs: active.length, conflicts, idle, lostPair };
}

function compareRefs(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** The pair id in a marker of this workspace, or null. */
function ownPair(workspaceId: string, marker: string | null): string | null {
  return marker?.startsWith(`${workspaceId}.`) === true ? marker.slice(workspaceId.length + 1) : null;
}

/** The pairs of every item that a reading or an unpaired item refers to. */
async function membersOf(
  session: Session,
  readings: ReadonlyMap<string, PairReading>,
  unpaired: Sided<readonly Item[]>,
): Promise<Sided<ReadonlyMap<string, string>>> {
  const { mapping, deps } = session;
  const members = { left: new Map<string, string>(), right: new Map<string, string>() };
  const add = (pair: PairState): void => {
    for (const side of sides) if (pair.refs[side] !== null) members[side].set(pair.refs[side], pair.id);
  };
  for (const { pair } of readings.values()) add(pair);
  for (const side of sides) {
    const wanted = new Set<string>();
    const want = (value: FieldValue | undefined): void => {
      if (typeof value === 'string' && !members[side].has(value)) wanted.add(value);
    };
    for (const field of mapping.fields.filter((candidate) => candidate.type === 'item-ref')) {
      const id = field.fields[side];
      for (const item of unpaired[side]) want(item.fields[id]);
      for (const { pair, staged } of readings.values()) {
        want(presentItem(staged[side])?.fields[id]);
        want(pair.bases[side]?.fields[id]?.value);
      }
    }
    for (const pair of (await deps.store.pairsByRef(side, [...wanted])).values()) add(pair);
  }
  return members;
}

function brakesOf(session: Session, phase: Phase): readonly Brake[] {
  const { reading } = phase;
  return findBrakes({
    mapping: session.mapping,
    plan: phase.result.plan,
    state: { ...reading.state, listed: phase.full ? reading.state.listed : { left: null, right: null } },
    configFingerprint: session.configFingerprint,
    info: session.info,
    activePairs: phase.activePairs,
    listed: phase.full ? reading.state.listed : { left: null, right: null },
    foreignMarkers: reading.foreignMarkers,
    recovered: phase.recovered,
  });
}

function applyContext(
  session: Session,
  context: PlanContext,
  readings: ReadonlyMap<string, PairReading>,
): ApplyContext {
  const parents = new Set([...readings.values()].flatMap((reading) => parentOf(context, reading) ?? []));
  return {
    session,
    context,
    open: new Map(),
    works: new Map(),
    parents,
    createLocks: { left: Promise.resolve(), right: Promise.resolve() },
    later: [],
  };
}

async function applyPhase(session: Session, phase: Phase, plan: Plan): Promise<void> {
  const { context } = phase.result;
  const apply = applyContext(session, context, phase.readings);
  await settleIdle(session, phase, context, plan);
  // What an earlier run left open is decided before anything else is created in a scope without markers.
  const intents = await session.deps.store.openIntents();
  for (const intent of intents) apply.open.set(intent.id, intent);
  for (const intent of intents) bindWork(apply, phase, intent);
  await applyPlan(apply, plan, phase.readings, phase.conflicts, phase.reading.verified);
  await resolveRest(apply, phase);
}

function bindWork(apply: ApplyContext, phase: Phase, intent: Intent): PairWork | null {
  const known = apply.works.get(intent.pairId);
  if (known !== undefined) return known;
  const reading = phase.readings.get(intent.pairId);
  if (reading === undefined) return null;
  const work: PairWork = { reading, current: { left: null, right: null }, conflicts: new Map() };
  apply.works.set(intent.pairId, work);
  return work;
}

/** A run waits for its open lookups before it ends. */
async function resolveRest(apply: ApplyContext, phase: Phase): Promise<void> {
  for (const intent of [...apply.open.values()]) {
    const work = bindWork(apply, phase, intent);
    if (work === null) continue;
    await waitUntilDue(apply, intent);
    await resolveIntent(apply, work, intent);
  }
}

/** Before anything is read: what an earlier run left open and may be decided now. */
async function resolveDue(session: Session): Promise<void> {
  const { store } = session.deps;
  const intents = await store.openIntents();
  if (intents.length === 0) return;
  report(session, 'lookups', { total: intents.length });
  const pairs = await store.pairs(intents.map((intent) => intent.pairId));
  const staged = stagedBySide(await store.staged());
  const readings = new Map<string, PairReading>();
  for (const pair of pairs.values()) {
    const of = (side: Side): StagedItem | null =>
      pair.refs[side] === null ? null : (staged[side].get(pair.refs[side]) ?? null);
    readings.set(pair.id, { pair, staged: { left: of('left'), right: of('right') } });
  }
  const context = await lookupContext(session, readings);
  const apply = applyContext(session, context, readings);
  for (const intent of intents) {
    const reading = readings.get(intent.pairId);
    if (reading === undefined) await store.commit([{ op: 'end-intent', id: intent.id }], 'durable');
    else if (isDue(apply, intent)) {
      const work = apply.works.get(intent.pairId) ?? {
        reading,
        current: { left: null, right: null },
        conflicts: new Map(),
      };
      apply.works.set(intent.pairId, work);
      await resolveIntent(apply, work, intent);
    }
  }
}

/** A plan's context for settling alone: no plan is made with it. */
async function lookupContext(session: Session, readings: ReadonlyMap<string, PairReading>): Promise<PlanContext> {
  const { deps, info } = session;
  const members = await membersOf(session, readings, { left: [], right: [] });
  const steps = planRun({
    mapping: session.mapping,
    rights: { left: info.left.schema.rights, right: info.right.schema.rights },
    capabilities: { left: deps.sides.left.capabilities, right: deps.sides.right.capabilities },
    skewMs: { left: info.left.skewMs, right: info.right.skewMs },
    readers: { left: deps.sides.left.readerVersion, right: deps.sides.right.readerVersion },
    nowMs: deps.clock.now(),
    configFingerprint: session.configFingerprint,
    readings: [],
    unpaired: { left: [], right: [] },
    members,
    waiting: new Set(),
    twins: new Map(),
    suspects: { left: new Set(), right: new Set() },
    fresh: new Set(),
    recovered: false,
    knownPair: () => false,
    ownMarker: () => null,
    pairId: (side, ref) => deps.ids.pairId(side, ref),
    commentCode: (side, item, comment) => deps.ids.commentCode(side, item, comment),
    ownsCode: (code) => deps.ids.ownsCode(code),
    hash: (text) => deps.ids.hash(text),
  });
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value.context;
}

/** Pairs that were read and are in step leave the dirty set; unpaired items that nothing is planned for are let go. */
async function settleIdle(session: Session, phase: Phase, context: PlanContext, plan: Plan): Promise<void> {
  const { store, clock } = session.deps;
  const planned = new Set(plan.rows.map((row) => row.pairId));
  let ops: StoreOp[] = phase.idle.map(({ side, ref }) => ({ op: 'unstage', side, ref }));
  for (const reading of phase.readings.values()) {
    if (
      planned.has(reading.pair.id) ||
      phase.result.founded.has(reading.pair.id) ||
      context.waiting.has(reading.pair.id)
    )
      continue;
    const conflicts = new Map(
      phase.conflicts
        .filter((conflict) => conflict.pairId === reading.pair.id)
        .map((conflict) => [conflict.id, conflict]),
    );
    ops.push(...conclude(context, { reading, current: { left: null, right: null }, conflicts }, clock.now()));
    if (ops.length >= 500) {
      await store.commit(ops, 'relaxed');
      ops = [];
    }
  }
  if (ops.length > 0) await store.commit(ops, 'relaxed');
}
