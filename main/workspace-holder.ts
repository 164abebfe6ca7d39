import { setMaxListeners } from 'node:events';
import type { CallName } from '../preload/contract/calls.js';
import { asLockstepError, hasCode, LockstepError } from '../preload/contract/errors.js';
import type { WorkspaceState } from '../preload/contract/views.js';
import type { Handler, Handlers } from './api/dispatcher.js';
import { createHandlers, type WorkspaceHandlers } from './api/handlers.js';
import { createPractice, type Practice } from './api/practice.js';
import type { Host } from './app-host.js';
import { createProgram, type Program } from './runner/program.js';
import type { ProgramPorts } from './runner/program-ports.js';
import { keepSchedules } from './runner/scheduler.js';
import { tidyOnOpen } from './runner/upkeep.js';
import type { Credential } from './secrets/key-slots.js';
import {
  findWorkspace,
  keepKeyStoreSlot,
  makeWorkspace,
  openWorkspace,
  unlockByAsking,
  type NewKeys,
  type Workspace,
} from './workspace.js';

/** The data folder's workspace through its states: missing, locked, open, blocked. One change of state at a time. */
export interface WorkspaceHolder {
  state(): Promise<WorkspaceState>;
  /** @returns the recovery key */
  create(passphrase: string | null): Promise<string>;
  /** With neither, the host's key store is asked. */
  unlock(given: { readonly passphrase?: string | undefined; readonly recoveryKey?: string | undefined }): Promise<void>;
  openWithKeys(create: boolean): Promise<void>;
  /** Ends runs and calls, closes the store, forgets the key. */
  lock(): Promise<void>;
  /** @throws LockstepError that says why there is no open workspace */
  handlerOf<Name extends CallName>(name: Name): Handler<Name>;
  practice(): string | null;
}

interface Opened {
  readonly program: Program;
  readonly handlers: WorkspaceHandlers;
  readonly practice: Practice;
  readonly schedules: Promise<void>;
  readonly ending: AbortController;
  readonly underWay: Set<Promise<unknown>>;
}

