import { z } from 'zod';
import type { CallName } from './calls.js';
import { resolutionSchema } from './integration.js';
import { brakeNames } from './plan.js';

/** What each call takes. The dispatcher parses every input by these, whoever sends it. */

const name = z.string().trim().min(1).max(200);
const id = z.string().min(1).max(200);
const released = z.array(z.enum(brakeNames)).default([]);

const connectionName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use small letters, digits and hyphens, 63 at most');

export const inputSchemas = {
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
  'integration.remove': z.strictObject({ name }),
  'preview.make': z.strictObject({ name, full: z.boolean().default(false) }),
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
  'item.explain': z.strictObject({
    item: name,
    field: name.optional(),
    integration: name.optional(),
    limit: z.number().int().min(1).max(5_000).default(500),
  }),
  'conflict.list': z.strictObject({ name: name.optional() }),
  'conflict.resolve': z.strictObject({
    id,
    resolution: z.union([resolutionSchema, z.strictObject({ take: z.literal('discard') })]),
  }),
  'status.get': z.strictObject({}),
} as const satisfies Record<CallName, z.ZodType>;

export type CallInput<Name extends CallName> = z.input<(typeof inputSchemas)[Name]>;
export type ParsedInput<Name extends CallName> = z.output<(typeof inputSchemas)[Name]>;
