import type { CallName } from '../../preload/contract/calls.js';
import type { Program } from '../runner/program.js';
import type { appHandlers } from './app.js';
import { conflictHandlers } from './conflicts.js';
import { connectionHandlers } from './connections.js';
import type { Handlers } from './dispatcher.js';
import { draftHandlers } from './drafts.js';
import { exportHandlers } from './exports.js';
import { integrationHandlers } from './integrations.js';
import { itemHandlers } from './items.js';
import { logHandlers } from './log.js';
import { pairHandlers } from './pairs.js';
import { previewHandlers } from './previews.js';
import { privacyHandlers } from './privacy.js';
import { runRegistryHandlers } from './run-registry.js';
import { runHandlers } from './runs.js';
import { scheduleHandlers } from './schedules.js';
import { statusHandlers } from './status.js';
import { trackerHandlers } from './trackers.js';

/** Calls that are answered whether or not a workspace is open. */
export type AppCall = keyof ReturnType<typeof appHandlers>;
export type WorkspaceHandlers = Pick<Handlers, Exclude<CallName, AppCall>>;

/** Every call that needs an open workspace; practice trackers are the holder's, who ends them. */
export function createHandlers(program: Program): Omit<WorkspaceHandlers, 'practice.start'> {
  return {
    ...trackerHandlers(),
    ...connectionHandlers(program),
    ...integrationHandlers(program),
    ...draftHandlers(program),
    ...scheduleHandlers(program),
    ...previewHandlers(program),
    ...runHandlers(program),
    ...runRegistryHandlers(program),
    ...logHandlers(program),
    ...exportHandlers(program),
    ...itemHandlers(program),
    ...pairHandlers(program),
    ...conflictHandlers(program),
    ...statusHandlers(program),
    ...privacyHandlers(program),
  };
}
