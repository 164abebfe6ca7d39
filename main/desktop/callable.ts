import type { CallName, Topic } from '../../preload/contract/calls.js';
import type { CallResult, EventOf } from '../../preload/contract/events.js';

/** The program as the window, the tray and the menus see it. Nothing here throws. */
export interface Callable {
  dispatch(name: CallName, input: unknown, callId?: string): Promise<CallResult<unknown>>;
  cancel(callId: string): void;
  /** Returns what ends the subscription. */
  subscribe<Name extends Topic>(topic: Name, listener: (event: EventOf<Name>) => void): () => void;
}
