import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeDataFolder, removeFolder, startApp, type Desktop, type DesktopOptions } from '../../support/desktop.js';

let folder = '';
let running: Desktop | null = null;
beforeEach(() => {
  folder = makeDataFolder();
});
afterEach(async () => {
  await running?.quit();
  running = null;
  removeFolder(folder);
});

async function start(prepare?: NonNullable<DesktopOptions['prepare']>): Promise<Desktop> {
  await running?.quit();
  running = await startApp({ folder, ...(prepare === undefined ? {} : { prepare }) });
  return running;
}

async function workspaceOf(desktop: Desktop): Promise<{ state: string; keyStore: string; slots: readonly string[] }> {
  const answer = await desktop.bridge.call('app.get', {});
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value.workspace;
}

/** Makes the workspace without a passphrase. @returns its recovery key */
async function create(desktop: Desktop): Promise<string> {
  const made = await desktop.bridge.call('workspace.create', {});
  if (!made.ok) throw new Error(made.error.message);
  return made.value.recoveryKey;
}

const keysFile = (): string => {
  const workspaces = join(folder, 'data/workspaces');
  return readFileSync(join(workspaces, readdirSync(workspaces)[0] ?? '', 'keys.json'), 'utf8');
};

describe("the system's key store", () => {
  it('holds the key, so that the next start asks nothing', async () => {
    const first = await start();
    expect(await workspaceOf(first)).toMatchObject({ state: 'missing', keyStore: 'secure' });
    await create(first);
    expect(keysFile()).toContain('"backend": "gnome_libsecret"');
    const second = await start();
    expect(await workspaceOf(second)).toMatchObject({ state: 'open', slots: ['safeStorage', 'recovery'] });
  });

  it('that is basic_text counts as insecure: without a passphrase no workspace is made, with one it holds nothing', async () => {
    const desktop = await start(({ world }) => {
      world.backend = 'basic_text';
    });
    expect(await workspaceOf(desktop)).toMatchObject({ keyStore: 'insecure' });
    expect(await desktop.bridge.call('workspace.create', {})).toMatchObject({
      ok: false,
      error: { code: 'passphrase-missing' },
    });
    expect(await desktop.bridge.call('workspace.create', { passphrase: 'a long one' })).toMatchObject({ ok: true });
    expect((await workspaceOf(desktop)).slots).not.toContain('safeStorage');
  });

  it('that is missing is none', async () => {
    const desktop = await start(({ world }) => {
      world.encryptionAvailable = false;
      world.backend = 'unknown';
    });
    expect(await workspaceOf(desktop)).toMatchObject({ keyStore: 'none' });
  });

  it('that its user denied leaves the workspace locked, not lost: the next try opens it', async () => {
    await create(await start());
    const desktop = await start(({ world }) => {
      world.keyStoreDenied = true;
    });
    expect(await workspaceOf(desktop)).toMatchObject({ state: 'locked', slots: ['safeStorage', 'recovery'] });
    expect(await desktop.bridge.call('workspace.unlock', {})).toMatchObject({
      ok: false,
      error: { code: 'key-store-refused' },
    });
    desktop.electron.world.keyStoreDenied = false;
    expect(await desktop.bridge.call('workspace.unlock', {})).toMatchObject({ ok: true, value: { state: 'open' } });
  });

  it('that lost the key is helped by the recovery key, and holds it again from then on', async () => {
    const recoveryKey = await create(await start());
    const lost = (electron: Parameters<NonNullable<DesktopOptions['prepare']>>[0]): void => {
      electron.world.keyStoreKey = 'of another user';
    };
    const desktop = await start(lost);
    expect((await workspaceOf(desktop)).state).toBe('locked');
    expect(await desktop.bridge.call('workspace.unlock', { recoveryKey })).toMatchObject({ ok: true });
    expect((await workspaceOf(await start(lost))).state).toBe('open');
  });

  it('that changed to another backend is asked all the same, and its slot made anew where it does not open', async () => {
    const recoveryKey = await create(await start());
    const changed = ({ world }: Desktop['electron']): void => {
      world.backend = 'kwallet6';
      world.keyStoreKey = 'kwallet';
    };
    const desktop = await start(changed);
    expect((await workspaceOf(desktop)).state).toBe('locked');
    await desktop.bridge.call('workspace.unlock', { recoveryKey });
    expect(keysFile()).toContain('"backend": "kwallet6"');
    expect((await workspaceOf(await start(changed))).state).toBe('open');
  });

  it('that asks for the value to be sealed anew gets it', async () => {
    await create(await start());
    const before = keysFile();
    const desktop = await start(({ world }) => {
      world.shouldReEncrypt = true;
    });
    expect((await workspaceOf(desktop)).state).toBe('open');
    expect(keysFile()).not.toBe(before);
  });
});
