import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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

async function start(options: Omit<DesktopOptions, 'folder'> = {}): Promise<Desktop> {
  await running?.quit();
  running = await startApp({ folder, ...options });
  return running;
}

const click = (items: readonly Electron.MenuItemConstructorOptions[], label: string): void => {
  const all = items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? item.submenu : [])]);
  const item = all.find((each) => each.label === label);
  if (item?.click === undefined)
    throw new Error(`no item "${label}" among ${all.map((each) => each.label ?? '').join(', ')}`);
  item.click({} as never, undefined, {});
};
const screensShown = (desktop: Desktop): unknown[] =>
  desktop.window.webContents.sent.filter(({ args }) => args[0] === 'screen.show').map(({ args }) => args[1]);

describe('a second start', () => {
  it('ends at once and opens nothing', async () => {
    const desktop = await startApp({ folder, prepare: ({ world }) => (world.isFirstInstance = false) });
    expect(desktop.electron.world).toMatchObject({ quits: 1, windows: [], trays: [] });
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  it('brings the window of the first one forward', async () => {
    const { electron, window } = await start();
    window.hide();
    window.minimized = true;
    electron.app.emit('second-instance', {}, ['lockstep']);
    expect([window.visible, window.minimized]).toEqual([true, false]);
  });
});

describe('window and tray', () => {
  it('closing hides the window while schedules go on; the tray brings it back, and quits', async () => {
    const { electron, window } = await start();
    window.emit('ready-to-show');
    expect(window.closeByUser()).toBe(false);
    expect(window.visible).toBe(false);
    const tray = electron.world.trays[0];
    await vi.waitFor(() => expect(tray?.items.length).toBeGreaterThan(0));
    click(tray?.items ?? [], 'Open Lockstep');
    expect(window.visible).toBe(true);
    click(tray?.items ?? [], 'Quit');
    expect(electron.world.quits).toBe(1);
  });

  it('closing ends the program where its user does not want it in the tray, or there is none', async () => {
    const desktop = await start();
    await desktop.bridge.call('settings.put', { keepInTray: false });
    expect(desktop.window.closeByUser()).toBe(true);
    desktop.electron.app.emit('window-all-closed');
    expect(desktop.electron.world.quits).toBe(1);
    const without = await start({ prepare: ({ world }) => (world.trayFails = true) });
    await without.bridge.call('settings.put', { keepInTray: true });
    expect(without.window.closeByUser()).toBe(true);
  });

  it('stays where it was, unless no screen shows that place any more', async () => {
    const { window } = await start();
    window.bounds = { x: 300, y: 200, width: 1000, height: 700 };
    window.emit('moved');
    expect((await start()).window.options).toMatchObject({ x: 300, y: 200, width: 1000, height: 700 });
    const gone = await start({
      prepare: ({ world }) => (world.displays = [{ workArea: { x: 0, y: 0, width: 200, height: 150 } }]),
    });
    expect(gone.window.options).toMatchObject({ width: 1000, height: 700 });
    expect(gone.window.options).not.toHaveProperty('x');
  });

  it('is not shown when it was started at login', async () => {
    const { window } = await start({ args: ['--hidden'] });
    window.emit('ready-to-show');
    expect(window.visible).toBe(false);
  });

  it('loads the page again after a crash', async () => {
    const { window } = await start();
    window.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(window.webContents.reloads).toBe(1);
  });

  it('leads from the menu to every screen, with keys, and has no developer tools in a package', async () => {
    const desktop = await start();
    for (const label of ['Overview', 'Log', 'Conflicts', 'Connections', 'Privacy', 'Settings ...'])
      click(desktop.electron.world.menu, label);
    expect(screensShown(desktop)).toEqual(
      ['overview', 'log', 'conflicts', 'connections', 'privacy', 'settings'].map((screen) => ({ screen })),
    );
    expect(JSON.stringify(desktop.electron.world.menu)).not.toContain('toggleDevTools');
    const accelerators = JSON.stringify(desktop.electron.world.menu).match(/"accelerator":"[^"]+"/g) ?? [];
    expect(new Set(accelerators).size).toBe(accelerators.length);
  });
});

describe('settings', () => {
  it('are in the file that the terminal has, for their user alone, and leave the rest of it as it is', async () => {
    const desktop = await start();
    await desktop.bridge.call('workspace.create', {});
    const file = join(folder, 'data/settings.json');
    const read = (): Record<string, unknown> => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const { workspace } = read();
    expect(await desktop.bridge.call('settings.put', { theme: 'dark' })).toMatchObject({ ok: true });
    expect(read()).toMatchObject({ workspace, made: true, preferences: { theme: 'dark' } });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await vi.waitFor(() => expect(desktop.electron.nativeTheme.themeSource).toBe('dark'));
  });

  it('that are damaged are the first ones again, and the program starts', async () => {
    await start();
    await running?.quit();
    running = null;
    writeFileSync(join(folder, 'data/settings.json'), '{"preferences": {"theme"');
    const desktop = await start();
    expect(await desktop.bridge.call('settings.get', {})).toMatchObject({ ok: true, value: { theme: 'system' } });
  });

  it('start it at login by a file of the desktop, and no longer', async () => {
    const desktop = await start({ env: { APPIMAGE: '/opt/my apps/Lockstep.AppImage' } });
    const file = join(folder, 'config/autostart/lockstep.desktop');
    await desktop.bridge.call('settings.put', { startAtLogin: true });
    expect(readFileSync(file, 'utf8')).toContain('Exec="/opt/my apps/Lockstep.AppImage" --hidden\n');
    await desktop.bridge.call('settings.put', { startAtLogin: false });
    expect(existsSync(file)).toBe(false);
  });
});

describe('quitting', () => {
  it('closes the workspace, so that the next start finds it whole', async () => {
    const desktop = await start();
    await desktop.bridge.call('workspace.create', {});
    await desktop.quit();
    running = null;
    expect(desktop.log().map((line) => line['event'])).toContain('closed');
    expect(desktop.electron.world.dialogs).toEqual([]);
  });
});

describe('the app log', () => {
  it('is for its user alone, in JSON lines, without the secrets that were typed', async () => {
    const desktop = await start();
    await desktop.bridge.call('workspace.create', { passphrase: 'correct horse battery' });
    await desktop.bridge.call('workspace.close', {});
    await desktop.bridge.call('workspace.unlock', { passphrase: 'correct horse battery' });
    desktop.window.webContents.tries('will-navigate', 'https://evil.example/?q=correct%20horse%20battery&c=%c');
    const file = join(folder, 'data/logs/lockstep.log');
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('navigation-refused');
    expect(text).toContain('c=%c');
    expect(text).not.toMatch(/correct.{1,3}horse/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(desktop.log().length).toBeGreaterThan(2);
  });
});
