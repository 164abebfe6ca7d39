import { z } from 'zod';
import type { CallName, Topic } from './calls.js';
import type { AppError } from './errors.js';
import type { CallInput } from './inputs.js';
import { progressSchema } from './progress.js';
import type { CallOutputs } from './views.js';

export const changedParts = [
  'connections',
  'integrations',
  'schedules',
  'runs',
  'conflicts',
  'settings',
  'privacy',
] as const;
export type ChangedPart = (typeof changedParts)[number];

/** Hosts send a topic at most ten times a second for each run; the last progress always comes. */
export const eventSchemas = {
  'run.progress': z.object({ runId: z.string(), integration: z.string(), progress: progressSchema }),
  'run.ended': z.object({
    runId: z.string(),
    integration: z.string(),
    outcome: z.enum(['done', 'failures', 'conflicts', 'braked', 'cancelled', 'failed']),
  }),
  /** Of a call that was given a `callId`. Only its caller gets it. */
  'call.progress': z.object({ callId: z.string(), progress: progressSchema }),
  /** What a window should ask for again. */
  'data.changed': z.object({ parts: z.array(z.enum(changedParts)) }),
  'workspace.changed': z.object({ state: z.enum(['missing', 'locked', 'open', 'blocked']) }),
  /** A menu, the tray or a notification asks for a screen. */
  'screen.show': z.object({
    screen: z.enum(['overview', 'integration', 'run', 'log', 'conflicts', 'connections', 'privacy', 'settings']),
    /** Name of the integration, id of the run. */
    id: z.string().optional(),
  }),
} as const satisfies Record<Topic, z.ZodType>;
export type EventOf<Name extends Topic> = z.infer<(typeof eventSchemas)[Name]>;

export type CallResult<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: AppError };

/**
 * The window's only way to the program. The desktop's preload exposes it as `window.lockstep`; in a browser the page
 * makes one over HTTP. Neither function throws.
 */
export interface Bridge {
  /**
   * With a `callId` (random, the caller's own) the call can be cancelled, and reports `call.progress`. Without one it
   * runs to its end. A call goes on when its window closes.
   */
  call<Name extends CallName>(
    name: Name,
    input: CallInput<Name>,
    callId?: string,
  ): Promise<CallResult<CallOutputs[Name]>>;
  /** Ends the call early: it answers with the error `cancelled`. Nothing happens where there is none of this id. */
  cancel(callId: string): void;
  /** Returns what ends the subscription. */
  subscribe<Name extends Topic>(topic: Name, listener: (event: EventOf<Name>) => void): () => void;
}
