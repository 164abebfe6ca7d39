import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { Commands } from './commands.js';

/** The menu bar; its accelerators are the window's shortcuts. */
export function setMenu(commands: Commands, platform: NodeJS.Platform, devTools: boolean): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuItems(commands, platform, devTools)));
}

const screens = [
  ['Overview', 'overview'],
  ['Log', 'log'],
  ['Conflicts', 'conflicts'],
  ['Connections', 'connections'],
  ['Privacy', 'privacy'],
] as const;

export function menuItems(
  commands: Commands,
  platform: NodeJS.Platform,
  devTools: boolean,
): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  const settings: MenuItemConstructorOptions = {
    label: 'Settings ...',
    accelerator: 'CommandOrControl+,',
    click: () => commands.showScreen('settings'),
  };
  const appMenu: MenuItemConstructorOptions = {
    label: 'Lockstep',
    submenu: [
      { role: 'about' },
      { type: 'separator' },
      settings,
      { type: 'separator' },
      { role: 'services' },
      { type: 'separator' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      { type: 'separator' },
      { label: 'Quit Lockstep', accelerator: 'Command+Q', click: () => commands.quit() },
    ],
  };
  const fileMenu: MenuItemConstructorOptions = {
    label: 'File',
    submenu: [
      ...(isMac ? [] : [settings, { type: 'separator' } as const]),
      { role: 'close' },
      ...(isMac
        ? []
        : [
            {
              label: 'Quit',
              accelerator: 'Control+Q',
              click: () => commands.quit(),
            } satisfies MenuItemConstructorOptions,
          ]),
    ],
  };
  return [
    ...(isMac ? [appMenu] : []),
    fileMenu,
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        ...screens.map(([label, screen], index): MenuItemConstructorOptions => ({
          label,
          accelerator: `CommandOrControl+${String(index + 1)}`,
          click: () => commands.showScreen(screen),
        })),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(devTools
          ? [{ type: 'separator' } as const, { role: 'reload' } as const, { role: 'toggleDevTools' } as const]
          : []),
      ],
    },
    { role: 'windowMenu' },
  ];
}