export function createWorkspaceHolder(host: Host, ports: ProgramPorts): WorkspaceHolder {
  let opened: Opened | null = null;
  /** Why the last attempt to open failed, where another key would not help. */
  let problem: LockstepError | null = null;
  let refusedByKeyStore = false;
  let turn: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  }

  async function state(): Promise<WorkspaceState> {
    const keyStore = (await host.keyStore?.status())?.protection ?? 'none';
    if (opened !== null) {
      const slots = opened.program.workspace.vault.status().slots.map(({ kind }) => kind);
      return { state: 'open', problem: null, keyStore, slots: [...new Set(slots)] };
    }
    const found = findWorkspace(host);
    if (found.state === 'missing') return { state: 'missing', problem: null, keyStore, slots: [] };
    const slots = found.state === 'locked' ? found.slots : [];
    const why = found.state === 'blocked' ? found.problem : problem;
    return { state: why === null ? 'locked' : 'blocked', problem: why?.toAppError() ?? null, keyStore, slots };
  }

  async function tellState(): Promise<void> {
    ports.emit('workspace.changed', { state: (await state()).state });
  }

  async function keep(workspace: Workspace): Promise<void> {
    try {
      const program = await createProgram(host, workspace, ports);
      await tidyOnOpen(program);
      await keepKeyStoreSlot(host, workspace.vault, refusedByKeyStore);
      refusedByKeyStore = false;
      const ending = new AbortController();
      setMaxListeners(0, ending.signal);
      const practice = createPractice(program, (name) => handlerOf(name));
      const handlers = { ...createHandlers(program), ...practice.handlers };
      // The terminal does what it was told, and ends.
      const schedules = host.kind === 'terminal' ? Promise.resolve() : keepSchedules(program, ending.signal);
      opened = { program, handlers, practice, schedules, ending, underWay: new Set() };
    } catch (thrown) {
      await workspace.database.close();
      workspace.vault.lock();
      throw thrown;
    }
    host.log.write('info', 'opened', { version: host.appVersion, workspace: workspace.id });
  }

  /** Opens, and remembers what no other key would help against. */
  async function attempt(open: () => Promise<Workspace>): Promise<void> {
    try {
      await keep(await open());
      problem = null;
    } catch (thrown) {
      const error = asLockstepError(thrown);
      refusedByKeyStore ||= error.code === 'key-store-refused';
      problem = error.kind === 'storage' || hasCode(error, 'workspace-ambiguous') ? error : null;
      throw error;
    } finally {
      await tellState();
    }
  }

  async function make(keys: NewKeys): Promise<string> {
    let recoveryKey = '';
    await attempt(async () => {
      const made = await makeWorkspace(host, keys);
      recoveryKey = made.recoveryKey;
      return made.workspace;
    });
    return recoveryKey;
  }

  async function newKeys(passphrase: string | null): Promise<NewKeys> {
    const store = host.keyStore;
    const secure = store !== undefined && (await store.status()).protection === 'secure';
    if (passphrase === null && !secure) {
      throw new LockstepError('passphrase-missing', "This system's key store cannot keep the key safe.", {
        action: 'Choose a passphrase.',
      });
    }
    return { passphrase, ...(secure ? { keyStore: store } : {}) };
  }

  function credentialOf(given: Parameters<WorkspaceHolder['unlock']>[0]): Credential {
    const { passphrase, recoveryKey } = given;
    if (recoveryKey !== undefined) return { kind: 'recovery', recoveryKey };
    if (passphrase !== undefined) return { kind: 'passphrase', passphrase };
    if (host.keyStore !== undefined) return { kind: 'key-store', store: host.keyStore };
    throw new LockstepError('passphrase-missing', 'This system has no key store that could open the workspace.', {
      action: 'Give the passphrase.',
    });
  }

  function whyClosed(): LockstepError {
    if (problem !== null) return problem;
    const found = findWorkspace(host);
    if (found.state === 'blocked') return found.problem;
    if (found.state === 'locked') {
      return new LockstepError('vault-locked', 'The workspace is locked.', { action: 'Open it.' });
    }
    return new LockstepError('workspace-missing', `There is nothing in ${host.dataFolder} yet.`, {
      action: 'Make a workspace first.',
    });
  }

  function handlerOf<Name extends CallName>(name: Name): Handler<Name> {
    const open = opened;
    if (open === null) throw whyClosed();
    const handler = (open.handlers as Partial<Handlers>)[name] as Handler<Name>;
    return async (input, context) => {
      const signal = AbortSignal.any([open.ending.signal, context.signal]);
      // Every request of a run listens for its cancelling; many at once are no leak.
      setMaxListeners(0, signal);
      const answer = handler(input, { ...context, signal });
      open.underWay.add(answer);
      try {
        return await answer;
      } finally {
        open.underWay.delete(answer);
      }
    };
  }

  return {
    state,
    create: (passphrase) =>
      inTurn(async () => {
        assertClosed(opened);
        return make(await newKeys(passphrase));
      }),

    unlock: (given) =>
      inTurn(async () => {
        if (opened !== null) return;
        const credential = credentialOf(given);
        for (const text of [given.passphrase, given.recoveryKey]) host.log.addSecret(text ?? '');
        await attempt(() => openWorkspace(host, (vault) => vault.unlock(credential)));
      }),

    openWithKeys: (create) =>
      inTurn(async () => {
        if (opened !== null) return;
        const { keys } = host;
        if (keys === undefined) throw new LockstepError('internal', 'This host cannot ask for a passphrase.');
        if (create && findWorkspace(host).state === 'missing') {
          keys.showRecoveryKey(await make(await newKeys(await keys.newPassphrase())));
          return;
        }
        await attempt(() => openWorkspace(host, (vault) => unlockByAsking(host, keys, vault)));
      }),

    lock: () =>
      inTurn(async () => {
        const open = opened;
        if (open === null) return;
        opened = null;
        open.ending.abort();
        await Promise.allSettled([...open.underWay, open.schedules]);
        await open.practice.stop();
        const { network, workspace } = open.program;
        try {
          await network.flush();
        } finally {
          await workspace.database.close();
          workspace.vault.lock();
          host.log.write('info', 'closed');
          await tellState();
        }
      }),

    handlerOf,

    practice: () => opened?.practice.running() ?? null,
  };
}

function assertClosed(opened: Opened | null): void {
  if (opened === null) return;
  throw new LockstepError('name-taken', 'There is a workspace in this data folder already, and it is open.');
}
