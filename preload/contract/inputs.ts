import { z } from 'zod';
import type { CallName } from './calls.js';
import { integrationSchema, resolutionSchema, sideScopeSchema, typePairsSchema } from './integration.js';
import { brakeNames, rowKinds } from './plan.js';
import { sideSchema } from './values.js';
import { scheduleSchema, settingsSchema } from './settings.js';

/** What each call takes. The dispatcher parses every input by these, whoever sends it. */

const name = z.string().trim().min(1).max(200);
const id = z.string().min(1).max(200);
const released = z.array(z.enum(brakeNames)).default([]);

const connectionName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use small letters, digits and hyphens, 63 at most');

const timeMs = z.number().int().min(0);
const offset = z.number().int().min(0).default(0);

/** As a user types it, or as an integration that the editor holds: one of the two. */
const draft = z.union([
  z.strictObject({ config: z.unknown() }),
  z.strictObject({ text: z.string().max(2_000_000), fileName: z.string().max(1_000).default('draft.yaml') }),
]);

/** Which rows of the log; all of the given ones hold. */
export const logFilterSchema = z.strictObject({
  /** Found in titles, keys, values, messages and codes, whatever the case. */
  text: z.string().max(500).optional(),
  integration: name.optional(),
  runId: id.optional(),
  /** Key or ref of an item of either side. */
  item: name.optional(),
  /** Mapping id, or `comment`. */
  field: name.optional(),
  side: sideSchema.optional(),
  outcome: z.array(z.enum(['done', 'adopted', 'failed', 'dropped', 'parked', 'skipped', 'note'])).optional(),
  kind: z.array(z.enum([...rowKinds, 'event'])).optional(),
  /** Inclusive. */
  fromMs: timeMs.optional(),
  /** Exclusive. */
  toMs: timeMs.optional(),
});
export type LogFilter = z.output<typeof logFilterSchema>;

