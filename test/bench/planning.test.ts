import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { FieldSchema, Item, OptionSchema, ScopeSchema, UserSchema } from '../../main/connectors/contract.js';
import { compileMapping } from '../../main/engine/mapping.js';
import type { PairReading } from '../../main/engine/plan-context.js';
import type { PlanInput } from '../../main/engine/plan-input.js';
import { planRun } from '../../main/engine/plan.js';
import type { Plan } from '../../preload/contract/plan.js';
import { integrationSchema } from '../../preload/contract/integration.js';
import { sides, type FieldType, type FieldValue, type Side } from '../../preload/contract/values.js';
import { MemoryPair } from '../fakes/memory-pair.js';
import { peakMemoryMb, record, timed } from './support/figures.js';
import { createSample, samplePair, samplePairId } from './support/sample.js';

const pairCount = Number(process.env['LOCKSTEP_BENCH_PAIRS'] ?? 100_000);
/** Every so-manieth pair has a new title and status on the left. */
const changedEvery = 20;
const pairsPerText = 1000;
const mostOverParse = 2;

/** Of the sample's twenty fields: all that can be mapped. */
const types: Readonly<Record<string, FieldType>> = {
  subject: 'text',
  description: 'rich-text',
  status: 'option',
  priority: 'option',
  assignee: 'user',
  reporter: 'user',
  category: 'text',
  version: 'text',
  parent: 'item-ref',
  start_date: 'date',
  due_date: 'date',
  done_ratio: 'number',
  estimated_hours: 'number',
  environment: 'text',
  cf_1: 'text',
  cf_2: 'text',
  cf_3: 'boolean',
  cf_4: 'text',
};

const numbers = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);

/** What a side calls an option or a user: the sample gives the right side other ids. */
function idOn(side: Side, kind: 'status' | 'priority' | 'user', n: number): string {
  if (side === 'left' || kind === 'priority') return String(n);
  return kind === 'status' ? String(10_000 + n) : `5f${String(n)}a0c1e2`;
}

function schemaOf(side: Side): ScopeSchema {
  const options = (kind: 'status' | 'priority', count: number): readonly OptionSchema[] =>
    numbers(1, count).map((n) => ({ id: idOn(side, kind, n), name: `${kind} ${String(n)}` }));
  const fields = Object.entries(types).map(([id, type]): FieldSchema => {
    const field = { id, name: id, type, required: false, writable: true };
    if (id === 'status') return { ...field, options: options('status', 6) };
    return id === 'priority' ? { ...field, options: options('priority', 5) } : field;
  });
  const users = numbers(100, 159).map((n): UserSchema => ({ id: idOn(side, 'user', n), name: `user ${String(n)}` }));
  return {
    scope: { id: 'scope', key: 'scope', name: 'scope' },
    types: numbers(1, 3).map((n) => ({ id: String(n), name: `type ${String(n)}` })),
    fields,
    users,
    rights: {
      create: true,
      edit: true,
      comment: true,
      editComments: true,
      deleteComments: true,
      seePrivateComments: true,
    },
    markup: 'markdown',
    markerField: null,
    notices: [],
  };
}

const schemas = { left: schemaOf('left'), right: schemaOf('right') };
const mapping = compileMapping(
  integrationSchema.parse({
    name: 'bench',
    left: { connection: 'l', scope: 'scope' },
    right: { connection: 'r', scope: 'scope' },
    types: schemas.left.types.map(({ name }) => ({ left: name, right: name })),
    policy: 'left',
    fields: Object.keys(types).map((id) => ({ left: id, right: id })),
    users: schemas.left.users.map(({ name }) => ({ left: name, right: name })),
  }),
  schemas,
);

function itemOf(ref: string, fields: Readonly<Record<string, FieldValue>>, revision: string): Item {
  return {
    ref,
    key: `#${ref}`,
    url: `https://tracker.test/issues/${ref}`,
    scope: 'scope',
    fields,
    raws: {},
    notEditable: {},
    fieldTimes: {},
    revision,
    stamp: `2026-03-02T10:00:00Z/${revision}`,
    createdAt: '2026-03-01T09:00:00Z',
    createdBy: '5',
    private: false,
    marker: null,
    comments: [],
    commentsComplete: true,
  };
}

/** Pairs with both bases, and both items as a full run has just read them. */
function readingsOf(sample: ReturnType<typeof createSample>, from: number): readonly PairReading[] {
  return numbers(from, Math.min(from + pairsPerText, pairCount) - 1).map((n) => {
    const pair = samplePair(sample, n);
    const item = (side: Side): Item => {
      const held = pair.bases[side]?.fields ?? {};
      const fields = Object.fromEntries(Object.entries(held).map(([id, { value }]) => [id, value]));
      const changed = side === 'left' && n % changedEvery === 0;
      const now = changed
        ? { ...fields, subject: `changed ${String(n)}`, status: String(1 + (Number(fields['status']) % 6)) }
        : fields;
      return itemOf(pair.refs[side] ?? '', now, pair.bases[side]?.revision ?? '');
    };
    const staged = (side: Side) => ({ side, ref: pair.refs[side] ?? '', seen: 'present' as const, item: item(side) });
    return { pair, staged: { left: staged('left'), right: staged('right') } };
  });
}

