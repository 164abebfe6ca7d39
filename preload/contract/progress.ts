import { z } from 'zod';
import { sideSchema } from './values.js';

/** What a run or a preview is doing now. Times are ms since 1970, UTC. */
export const progressSchema = z.object({
  phase: z.enum(['preflight', 'lookups', 'read', 'plan', 'brakes', 'apply', 'commit']),
  side: sideSchema.nullable(),
  done: z.number(),
  /** Null where nobody knows yet. */
  total: z.number().nullable(),
  item: z.string().nullable(),
  /** What it waits for, in words, and until when. */
  waiting: z.object({ why: z.string(), untilMs: z.number() }).nullable(),
});
export type ProgressView = z.infer<typeof progressSchema>;