export const inputSchemas = {
  'app.get': z.strictObject({}),
  /** Makes the workspace and opens it. Without a passphrase only the host's own key store holds the key. */
  'workspace.create': z.strictObject({ passphrase: z.string().min(1).max(1_000).optional() }),
  /** Exactly one of the two, or none where the host's own key store shall try again. */
  'workspace.unlock': z.strictObject({
    passphrase: z.string().min(1).max(1_000).optional(),
    recoveryKey: z.string().min(1).max(200).optional(),
  }),
  /** Ends runs, closes the store and forgets the key until the next unlock. */
  'workspace.close': z.strictObject({}),
  'tracker.list': z.strictObject({}),
  'connection.add': z.strictObject({
    name: connectionName,
    tracker: z.string().min(1).default('redmine'),
    url: z.string().min(1).max(2_000),
    /** Of one request. */
    timeoutMs: z.number().int().min(100).max(600_000).default(30_000),
    allowHttp: z.boolean().default(false),
    proxy: z.string().min(1).max(2_000).optional(),
    noProxy: z.string().max(2_000).optional(),
    /** Certificates (PEM) that are trusted beside the system's. */
    caPem: z.string().max(1_000_000).optional(),
    settings: z.record(z.string(), z.string()).default({}),
    secret: z.string().min(1).max(10_000),
    /** Ask the tracker before anything is kept. */
    check: z.boolean().default(true),
    /** Take the place of the connection of this name; its integrations go on with it. */
    replace: z.boolean().default(false),
  }),
  'connection.list': z.strictObject({}),
  'connection.test': z.strictObject({ name, scope: name.optional() }),
  'connection.replace-secret': z.strictObject({
    name,
    secret: z.string().min(1).max(10_000),
    /** Ask the tracker before the old one is forgotten. */
    check: z.boolean().default(true),
  }),
  'connection.remove': z.strictObject({ name }),
  'integration.add': z.strictObject({
    /** For messages. */
    fileName: z.string().max(1_000),
    text: z.string(),
    /** Ask both trackers whether they have what the file names. */
    check: z.boolean().default(true),
    replace: z.boolean().default(false),
  }),
  'integration.list': z.strictObject({}),
  'integration.get': z.strictObject({ name }),
  /** `online`: ask both trackers whether they have what the draft names. */
  'integration.check': z.strictObject({ draft, online: z.boolean().default(true) }),
  'integration.put': z.strictObject({
    config: integrationSchema,
    /** The integration that is edited (its name may change); null for a new one. */
    edits: name.nullable().default(null),
    /** Ask both trackers whether they have what it names. */
    check: z.boolean().default(true),
  }),
  'integration.count': z.strictObject({ left: sideScopeSchema, right: sideScopeSchema, types: typePairsSchema }),
  'integration.suggest': z.strictObject({ left: sideScopeSchema, right: sideScopeSchema }),
  'integration.pairs': z.strictObject({
    name,
    /** Found in keys and refs of either side. */
    text: z.string().max(500).optional(),
    status: z.enum(['active', 'resting', 'frozen', 'ended']).optional(),
    /** Only pairs with unfinished work. */
    dirty: z.boolean().optional(),
    offset,
    limit: z.number().int().min(1).max(500).default(100),
  }),
  'integration.remove': z.strictObject({ name }),
  'schedule.list': z.strictObject({}),
  'schedule.check': z.strictObject({ schedule: scheduleSchema }),
  'schedule.set': z.strictObject({ name, schedule: scheduleSchema, paused: z.boolean() }),
  'preview.make': z.strictObject({ name, full: z.boolean().default(false) }),
  /** What the draft would do, without keeping it. A preview of a draft cannot be carried out. */
  'preview.draft': z.strictObject({ config: integrationSchema, edits: name.nullable().default(null) }),
  'preview.get': z.strictObject({ id }),
  'sync.run': z.strictObject({ name, full: z.boolean().default(false), released }),
  'sync.plan': z.strictObject({
    name,
    previewId: id,
    hash: z.string().min(1),
    /** Numbers (`seq`) of rows that are not to be carried out. */
    leaveOut: z.array(z.number().int().min(0)).default([]),
  }),
  'run.list': z.strictObject({ name: name.optional(), limit: z.number().int().min(1).max(10_000).default(50) }),
  'run.log': z.strictObject({
    runId: id,
    item: name.optional(),
    field: name.optional(),
    outcome: name.optional(),
    /** `seq` of the last entry that is known already; -1 for the beginning. */
    after: z.number().int().min(-1).default(-1),
    limit: z.number().int().min(1).max(5_000).default(1_000),
  }),
  'run.get': z.strictObject({ runId: id }),
  'run.current': z.strictObject({}),
  'run.cancel': z.strictObject({ runId: id }),
  'run.days': z.strictObject({
    days: z.number().int().min(1).max(366).default(30),
    /** Minutes that the viewer's clock is ahead of UTC: a day is the viewer's. */
    utcOffsetMinutes: z.number().int().min(-900).max(900).default(0),
  }),
  'log.search': z.strictObject({
    filter: logFilterSchema.default({}),
    /** `upTo` of the first answer: rows that came later stay out, so that offsets keep their meaning. */
    upTo: z.string().max(200).optional(),
    offset,
    limit: z.number().int().min(0).max(500).default(100),
  }),
  'export.make': z.discriminatedUnion('format', [
    z.strictObject({ format: z.enum(['csv', 'jsonl']), filter: logFilterSchema.default({}) }),
    z.strictObject({ format: z.literal('bundle'), runId: id }),
  ]),
  'export.save': z.strictObject({ id }),
  /** `offset` and `limit` in bytes. */
  'export.read': z.strictObject({ id, offset, limit: z.number().int().min(1).max(4_194_304).default(1_048_576) }),
  'item.explain': z.strictObject({
    item: name,
    field: name.optional(),
    integration: name.optional(),
    limit: z.number().int().min(1).max(5_000).default(500),
  }),
  /** Opens the item in its tracker, in the user's browser, where the host can. */
  'item.open': z.strictObject({ pairId: id, side: sideSchema }),
  'conflict.list': z.strictObject({ name: name.optional() }),
  'conflict.resolve': z.strictObject({
    id,
    resolution: z.union([resolutionSchema, z.strictObject({ take: z.literal('discard') })]),
  }),
  'status.get': z.strictObject({}),
  'settings.get': z.strictObject({}),
  /** Only what changes. */
  'settings.put': settingsSchema.partial(),
  'privacy.get': z.strictObject({}),
  /** Makes a new recovery key; the one before opens nothing any more. */
  'privacy.recovery-key': z.strictObject({}),
  /** Starts practice trackers in this program, with two connections and an integration. Idempotent. */
  'practice.start': z.strictObject({}),
} as const satisfies Record<CallName, z.ZodType>;

export type CallInput<Name extends CallName> = z.input<(typeof inputSchemas)[Name]>;
export type ParsedInput<Name extends CallName> = z.output<(typeof inputSchemas)[Name]>;
export type LogFilterInput = z.input<typeof logFilterSchema>;
