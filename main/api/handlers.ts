import type { CallName } from '../../preload/contract/calls.js';
import type { Program } from '../runner/program.js';
import type { appHandlers } from './app.js';
import { conflictHandlers } from './conflicts.js';
import { connectionHandlers } from './connections.js';
import type { Handlers } from './dispatcher.js';
import { integrationHandlers } from './integrations.js';
import { itemHandlers } from './items.js';
import { runHandlers } from './runs.js';
import { statusHandlers } from './status.js';

/** Calls that are answered whether or not a workspace is open. */
export type AppCall = keyof ReturnType<typeof appHandlers>;
export type WorkspaceHandlers = Pick<Handlers, Exclude<CallName, AppCall>>;

/** Every call that needs an open workspace. */
export function createHandlers(program: Program): Partial<WorkspaceHandlers> {
  return {
    ...connectionHandlers(program),
    ...integrationHandlers(program),
    ...runHandlers(program),
    ...itemHandlers(program),
    ...conflictHandlers(program),
    ...statusHandlers(program),
  };
}
