import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron';

/** Given to the program when it is started at login: it begins in the tray. */
export const hiddenArgument = '--hidden';

export interface LoginItemPlace {
  readonly platform: NodeJS.Platform;
  /** `$XDG_CONFIG_HOME`, or `~/.config`. */
  readonly configFolder: string;
  /** Absolute: what is to be started. */
  readonly executable: string;
}

/** Starts the program at login, or no longer. Linux has no call for it in Electron: a file in `autostart` is the rule there. */
export function setStartAtLogin(on: boolean, { platform, configFolder, executable }: LoginItemPlace): void {
  if (platform !== 'linux') {
    app.setLoginItemSettings({ openAtLogin: on, args: [hiddenArgument] });
    return;
  }
  // https://specifications.freedesktop.org/autostart-spec/latest/
  const folder = join(configFolder, 'autostart');
  const file = join(folder, 'lockstep.desktop');
  if (!on) {
    rmSync(file, { force: true });
    return;
  }
  mkdirSync(folder, { recursive: true });
  const lines = [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Lockstep',
    `Exec=${quote(executable)} ${hiddenArgument}`,
    '',
  ];
  writeFileSync(file, lines.join('\n'));
}

/** As the desktop entry specification quotes an argument of Exec. */
function quote(path: string): string {
  return `"${path.replaceAll('%', '%%').replace(/["`$\\]/gu, '\\\\$&')}"`;
}