/** As JSON, in texts that V8 can hold; what is planned is what was parsed from them. */
async function throughJson<T>(
  make: (from: number) => readonly T[],
  count = pairCount,
): Promise<{ readonly all: readonly T[]; readonly ms: number; readonly mb: number }> {
  const all: T[] = [];
  let ms = 0;
  let length = 0;
  for (let from = 0; from < count; from += pairsPerText) {
    const text = JSON.stringify(make(from));
    length += text.length;
    const parsed = await timed(() => JSON.parse(text) as readonly T[]);
    ms += parsed.ms;
    all.push(...parsed.result);
  }
  return { all, ms, mb: length / 2 ** 20 };
}

const { sides: open, ids } = new MemoryPair().deps();

function inputOf(readings: readonly PairReading[], unpaired: PlanInput['unpaired']): PlanInput {
  const members = { left: new Map<string, string>(), right: new Map<string, string>() };
  for (const { pair } of readings)
    for (const side of sides) if (pair.refs[side] !== null) members[side].set(pair.refs[side], pair.id);
  return {
    mapping,
    rights: { left: schemas.left.rights, right: schemas.right.rights },
    capabilities: { left: open.left.capabilities, right: open.right.capabilities },
    skewMs: { left: 0, right: 0 },
    readers: { left: 1, right: 1 },
    nowMs: Date.UTC(2026, 2, 2),
    configFingerprint: 'bench',
    pairId: (side, ref) => samplePairId(side === 'left' ? Number(ref) : -Number(ref)),
    commentCode: (side, item, comment) => ids.commentCode(side, item, comment),
    ownsCode: (code) => ids.ownsCode(code),
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    readings,
    members,
    waiting: new Set(),
    twins: new Map(),
    unclearTwins: new Set(),
    unpaired,
    suspects: { left: new Set(), right: new Set() },
    fresh: new Set(),
    recovered: false,
    knownPair: () => false,
    ownMarker: () => null,
  };
}

/** From the first step to the last, without the pauses in between. */
async function plan(
  input: PlanInput,
): Promise<{ readonly plan: Plan; readonly ms: number; readonly longestMs: number }> {
  let longestMs = 0;
  const { result, ms } = await timed(() => {
    const steps = planRun(input);
    for (;;) {
      const startMs = performance.now();
      const step = steps.next();
      longestMs = Math.max(longestMs, performance.now() - startMs);
      if (step.done === true) return step.value;
    }
  });
  return { plan: result.plan, ms, longestMs };
}

function recordPlan(
  what: string,
  planned: { readonly ms: number; readonly longestMs: number },
  parsed: { readonly ms: number; readonly mb: number },
): number {
  const ratio = planned.ms / parsed.ms;
  record(`planning, ${what}: data as JSON`, parsed.mb, 'MB');
  record(`planning, ${what}: JSON.parse of it`, parsed.ms, 'ms');
  record(`planning, ${what}: time`, planned.ms, 'ms');
  record(`planning, ${what}: longest step`, planned.longestMs, 'ms');
  record(`planning, ${what}: over JSON.parse`, ratio, 'ratio', mostOverParse);
  return ratio;
}

it(`plans ${String(pairCount)} pairs that were all read again, 5 % of them changed`, async () => {
  const sample = createSample();
  const parsed = await throughJson((from) => readingsOf(sample, from));
  const planned = await plan(inputOf(parsed.all, { left: [], right: [] }));
  const changed = Math.ceil(pairCount / changedEvery);
  expect(planned.plan.counts).toMatchObject({
    sets: { left: 0, right: 2 * changed },
    conflicts: 0,
    skipped: 0,
    pairs: changed,
  });
  const ratio = recordPlan('5 % changed', planned, parsed);
  record('planning, 5 % changed: peak memory', peakMemoryMb(), 'MB');
  expect(ratio).toBeLessThanOrEqual(mostOverParse);
});

it(`plans the first sync of ${String(pairCount)} items into an empty scope`, async () => {
  const sample = createSample();
  const parsed = await throughJson((from) =>
    numbers(from, Math.min(from + pairsPerText, pairCount) - 1).map((n) => {
      const { type: _type, labels: _labels, ...fields } = sample.fields(n);
      return itemOf(String(n), fields, String(1_000_000 + n));
    }),
  );
  const planned = await plan(inputOf([], { left: parsed.all, right: [] }));
  expect(planned.plan.counts).toMatchObject({ creates: { left: 0, right: pairCount }, pairs: pairCount });
  expect(planned.plan.counts.sets.right).toBeGreaterThan(10 * pairCount);
  record('planning, first sync: peak memory', peakMemoryMb(), 'MB');
  // The plan is several times as large as what was read, and has to be made: both count.
  const { rows } = planned.plan;
  const made = await throughJson((from) => rows.slice(from, from + pairsPerText), rows.length);
  record('planning, first sync: over JSON.parse of the data alone', planned.ms / parsed.ms, 'ratio');
  const ratio = recordPlan('first sync, data and plan', planned, { ms: parsed.ms + made.ms, mb: parsed.mb + made.mb });
  expect(ratio).toBeLessThanOrEqual(mostOverParse);
});
