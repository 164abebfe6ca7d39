import { z } from 'zod';
import { asLockstepError, hasCode, LockstepError } from '../preload/contract/errors.js';
import type { Host, KeyHolder } from './app-host.js';
import { freshId } from './ids.js';
import { keysDamaged } from './secrets/key-slots.js';
import type { KeyStore } from './secrets/key-store.js';
import { createVault, keysFileName, openVault, type Vault, type VaultOptions } from './secrets/vault.js';
import { readSettingsFile, settingsFileName, writeSettingsFile } from './settings-file.js';
import type { Database } from './store/database.js';
import { asStorageError } from './store/io-errors.js';
import { migrations } from './store/migrations/index.js';
import { statements } from './store/statements/index.js';

/** A data folder's workspace, unlocked and opened. */
export interface Workspace {
  readonly id: string;
  readonly folder: string;
  readonly vault: Vault;
  readonly database: Database;
}

/**
 * Which workspace is this folder's. `made` is false from before its first file is written until all of them are: a
 * process that ended in between left nothing that anybody could miss, so its work is done again.
 */
const settingsSchema = z.looseObject({ workspace: z.string().regex(/^[a-z2-7]{16}$/), made: z.boolean() });
type Settings = Pick<z.infer<typeof settingsSchema>, 'workspace' | 'made'>;

/** What can be told of a data folder's workspace while it is not open. */
export type FoundWorkspace =
  | { readonly state: 'missing' }
  | { readonly state: 'locked'; readonly slots: readonly string[] }
  | { readonly state: 'blocked'; readonly problem: LockstepError };

/** Reads, and never throws. */
export function findWorkspace(host: Host): FoundWorkspace {
  try {
    const found = findSettings(host);
    if (found?.made !== true) return { state: 'missing' };
    const status = openVault(vaultOptionsOf(host, found.workspace)).status();
    if (status.state === 'lost') return { state: 'blocked', problem: keysDamaged('is missing or unreadable') };
    return { state: 'locked', slots: [...new Set(status.slots.map(({ kind }) => kind))] };
  } catch (thrown) {
    const problem = thrown instanceof LockstepError ? thrown : asStorageError(thrown, host.dataFolder);
    return { state: 'blocked', problem };
  }
}

/** What the key of a new workspace is sealed with, beside the recovery key; at least one of them. */
export interface NewKeys {
  readonly passphrase: string | null;
  readonly keyStore?: KeyStore;
}

/**
 * @throws LockstepError `name-taken` where there is one already, `passphrase-missing`, `key-store-refused`, and what
 * the store throws
 */
export function makeWorkspace(
  host: Host,
  keys: NewKeys,
): Promise<{ readonly workspace: Workspace; readonly recoveryKey: string }> {
  return withStorageErrors(host, async () => {
    if (findSettings(host)?.made === true) {
      throw new LockstepError('name-taken', `There is a workspace in ${host.dataFolder} already.`, {
        action: 'Open it.',
      });
    }
    if (keys.passphrase !== null) host.log.addSecret(keys.passphrase);
    // A new id, not that of an attempt that ended: what it left is none of ours to delete, and opens with another key.
    const id = freshId(host.random);
    const vaultOptions = vaultOptionsOf(host, id);
    saveSettings(host, { workspace: id, made: false });
    const { vault, recoveryKey } = await createVault(vaultOptions, keys.passphrase, keys.keyStore);
    vault.save();
    const workspace = await openDatabase(host, vaultOptions, vault, true);
    try {
      assertStillOurs(host, id);
      saveSettings(host, { workspace: id, made: true });
    } catch (thrown) {
      await workspace.database.close();
      throw thrown;
    }
    return { workspace, recoveryKey };
  });
}

/**
 * @param unlock opens the vault
 * @throws LockstepError `workspace-missing`, `workspace-ambiguous`, `keys-damaged`, what `unlock` throws, and what the
 * store throws (`store-locked` ...)
 */
export function openWorkspace(host: Host, unlock: (vault: Vault) => Promise<void>): Promise<Workspace> {
  return withStorageErrors(host, async () => {
    const found = findSettings(host);
    if (found?.made !== true) throw missing(host.dataFolder);
    const vaultOptions = vaultOptionsOf(host, found.workspace);
    const vault = openVault(vaultOptions);
    if (vault.status().state === 'lost') throw keysDamaged('is missing or unreadable');
    await unlock(vault);
    return openDatabase(host, vaultOptions, vault, false);
  });
}

