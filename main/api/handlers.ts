import type { CallName } from '../../preload/contract/calls.js';
import type { Program } from '../runner/program.js';
import { conflictHandlers } from './conflicts.js';
import { connectionHandlers } from './connections.js';
import type { Handler, Handlers } from './dispatcher.js';
import { integrationHandlers } from './integrations.js';
import { itemHandlers } from './items.js';
import { runHandlers } from './runs.js';
import { statusHandlers } from './status.js';

/** The handlers of one feature's calls. */
export type FeatureHandlers<Names extends CallName> = { readonly [Name in Names]: Handler<Name> };

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
