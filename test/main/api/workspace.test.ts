import { describe, expect, it } from 'vitest';
import { LockstepError } from '../../../preload/contract/errors.js';
import { MemoryKeyStore, startOpenApp, startTestApp } from './app-kit.js';

const passphrase = 'correct horse battery';

describe('the workspace of a window', () => {
  it('is missing at first: what needs none is answered, everything else says so', async () => {
    const { app, call, fail } = startTestApp();
    expect(await app.state()).toEqual({ state: 'missing', problem: null, keyStore: 'none', slots: [] });
    expect(await call('app.get', {})).toMatchObject({
      host: 'desktop',
      version: '1.0.0',
      role: 'admin',
      workspace: { state: 'missing' },
      can: { notify: false, startAtLogin: false, keepInTray: false, saveFiles: false },
      practice: null,
    });
    expect(await call('settings.get', {})).toMatchObject({ retentionDays: 90 });
    expect(await fail('connection.list', {})).toMatchObject({ code: 'workspace-missing' });
    expect(await fail('workspace.unlock', { passphrase })).toMatchObject({ code: 'workspace-missing' });
  });

  it('is made, closed, and opened by passphrase and by recovery key', async () => {
    const { app, call, fail } = startTestApp();
    const told: string[] = [];
    app.subscribe('workspace.changed', ({ state }) => told.push(state));
    const { recoveryKey } = await call('workspace.create', { passphrase });
    expect(await call('connection.list', {})).toEqual([]);
    expect(await fail('workspace.create', { passphrase })).toMatchObject({ code: 'name-taken' });
    expect(await call('workspace.close', {})).toMatchObject({ state: 'locked', slots: ['passphrase', 'recovery'] });
    expect(await fail('connection.list', {})).toMatchObject({ code: 'vault-locked' });
    expect(await fail('workspace.unlock', { passphrase: 'wrong' })).toMatchObject({ code: 'passphrase-wrong' });
    expect(await fail('workspace.unlock', {})).toMatchObject({ code: 'passphrase-missing' });
    expect(await fail('workspace.unlock', { passphrase, recoveryKey })).toMatchObject({ code: 'input-invalid' });
    expect((await call('workspace.unlock', { recoveryKey })).state).toBe('open');
    await call('workspace.close', {});
    expect((await call('workspace.unlock', { passphrase })).state).toBe('open');
    expect(told).toEqual(['open', 'locked', 'locked', 'open', 'locked', 'open']);
  });

  it('opens by the key store alone, and refuses to rely on one that is not safe', async () => {
    const keyStore = new MemoryKeyStore();
    keyStore.protection = 'insecure';
    const first = startTestApp({ keyStore });
    expect(await first.fail('workspace.create', {})).toMatchObject({ code: 'passphrase-missing' });
    expect(await first.app.state()).toMatchObject({ state: 'missing', keyStore: 'insecure' });
    keyStore.protection = 'secure';
    await first.call('workspace.create', {});
    await first.app.close();
    const second = first.again();
    expect(await second.app.state()).toMatchObject({ state: 'locked', slots: ['safeStorage', 'recovery'] });
    expect(await second.call('workspace.unlock', {})).toMatchObject({ state: 'open', keyStore: 'secure' });
  });

  it('survives a key store that lost its key or was refused, and makes its slot anew', async () => {
    const keyStore = new MemoryKeyStore();
    const first = startTestApp({ keyStore });
    await first.call('workspace.create', { passphrase });
    await first.app.close();
    keyStore.refuse = new LockstepError('key-store-refused', 'You said no.');
    const second = first.again();
    expect(await second.fail('workspace.unlock', {})).toMatchObject({ code: 'key-store-refused' });
    expect(await second.app.state()).toMatchObject({ state: 'locked' });
    keyStore.refuse = null;
    keyStore.forget();
    expect(await second.fail('workspace.unlock', {})).toMatchObject({ code: 'key-store-refused' });
    await second.call('workspace.unlock', { passphrase });
    await second.app.close();
    const third = first.again();
    expect(await third.call('workspace.unlock', {})).toMatchObject({
      state: 'open',
      slots: ['passphrase', 'recovery', 'safeStorage'],
    });
  });

  it('gets the slot of a host that opens it for the first time', async () => {
    const terminal = startTestApp({ kind: 'terminal' });
    await terminal.call('workspace.create', { passphrase });
    await terminal.app.close();
    const desktop = terminal.again({ kind: 'desktop', keyStore: new MemoryKeyStore() });
    await desktop.call('workspace.unlock', { passphrase });
    expect((await desktop.app.state()).slots).toEqual(['passphrase', 'recovery', 'safeStorage']);
    await desktop.app.close();
    expect(await desktop.fail('app.get', {})).toMatchObject({ code: 'store-stopped' });
  });

  it('is blocked where no key would help, until the reason is gone', async () => {
    const first = startTestApp();
    await first.call('workspace.create', { passphrase });
    const second = first.again();
    expect(await second.fail('workspace.unlock', { passphrase })).toMatchObject({ code: 'store-locked' });
    expect(await second.app.state()).toMatchObject({ state: 'blocked', problem: { code: 'store-locked' } });
    expect(await second.fail('connection.list', {})).toMatchObject({ code: 'store-locked' });
    await first.app.close();
    await second.call('workspace.unlock', { passphrase });
    expect(await second.app.state()).toMatchObject({ state: 'open', problem: null });
    await second.app.close();
    const { workspace } = JSON.parse(new TextDecoder().decode(second.fileSystem.readFile('/data/settings.json'))) as {
      readonly workspace: string;
    };
    second.fileSystem.remove(`/data/workspaces/${workspace}/keys.json`);
    expect(await second.again().app.state()).toMatchObject({ state: 'blocked', problem: { code: 'keys-damaged' } });
  });
});

