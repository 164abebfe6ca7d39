import type { Program } from '../runner/program.js';
import { conflictHandlers } from './conflicts.js';
import { connectionHandlers } from './connections.js';
import type { Handlers } from './dispatcher.js';
import { integrationHandlers } from './integrations.js';
import { itemHandlers } from './items.js';
import { runHandlers } from './runs.js';
import { statusHandlers } from './status.js';

/** Every call of the contract, over one open workspace. */
export function createHandlers(program: Program): Partial<Handlers> {
  return {
    ...connectionHandlers(program),
    ...integrationHandlers(program),
    ...runHandlers(program),
    ...itemHandlers(program),
    ...conflictHandlers(program),
    ...statusHandlers(program),
  };
}