/** Asks until the passphrase, or the recovery key in its place, opens the vault. */
export async function unlockByAsking(host: Host, keys: KeyHolder, vault: Vault): Promise<void> {
  let wrong: unknown = null;
  for (let attempt = 1; ; attempt += 1) {
    const text = await keys.passphrase(attempt);
    if (text === null) throw wrong;
    host.log.addSecret(text);
    try {
      await vault.unlock({ kind: 'passphrase', passphrase: text });
      return;
    } catch (thrown) {
      if (!hasCode(thrown, 'passphrase-wrong')) throw thrown;
      if (await openedByRecoveryKey(vault, text)) return;
      wrong = thrown;
    }
  }
}

/** Whoever lost the passphrase types the recovery key in its place. */
async function openedByRecoveryKey(vault: Vault, text: string): Promise<boolean> {
  try {
    await vault.unlock({ kind: 'recovery', recoveryKey: text });
    return true;
  } catch (thrown) {
    if (hasCode(thrown, 'recovery-key-wrong', 'recovery-key-invalid')) return false;
    throw thrown;
  }
}

/**
 * Each host adds its own slot the first time the workspace is opened through another one, and makes it anew when its
 * key store asks for that. Never the reason why a workspace does not open.
 * @param renew the present slot is known not to open
 */
export async function keepKeyStoreSlot(host: Host, vault: Vault, renew: boolean): Promise<void> {
  const store = host.keyStore;
  if (store === undefined) return;
  const { slots, staleSlots } = vault.status();
  const own = slots.filter(({ kind }) => kind === store.slotKind);
  if (!renew && own.length > 0 && !own.some(({ id }) => staleSlots.includes(id))) return;
  try {
    if ((await store.status()).protection !== 'secure') return;
    await vault.addSlot({ kind: 'key-store', store });
    for (const { id } of own) vault.removeSlot(id);
  } catch (thrown) {
    host.log.write('warning', 'key-slot-not-added', { kind: store.slotKind, message: asLockstepError(thrown).message });
  }
}

async function withStorageErrors<T>(host: Host, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof LockstepError) throw thrown;
    throw asStorageError(thrown, host.dataFolder);
  }
}

function missing(dataFolder: string): LockstepError {
  return new LockstepError('workspace-missing', `There is nothing in ${dataFolder} yet.`, {
    action:
      'Begin with `lockstep demo`, `lockstep practice` or `lockstep connection add`; or name the data folder (--data).',
  });
}

/** Settings as written; where they are gone or damaged, as the folders tell them. */
function findSettings(host: Host): Settings | null {
  const { fileSystem, dataFolder } = host;
  const parsed = settingsSchema.safeParse(readSettingsFile(host));
  if (parsed.success) return parsed.data;
  const ids = fileSystem
    .list(`${dataFolder}/workspaces`)
    .filter(
      (id) =>
        /^[a-z2-7]{16}$/u.test(id) && fileSystem.sizeOf(`${dataFolder}/workspaces/${id}/${keysFileName}`) !== null,
    );
  const only = ids[0];
  if (only === undefined) return null;
  if (ids.length === 1) return { workspace: only, made: true };
  throw new LockstepError(
    'workspace-ambiguous',
    `The data folder holds ${String(ids.length)} workspaces, and ${settingsFileName}, which names the one to use, is missing or damaged.`,
    {
      action: `Put ${settingsFileName} back: {"workspace": "<name of the folder>", "made": true}. Folders: ${ids.join(', ')}.`,
    },
  );
}

/** Two first uses at the same moment: the one that came second has put its name there. */
function assertStillOurs(host: Host, id: string): void {
  if (findSettings(host)?.workspace === id) return;
  throw new LockstepError('store-busy', 'Another Lockstep is making a workspace in this data folder at this moment.', {
    action: 'Run the command again.',
  });
}

function vaultOptionsOf(host: Host, workspaceId: string): VaultOptions {
  const { fileSystem, random, clock, dataFolder } = host;
  return { fileSystem, folder: `${dataFolder}/workspaces/${workspaceId}`, workspaceId, random, now: () => clock.now() };
}

async function openDatabase(host: Host, vaultOptions: VaultOptions, vault: Vault, create: boolean): Promise<Workspace> {
  const { folder, workspaceId } = vaultOptions;
  const database = await host.openStore({
    folder,
    workspaceId,
    key: vault.derive('store'),
    statements,
    migrations,
    create,
    appVersion: host.appVersion,
  });
  return { id: workspaceId, folder, vault, database };
}

function saveSettings(host: Host, settings: Settings): void {
  writeSettingsFile(host, { ...settings });
}