describe('a call', () => {
  it('of an unknown name or a wrong shape is refused and logged', async () => {
    const { fail, logged } = await startOpenApp();
    expect(await fail('constructor', {})).toMatchObject({ code: 'input-invalid' });
    expect(await fail('connection.remove', { name: 7, more: true })).toMatchObject({ code: 'input-invalid' });
    expect(logged.filter(({ event }) => event === 'call-failed').map(({ call }) => call)).toEqual([
      'constructor',
      'connection.remove',
    ]);
  });

  it('of a viewer may only ask', async () => {
    const { call, fail } = await startOpenApp();
    expect((await call('app.get', {}, { role: 'viewer' })).role).toBe('viewer');
    expect(await call('connection.list', {}, { role: 'viewer' })).toEqual([]);
    expect(await fail('connection.remove', { name: 'x' }, { role: 'viewer' })).toMatchObject({ code: 'forbidden' });
  });

  it('that changed something tells what to ask for again', async () => {
    const { app, call } = await startOpenApp();
    const told: unknown[] = [];
    const stop = app.subscribe('data.changed', (event) => told.push(event));
    await call('settings.put', { theme: 'dark' });
    await call('settings.get', {});
    stop();
    await call('settings.put', { theme: 'light' });
    expect(told).toEqual([{ parts: ['settings', 'privacy'] }]);
  });
});

describe('settings', () => {
  it('are kept beside the name of the workspace, and survive nonsense', async () => {
    const first = await startOpenApp();
    expect(await first.call('settings.put', { retentionDays: 30 })).toMatchObject({
      retentionDays: 30,
      theme: 'system',
    });
    await first.app.close();
    const second = first.again();
    expect(await second.call('settings.get', {})).toMatchObject({ retentionDays: 30 });
    expect((await second.call('workspace.unlock', {})).state).toBe('open');
    const odd = startTestApp({
      settings: { read: () => ({ theme: 'pink', retentionDays: 7 }), write: () => undefined },
    });
    expect(await odd.call('settings.get', {})).toMatchObject({ theme: 'system', retentionDays: 7 });
  });

  it('hold no password, and reach the system', async () => {
    const logins: boolean[] = [];
    const { call, fail } = startTestApp({ setStartAtLogin: (on) => logins.push(on) });
    const proxy = { mode: 'manual', url: 'http://me:secret@proxy.example.com:3128', except: '' } as const;
    expect(await fail('settings.put', { proxy })).toMatchObject({ code: 'input-invalid' });
    await call('settings.put', { proxy: { ...proxy, url: 'http://proxy.example.com:3128' } });
    await call('settings.put', { startAtLogin: true });
    await call('settings.put', { startAtLogin: true });
    expect(logins).toEqual([true]);
  });
});
