import type { Topic } from '../../../preload/contract/calls.js';
import type { AppError } from '../../../preload/contract/errors.js';
import type { EventOf } from '../../../preload/contract/events.js';
import type { ProgressView } from '../../../preload/contract/progress.js';
import type { WorkspaceState } from '../../../preload/contract/views.js';
import type { WebRole } from '../../../preload/contract/web.js';

/** An answer as it goes out, whatever the call. */
export type AnyResult =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: AppError };

/** The part of the application that a page needs. */
export interface WebApplication {
  /** Never throws. */
  dispatch(
    name: string,
    input: unknown,
    options: {
      readonly role: WebRole;
      readonly callId?: string;
      readonly onProgress?: (progress: ProgressView) => void;
    },
  ): Promise<AnyResult>;
  cancel(callId: string): void;
  subscribe<Name extends Topic>(topic: Name, listener: (event: EventOf<Name>) => void): () => void;
  state(): Promise<WorkspaceState>;
}
