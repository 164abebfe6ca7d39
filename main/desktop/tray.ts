import { join } from 'node:path';
import { Menu, nativeImage, Tray, type MenuItemConstructorOptions } from 'electron';
import type { Commands } from './commands.js';

export interface TrayState {
  /** Names, as they are to be shown. */
  readonly integrations: readonly string[];
  readonly running: ReadonlySet<string>;
  /** Of the workspace; while it is not open there is nothing to run. */
  readonly open: boolean;
}

export interface TrayIcon {
  update(state: TrayState): void;
  remove(): void;
}

/** @param assets absolute folder of the icons */
export function createTray(assets: string, commands: Commands, platform: NodeJS.Platform): TrayIcon {
  const file = platform === 'darwin' ? 'trayTemplate.png' : 'tray.png';
  const tray = new Tray(nativeImage.createFromPath(join(assets, file)));
  tray.setToolTip('Lockstep');
  // On macOS a click opens the menu.
  if (platform !== 'darwin') tray.on('click', () => commands.showWindow());
  return {
    update(state) {
      const running = state.running.size;
      tray.setToolTip(running === 0 ? 'Lockstep' : `Lockstep: ${String(running)} running`);
      tray.setContextMenu(Menu.buildFromTemplate(trayItems(state, commands)));
    },
    remove() {
      tray.destroy();
    },
  };
}

/** A tray's menu of the system's size: more than this is what the window is for. */
const shownIntegrations = 12;

export function trayItems(state: TrayState, commands: Commands): MenuItemConstructorOptions[] {
  const { integrations, running, open } = state;
  const syncs = integrations.slice(0, shownIntegrations).map((name): MenuItemConstructorOptions => {
    const isRunning = running.has(name);
    return {
      // A single & would make the next letter a shortcut.
      label: `${isRunning ? 'Running' : 'Sync now'}: ${name.replaceAll('&', '&&')}`,
      enabled: !isRunning,
      click: () => commands.syncNow(name),
    };
  });
  return [
    { label: 'Open Lockstep', click: () => commands.showWindow() },
    { type: 'separator' },
    ...(open ? syncs : [{ label: 'The workspace is locked', enabled: false }]),
    ...(integrations.length > shownIntegrations ? [{ label: 'More ...', click: () => commands.showWindow() }] : []),
    { type: 'separator' },
    { label: 'Quit', click: () => commands.quit() },
  ];
}
