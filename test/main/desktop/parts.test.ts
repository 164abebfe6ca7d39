import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { locateUnpacked } from '../../../main/desktop/bundled-files.js';
import type { Commands } from '../../../main/desktop/commands.js';
import { createDesktopLog } from '../../../main/desktop/desktop-log.js';
import { watchNetwork } from '../../../main/desktop/network-watch.js';
import { showNotification } from '../../../main/desktop/notifications.js';
import { createStayAwake } from '../../../main/desktop/power.js';
import { guardQuit } from '../../../main/desktop/quit.js';
import { saveFile } from '../../../main/desktop/save-file.js';
import { readProxyList } from '../../../main/desktop/system-proxy.js';
import { trayItems } from '../../../main/desktop/tray.js';
import { silentLog } from '../../../main/logging/app-log.js';
import { app, resetElectron, world } from '../../fakes/electron.js';

let folder = '';
beforeEach(() => {
  resetElectron();
  folder = mkdtempSync(join(tmpdir(), 'lockstep-parts-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const commands = (): Commands & { readonly done: unknown[] } => {
  const done: unknown[] = [];
  return {
    done,
    showWindow: () => done.push('window'),
    showScreen: (...to) => done.push(to),
    syncNow: (name) => done.push(name),
    quit: () => done.push('quit'),
  };
};

describe("the system's proxy", () => {
  it.each([
    ['DIRECT', null],
    ['', null],
    ['PROXY proxy.example:8080', 'http://proxy.example:8080'],
    ['HTTPS proxy.example:443; DIRECT', 'https://proxy.example:443'],
    ['SOCKS5 s.example:1080; PROXY p.example:80', 'http://p.example:80'],
    ['SOCKS s.example:1080; DIRECT', null],
  ])('%s is %s', (list, url) => {
    expect(readProxyList(list)).toBe(url);
  });

  it('of a kind that cannot be used is not gone around', () => {
    expect(() => readProxyList('SOCKS5 s.example:1080')).toThrow(
      expect.objectContaining({ code: 'proxy-refused' }) as Error,
    );
  });
});

describe('quitting while something runs', () => {
  const quitWith = (close: () => Promise<void>, names: readonly string[], limitMs = 1_000) =>
    guardQuit({ running: () => names, close, log: silentLog, limitMs });

  it('tells its user, who may stay', async () => {
    world.answer = 1;
    const close = vi.fn(() => Promise.resolve());
    const quit = quitWith(close, ['backlog']);
    app.quit();
    await vi.waitFor(() => expect(world.dialogs).toHaveLength(1));
    expect(world.dialogs[0]?.message).toContain('backlog');
    await Promise.resolve();
    expect([close.mock.calls.length, quit.quitting()]).toEqual([0, false]);
  });

  it('asks once, waits until all is closed, and only then ends', async () => {
    let closed: () => void = () => undefined;
    const ended = vi.fn();
    app.on('will-quit', ended);
    const quit = quitWith(() => new Promise((resolve) => (closed = resolve)), ['a', 'b']);
    app.quit();
    app.quit();
    await vi.waitFor(() => expect(quit.quitting()).toBe(true));
    expect([world.dialogs.length, ended.mock.calls.length]).toEqual([1, 0]);
    closed();
    await vi.waitFor(() => expect(ended).toHaveBeenCalledTimes(1));
  });

  it('ends at its limit, and where closing fails', async () => {
    for (const close of [() => new Promise<void>(() => undefined), () => Promise.reject(new Error('disk full'))]) {
      resetElectron();
      const ended = vi.fn();
      app.on('will-quit', ended);
      quitWith(close, [], 5);
      app.quit();
      await vi.waitFor(() => expect(ended).toHaveBeenCalledTimes(1));
    }
  });
});

describe("the tray's menu", () => {
  const state = { open: true, integrations: ['R&D', 'backlog'], running: new Set(['backlog']) };

  it('syncs each integration that is not running, by its own name', () => {
    const done = commands();
    const items = trayItems(state, done);
    expect(items.map(({ label, enabled }) => [label, enabled])).toContainEqual(['Running: backlog', false]);
    items.find(({ label }) => label === 'Sync now: R&&D')?.click?.({} as never, undefined, {});
    expect(done.done).toEqual(['R&D']);
  });

  it('says where there is nothing to run, and does not grow without end', () => {
    expect(trayItems({ ...state, open: false }, commands()).map(({ label }) => label)).toContain(
      'The workspace is locked',
    );
    const many = Array.from({ length: 40 }, (_, index) => String(index));
    const items = trayItems({ ...state, integrations: many }, commands());
    expect(items.length).toBeLessThan(20);
    expect(items.map(({ label }) => label)).toContain('More ...');
  });
});

describe('a notification', () => {
  it('leads to its screen, and is kept until then', () => {
    const done = commands();
    const shown: Parameters<typeof showNotification>[2] = new Set();
    showNotification({ title: 'Failed', body: '<b>x</b>', screen: 'run', id: 'r1' }, done, shown);
    const [notification] = world.notifications;
    expect([notification?.shown, notification?.options, shown.size]).toEqual([
      true,
      { title: 'Failed', body: '<b>x</b>' },
      1,
    ]);
    notification?.emit('click');
    expect([done.done, shown.size]).toEqual([[['run', 'r1']], 0]);
  });
});

describe('staying awake', () => {
  it('lasts as long as something runs, with one blocker', () => {
    const stayAwake = createStayAwake();
    stayAwake(true);
    stayAwake(true);
    expect(world.blockers.size).toBe(1);
    stayAwake(false);
    expect(world.blockers.size).toBe(0);
  });
});

describe('the network', () => {
  it('is told of when it is back, once', () => {
    let check: () => void = () => undefined;
    const back = vi.fn();
    watchNetwork(back, (run) => {
      check = run;
      return () => undefined;
    });
    for (const online of [true, false, false, true, true]) {
      world.online = online;
      check();
    }
    expect(back).toHaveBeenCalledTimes(1);
  });
});

describe('a file outside of the asar', () => {
  it('is used only while it is the one that the build made', () => {
    mkdirSync(join(folder, 'app.asar.unpacked'));
    const file = join(folder, 'app.asar.unpacked/worker.js');
    writeFileSync(file, 'ok');
    const files = {
      renderer: [],
      unpacked: { 'worker.js': '2689367b205c16ce32ed4200942b8b8b1e262dfc70d9bc9fbc77c49699a4f1df' },
    };
    expect(locateUnpacked(join(folder, 'app.asar'), files, 'worker.js')).toBe(file);
    writeFileSync(file, 'changed');
    expect(() => locateUnpacked(join(folder, 'app.asar'), files, 'worker.js')).toThrow('not the file');
  });
});

describe('saving a file', () => {
  it('writes where its user chose, and nothing where they did not', async () => {
    expect(await saveFile('log.csv', new Uint8Array([65]), null)).toBeNull();
    world.savePath = join(folder, 'log.csv');
    expect(await saveFile('../../log.csv', new Uint8Array([65]), null)).toBe(world.savePath);
    expect(readFileSync(world.savePath, 'utf8')).toBe('A');
    world.savePath = join(folder, 'missing/log.csv');
    await expect(saveFile('log.csv', new Uint8Array(), null)).rejects.toMatchObject({ code: 'file-unwritable' });
  });
});

describe("the desktop's log", () => {
  it('turns over to a new file, and keeps four older ones', () => {
    const log = createDesktopLog(join(folder, 'logs'), () => 0);
    log.addSecret('s3cr3t-value');
    const message = 'x'.repeat(300_000);
    for (let line = 0; line < 30; line += 1) log.write('info', 'filler', { message, token: 's3cr3t-value' });
    log.close();
    log.write('info', 'late');
    const names = readdirSync(join(folder, 'logs')).sort();
    expect(names).toEqual(['lockstep.1.log', 'lockstep.2.log', 'lockstep.3.log', 'lockstep.4.log', 'lockstep.log']);
    const text = names.map((name) => readFileSync(join(folder, 'logs', name), 'utf8')).join('');
    expect(text).not.toContain('s3cr3t-value');
    expect(text).not.toContain('late');
  });
});
