import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { FieldSchema, Item, ScopeSchema } from '../../../main/connectors/contract.js';
import { compileMapping } from '../../../main/engine/mapping.js';
import { atOnce, groupInSteps, itemsPerStep, sortInSteps } from '../../../main/engine/plan-steps.js';
import type { PlanInput } from '../../../main/engine/plan-input.js';
import { planRun, type PlanResult } from '../../../main/engine/plan.js';
import { integrationSchema } from '../../../preload/contract/integration.js';
import type { FieldType, FieldValue, Side } from '../../../preload/contract/values.js';
import { MemoryPair } from '../../fakes/memory-pair.js';
import { countVisits } from '../../support/count-visits.js';
import { anItem, aBase, aPair, present } from '../../support/engine-fixtures.js';

const types: Readonly<Record<string, FieldType>> = { subject: 'text', done_ratio: 'number', parent: 'item-ref' };

function schemaOf(): ScopeSchema {
  return {
    scope: { id: 'scope', key: 'scope', name: 'scope' },
    types: [{ id: '1', name: 'Task' }],
    fields: Object.entries(types).map(([id, type]): FieldSchema => ({
      id,
      name: id,
      type,
      required: false,
      writable: true,
    })),
    users: [],
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

const { sides: open, ids } = new MemoryPair().deps();

function inputOf(change: Partial<PlanInput>, matchRule: boolean): PlanInput {
  const schemas = { left: schemaOf(), right: schemaOf() };
  const mapping = compileMapping(
    integrationSchema.parse({
      name: 'steps',
      left: { connection: 'l', scope: 'scope' },
      right: { connection: 'r', scope: 'scope' },
      types: [{ left: 'Task', right: 'Task' }],
      policy: 'left',
      fields: Object.keys(types).map((id) => ({ left: id, right: id })),
      ...(matchRule ? { match: { left: 'subject', right: 'subject', initial: 'left' } } : {}),
    }),
    schemas,
  );
  return {
    mapping,
    rights: { left: schemas.left.rights, right: schemas.right.rights },
    capabilities: { left: open.left.capabilities, right: open.right.capabilities },
    skewMs: { left: 0, right: 0 },
    readers: { left: 1, right: 1 },
    nowMs: 1_772_000_000_000,
    configFingerprint: 'steps',
    pairId: (side, ref) => hash(`${side}:${ref}`).slice(0, 16),
    commentCode: (side, item, comment) => ids.commentCode(side, item, comment),
    ownsCode: (code) => ids.ownsCode(code),
    hash,
    readings: [],
    members: { left: new Map(), right: new Map() },
    waiting: new Set(),
    twins: new Map(),
    unclearTwins: new Set(),
    unpaired: { left: [], right: [] },
    suspects: { left: new Set(), right: new Set() },
    fresh: new Set(),
    recovered: false,
    knownPair: () => false,
    ownMarker: () => null,
    ...change,
  };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const items = (
  side: Side,
  count: number,
  fields: (n: number) => Readonly<Record<string, FieldValue>>,
): readonly Item[] =>
  Array.from({ length: count }, (_, n) => anItem(`${side}${String(n)}`, { notEditable: {}, fields: fields(n) }));

interface Work {
  readonly plan: PlanResult['plan'];
  readonly total: number;
  readonly longest: number;
}

function work(input: PlanInput): Work {
  const planning = planRun(input);
  let total = 0;
  let longest = 0;
  for (;;) {
    const { result, visits } = countVisits(() => planning.next());
    total += visits;
    longest = Math.max(longest, visits);
    if (result.done === true) return { plan: result.value.plan, total, longest };
  }
}

/** What each makes large: `n` of it. */
const cases: Readonly<Record<string, { readonly input: (n: number) => PlanInput; readonly rows: number }>> = {
  'a first sync, both sides new, in one chain of parents': {
    rows: 8,
    input: (n) => {
      const chain = (side: Side) =>
        items(side, n, (k) => ({
          subject: `title ${String(k)}`,
          done_ratio: k,
          parent: k + 1 === n ? null : side + String(k + 1),
        }));
      return inputOf({ unpaired: { left: chain('left'), right: chain('right') } }, false);
    },
  },
  'a first sync, all children of one parent': {
    rows: 4,
    input: (n) => {
      const left = items('left', n, (k) => ({
        subject: `title ${String(k)}`,
        done_ratio: k,
        parent: k === 0 ? null : 'left0',
      }));
      return inputOf({ unpaired: { left, right: [] } }, false);
    },
  },
  'items that match by a field': {
    rows: 2,
    input: (n) => {
      const both = (side: Side) => items(side, n, (k) => ({ subject: `title ${String(k)}` }));
      return inputOf({ unpaired: { left: both('left'), right: both('right') } }, true);
    },
  },
  'items that all fit each other': {
    rows: 2,
    input: (n) => {
      const both = (side: Side) => items(side, n, () => ({ subject: 'Printer is on fire' }));
      return inputOf({ unpaired: { left: both('left'), right: both('right') } }, true);
    },
  },
  'a recovered store, matched by content': {
    rows: 3,
    input: (n) => {
      const both = (side: Side) => items(side, n, (k) => ({ subject: `title ${String(k)}`, done_ratio: k }));
      return inputOf({ recovered: true, unpaired: { left: both('left'), right: both('right') } }, false);
    },
  },
  'pairs that were all changed, children of one parent': {
    rows: 1,
    input: (n) => {
      const refs = Array.from({ length: n }, (_, k) => hash(String(k)).slice(0, 16));
      const fields = (side: Side, subject: string) => ({ subject, parent: `${side[0] ?? ''}-${refs[0] ?? ''}` });
      const base = (side: Side) =>
        aBase({
          fields: Object.fromEntries(Object.entries(fields(side, 'old')).map(([id, value]) => [id, { value }])),
        });
      const readings = refs.map((id) => ({
        pair: aPair(id, { bases: { left: base('left'), right: base('right') } }),
        staged: {
          left: present('left', `l-${id}`, { notEditable: {}, fields: fields('left', 'new') }),
          right: present('right', `r-${id}`, { notEditable: {}, fields: fields('right', 'old') }),
        },
      }));
      const members = {
        left: new Map(refs.map((id) => [`l-${id}`, id])),
        right: new Map(refs.map((id) => [`r-${id}`, id])),
      };
      return inputOf({ readings, members, fresh: new Set(refs) }, false);
    },
  },
};

/** Visits of one step, over the few items that it may deal with; its own bookkeeping is part of them. */
const mostPerStep = 30 * itemsPerStep;

describe('the steps of a plan', () => {
  for (const [what, { input, rows }] of Object.entries(cases)) {
    it(`stay short and their work grows with the input only: ${what}`, () => {
      const [small, large] = [work(input(500)), work(input(2000))];
      expect(small.plan.rows.length).toBeGreaterThan(500 * rows - 10);
      expect(large.plan.rows.length).toBeGreaterThan(2000 * rows - 10);
      // Four times as much, and a little more for the depth of the sorting.
      expect(large.total / small.total).toBeLessThan(4.5);
      expect(large.longest).toBeLessThanOrEqual(small.longest);
      expect(large.longest).toBeLessThan(mostPerStep);
    });
  }
});

describe('in steps', () => {
  it('a sort is what sort does, and stable', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.nat()), { maxLength: 400 }), (pairs) => {
        const byFirst = (a: readonly [number, number], b: readonly [number, number]): number => a[0] - b[0];
        expect(atOnce(sortInSteps(pairs, byFirst))).toEqual([...pairs].sort(byFirst));
      }),
    );
  });

  it('a grouping keeps the order in which items come, and leaves out those without a key', () => {
    const groups = atOnce(groupInSteps(['b1', 'a1', '-', 'b2'], (text) => (text === '-' ? null : text.charAt(0))));
    expect([...groups]).toEqual([
      ['b', ['b1', 'b2']],
      ['a', ['a1']],
    ]);
  });
});
