import { z } from 'zod';
import { hasCode, LockstepError } from '../preload/contract/errors.js';
import type { Host } from './app-host.js';
import { freshId } from './ids.js';
import { createVault, keysFileName, openVault, type Vault, type VaultOptions } from './secrets/vault.js';
import { replaceFile, temporarySuffix } from './store/atomic-file.js';
import type { Database, Migration, Statements } from './store/database.js';
import { asStorageError } from './store/io-errors.js';

/** A data folder's workspace, unlocked and opened. */
export interface Workspace {
  readonly id: string;
  readonly folder: string;
  readonly vault: Vault;
  readonly database: Database;
}

export interface WorkspaceOptions {
  /** Make one where there is none. */
  readonly create: boolean;
  readonly statements: Statements;
  readonly migrations: readonly Migration[];
}

/**
 * Which workspace is this folder's. `made` is false from before its first file is written until all of them are: a
 * process that ended in between left nothing that anybody could miss, so its work is done again.
 */
const settingsSchema = z.looseObject({ workspace: z.string().regex(/^[a-z2-7]{16}$/), made: z.boolean() });
type Settings = z.infer<typeof settingsSchema>;
const settingsName = 'settings.json';

/**
 * @throws LockstepError `workspace-missing` (nothing there, and `create` is off), `workspace-ambiguous`,
 * `passphrase-missing`, `passphrase-wrong`, `keys-damaged`, and what the store throws (`store-locked` ...)
 */
export async function openWorkspace(host: Host, options: WorkspaceOptions): Promise<Workspace> {
  try {
    const found = findSettings(host);
    if (found?.made === true) return await openMade(host, options, found.workspace);
    if (!options.create) throw missing(host.dataFolder);
    return await make(host, options);
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
  const path = `${dataFolder}/${settingsName}`;
  if (fileSystem.sizeOf(path) !== null) {
    try {
      return settingsSchema.parse(JSON.parse(new TextDecoder().decode(fileSystem.readFile(path))));
    } catch (thrown) {
      if (!(thrown instanceof z.ZodError) && !(thrown instanceof SyntaxError)) throw thrown;
    }
  }
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
    `The data folder holds ${String(ids.length)} workspaces, and ${settingsName}, which names the one to use, is missing or damaged.`,
    {
      action: `Put ${settingsName} back: {"workspace": "<name of the folder>", "made": true}. Folders: ${ids.join(', ')}.`,
    },
  );
}

async function openMade(host: Host, options: WorkspaceOptions, id: string): Promise<Workspace> {
  const vaultOptions = vaultOptionsOf(host, id);
  const vault = openVault(vaultOptions);
  await unlock(host, vault);
  return openDatabase(host, options, vaultOptions, vault, false);
}

async function unlock(host: Host, vault: Vault): Promise<void> {
  if (vault.status().state === 'lost') await vault.unlock({ kind: 'passphrase', passphrase: '' });
  let wrong: unknown = null;
  for (let attempt = 1; ; attempt += 1) {
    const text = await host.keys.passphrase(attempt);
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

async function make(host: Host, options: WorkspaceOptions): Promise<Workspace> {
  const passphrase = await host.keys.newPassphrase();
  host.log.addSecret(passphrase);
  host.fileSystem.makeFolder(host.dataFolder);
  // A new id, not that of an attempt that ended: what it left is none of ours to delete, and opens with another key.
  const id = freshId(host.random);
  const vaultOptions = vaultOptionsOf(host, id);
  saveSettings(host, { workspace: id, made: false });
  const { vault, recoveryKey } = await createVault(vaultOptions, passphrase);
  vault.save();
  const workspace = await openDatabase(host, options, vaultOptions, vault, true);
  try {
    assertStillOurs(host, id);
    saveSettings(host, { workspace: id, made: true });
  } catch (thrown) {
    await workspace.database.close();
    throw thrown;
  }
  host.keys.showRecoveryKey(recoveryKey);
  return workspace;
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

async function openDatabase(
  host: Host,
  options: WorkspaceOptions,
  vaultOptions: VaultOptions,
  vault: Vault,
  create: boolean,
): Promise<Workspace> {
  const { folder, workspaceId } = vaultOptions;
  const database = await host.openStore({
    folder,
    workspaceId,
    key: vault.derive('store'),
    statements: options.statements,
    migrations: options.migrations,
    create,
    appVersion: host.appVersion,
  });
  return { id: workspaceId, folder, vault, database };
}

function saveSettings(host: Host, settings: Settings): void {
  const { fileSystem, dataFolder, random } = host;
  replaceFile(fileSystem, dataFolder, settingsName, temporarySuffix(random), (append) => {
    append(new TextEncoder().encode(`${JSON.stringify(settings, null, 2)}\n`));
  });
}
