import { z } from 'zod';
import { rowKinds } from '../../preload/contract/plan.js';
import { rowOutcomes } from '../format/words.js';

/** What each screen keeps in its address. What is not understood is left out, never an error. */

export const integrationTabs = ['overview', 'mapping', 'filter', 'users', 'schedule', 'pairs', 'runs'] as const;
export type IntegrationTab = (typeof integrationTabs)[number];

const text = z.string().max(500).optional().catch(undefined);
const timeMs = z.number().int().min(0).optional().catch(undefined);

export const integrationSearch = z.object({ tab: z.enum(integrationTabs).optional().catch(undefined) });

export const newIntegrationSearch = z.object({
  /** An integration to begin from. */
  from: text,
});

export const previewSearch = z.object({ id: text });

export const logSearch = z.object({
  q: text,
  integration: text,
  run: text,
  item: text,
  field: text,
  side: z.enum(['left', 'right']).optional().catch(undefined),
  outcome: z.array(z.enum(rowOutcomes)).optional().catch(undefined),
  kind: z
    .array(z.enum([...rowKinds, 'event']))
    .optional()
    .catch(undefined),
  from: timeMs,
  to: timeMs,
});
export type LogSearch = z.output<typeof logSearch>;

export const conflictSearch = z.object({ integration: text, id: text });

export const connectionSearch = z.object({ add: z.boolean().optional().catch(undefined) });
