import { setMaxListeners } from 'node:events';
import { calls, isCallName, type CallName, type Topic } from '../preload/contract/calls.js';
import { LockstepError } from '../preload/contract/errors.js';
import type { CallResult, EventOf } from '../preload/contract/events.js';
import type { CallOutputs, WorkspaceState } from '../preload/contract/views.js';
import { appHandlers } from './api/app.js';
import { changedBy } from './api/changed.js';
import { createDispatcher, type CallContext, type Handler } from './api/dispatcher.js';
import type { Host } from './app-host.js';
import { createEventBus } from './event-bus.js';
import { errorFacts } from './logging/app-log.js';
import { progressIntervalMs } from './runner/run-registry.js';
import { createSettingsStore, readSettings } from './settings.js';
import { createThrottle } from './throttle.js';
import { createWorkspaceHolder } from './workspace-holder.js';

/** What a caller may give along with a call. */
export interface CallOptions extends Partial<CallContext> {
  /** Random, the caller's own: `cancel` ends the call, and its progress comes ten times a second at most. */
  readonly callId?: string;
}

export interface ApplicationDispatch {
  <Name extends CallName>(name: Name, input: unknown, options?: CallOptions): Promise<CallResult<CallOutputs[Name]>>;
  /** For callers whose names and inputs are not to be trusted. */
  (name: string, input: unknown, options?: CallOptions): Promise<CallResult<unknown>>;
}

/** The program, whether its workspace is missing, locked, open or blocked. Every host has the same. */
export interface Application {
  /** Never throws. */
  readonly dispatch: ApplicationDispatch;
  /** Nothing happens where there is no call of this id. */
  cancel(callId: string): void;
  /** All topics but `call.progress`, which only the caller gets, by its `onProgress`. */
  subscribe<Name extends Topic>(topic: Name, listener: (event: EventOf<Name>) => void): () => void;
  /** For hosts: a menu, the tray or a notification asks for a screen. */
  show(event: EventOf<'screen.show'>): void;
  state(): Promise<WorkspaceState>;
  /**
   * Opens the workspace with what the host is asked for (`Host.keys`); nothing happens where it is open.
   * @param create make one where there is none
   * @throws LockstepError `workspace-missing`, `passphrase-wrong`, and what the store throws
   */
  openWithKeys(create: boolean): Promise<void>;
  /** Ends what is under way, keeps what is to be kept, frees the data folder. Idempotent. */
  close(): Promise<void>;
}

export function createApplication(host: Host): Application {
  const bus = createEventBus((topic, thrown) => {
    host.log.write('error', 'listener-failed', { topic, message: String(thrown) });
  });
  const settingsStore = host.settings ?? createSettingsStore(host);
  const settings = () => readSettings(settingsStore);
  const holder = createWorkspaceHolder(host, {
    settings,
    emit: (topic, event) => {
      bus.emit(topic, event);
    },
  });
  const underWay = new Map<string, AbortController>();
  let closing: Promise<void> | null = null;

  const ofApp = appHandlers({
    host,
    state: () => holder.state(),
    create: (input) => holder.create(input.passphrase ?? null),
    unlock: (input) => holder.unlock(input),
    lock: () => holder.lock(),
    settings,
    changeSettings(changes) {
      const before = settings();
      const after = { ...before, ...changes };
      settingsStore.write(after);
      if (after.startAtLogin !== before.startAtLogin) host.setStartAtLogin?.(after.startAtLogin);
      return settings();
    },
    practice: () => holder.practice(),
  });

  const dispatch = createDispatcher(handlerOf, (name, error) => {
    host.log.write(error.kind === 'bug' ? 'error' : 'warning', 'call-failed', {
      call: name.slice(0, 100),
      ...errorFacts(error.toAppError()),
      ...(error.kind === 'bug' ? { stack: stackOf(error) } : {}),
    });
  });

  function handlerOf<Name extends CallName>(name: Name): Handler<Name> {
    if (closing !== null) {
      throw new LockstepError('store-stopped', 'The program is ending.', { action: 'Start it again.' });
    }
    const own = (ofApp as Partial<Record<CallName, unknown>>)[name] as Handler<Name> | undefined;
    return own ?? holder.handlerOf(name);
  }

  async function call(name: string, input: unknown, options: CallOptions): Promise<CallResult<never>> {
    const { callId, signal, onProgress } = options;
    const cancel = new AbortController();
    const both = AbortSignal.any([cancel.signal, ...(signal === undefined ? [] : [signal])]);
    setMaxListeners(0, both);
    const throttle =
      onProgress === undefined || callId === undefined
        ? null
        : createThrottle(host.clock, progressIntervalMs, onProgress);
    if (callId !== undefined) underWay.set(callId, cancel);
    try {
      const result = await dispatch(name, input, {
        ...options,
        signal: both,
        ...(throttle === null
          ? {}
          : {
              onProgress: (progress) => {
                throttle.push(progress);
              },
            }),
      });
      if (result.ok) tellChanged(name);
      return result as CallResult<never>;
    } finally {
      throttle?.end();
      if (callId !== undefined && underWay.get(callId) === cancel) underWay.delete(callId);
    }
  }

  function tellChanged(name: string): void {
    if (!isCallName(name) || calls[name] !== 'command') return;
    const parts = changedBy(name);
    if (parts.length > 0) bus.emit('data.changed', { parts: [...parts] });
  }

  return {
    dispatch: (name: string, input: unknown, options: CallOptions = {}) => call(name, input, options),
    cancel(callId) {
      underWay.get(callId)?.abort();
    },
    subscribe: (topic, listener) => bus.subscribe(topic, listener),
    show(event) {
      bus.emit('screen.show', event);
    },
    state: () => holder.state(),
    openWithKeys: (create) => holder.openWithKeys(create),
    close() {
      closing ??= holder.lock();
      return closing;
    },
  };
}

function stackOf(error: Error): string {
  const { cause } = error;
  return (cause instanceof Error ? cause.stack : error.stack) ?? '';
}
