import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { calls, topics } from '../../preload/contract/calls.js';
import { callChannel, cancelChannel, eventChannel } from '../../preload/contract/channels.js';
import type { Bridge } from '../../preload/contract/events.js';
import type * as Fakes from '../fakes/electron.js';

let electron: typeof Fakes;

/** The bridge as a page finds it: the script runs anew for each page. */
async function load(): Promise<Bridge> {
  await import('../../preload/index.js');
  return electron.world.exposed.get('lockstep') as Bridge;
}

beforeEach(async () => {
  vi.resetModules();
  electron = await import('../fakes/electron.js');
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('the bridge', () => {
  it('is the one thing that the page gets, and has three functions and nothing of Electron', async () => {
    const bridge = await load();
    expect([...electron.world.exposed.keys()]).toEqual(['lockstep']);
    expect(Object.keys(bridge).sort()).toEqual(['call', 'cancel', 'subscribe']);
    expect(Object.values(bridge).every((value) => typeof value === 'function')).toBe(true);
  });

  it('passes every call of the contract on, with its input and its id, and gives the answer back', async () => {
    const bridge = await load();
    const seen: unknown[] = [];
    electron.ipcMain.handle(callChannel, (_event, ...args) => {
      seen.push(args);
      return { ok: true, value: args[0] };
    });
    for (const name of Object.keys(calls)) {
      // Not every call takes no input; what it takes is checked on the other side.
      const answer = await bridge.call(name as 'app.get', {}, 'call-id-1');
      expect(answer).toEqual({ ok: true, value: name });
    }
    expect(seen).toEqual(Object.keys(calls).map((name) => [name, {}, 'call-id-1']));
  });

  it('sends no name that is not a call, whatever it is', async () => {
    const bridge = await load();
    const invoke = vi.spyOn(electron.ipcRenderer, 'invoke');
    for (const name of ['app.quit', 'constructor', '__proto__', '', 7, null, { toString: () => 'app.get' }]) {
      const answer = await bridge.call(name as 'app.get', {});
      expect(answer).toMatchObject({ ok: false });
    }
    expect(invoke).not.toHaveBeenCalled();
  });

  it('answers with an error where the program is gone or the input cannot travel, and never throws', async () => {
    const bridge = await load();
    expect(await bridge.call('app.get', {})).toMatchObject({ ok: false, error: { code: 'internal' } });
    electron.ipcMain.handle(callChannel, () => ({ ok: true, value: null }));
    const withFunction = { secret: () => 1 } as unknown as Record<string, never>;
    expect(await bridge.call('app.get', withFunction)).toMatchObject({ ok: false });
  });

  it('cancels by id, and sends nothing else', async () => {
    const bridge = await load();
    const cancelled: unknown[] = [];
    electron.ipcMain.on(cancelChannel, (_event, ...args: unknown[]) => cancelled.push(args));
    bridge.cancel('call-id-1');
    bridge.cancel({ evil: true } as unknown as string);
    expect(cancelled).toEqual([['call-id-1']]);
  });

  it('gives a listener what happened, never the event that could send', async () => {
    const bridge = await load();
    const { webContents } = new electron.BrowserWindow();
    const heard: unknown[][] = [];
    const end = bridge.subscribe('data.changed', (...args) => heard.push(args));
    const other = vi.fn();
    bridge.subscribe('workspace.changed', other);
    webContents.send(eventChannel, 'data.changed', { parts: ['runs'] });
    expect(heard).toEqual([[{ parts: ['runs'] }]]);
    expect(other).not.toHaveBeenCalled();
    end();
    webContents.send(eventChannel, 'data.changed', { parts: ['runs'] });
    expect(heard).toHaveLength(1);
  });

  it('keeps two subscriptions of one listener apart, and takes no topic that there is not', async () => {
    const bridge = await load();
    const { webContents } = new electron.BrowserWindow();
    const listener = vi.fn();
    const ends = [bridge.subscribe('run.ended', listener), bridge.subscribe('run.ended', listener)];
    ends[0]?.();
    webContents.send(eventChannel, 'run.ended', {});
    expect(listener).toHaveBeenCalledTimes(1);
    bridge.subscribe('constructor' as 'run.ended', listener);
    webContents.send(eventChannel, 'constructor', {});
    webContents.send(eventChannel, ['run.ended'], {});
    expect(listener).toHaveBeenCalledTimes(1);
    expect(topics).not.toContain('constructor');
  });
});
