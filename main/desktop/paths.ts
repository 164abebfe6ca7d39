import { homedir } from 'node:os';
import { join } from 'node:path';
import { app } from 'electron';
import { dataFolderOf } from '../headless/data-folder.js';

export interface DesktopPaths {
  /** The same as the terminal's, so that both work on one workspace. */
  readonly data: string;
  /** Chromium's own files, and on Windows the key behind safeStorage: inside, so that they are found and erased with it. */
  readonly chromium: string;
  /** The folder that holds package.json and out/; in a package the asar. */
  readonly root: string;
  readonly config: string;
}

/** Before the app is ready: Electron fixes its folders then. */
export function settlePaths(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): DesktopPaths {
  const homeFolder = homedir();
  const data = dataFolderOf({ env, platform, homeFolder }, undefined);
  const chromium = join(data, 'window');
  app.setPath('userData', chromium);
  app.setPath('sessionData', chromium);
  return { data, chromium, root: app.getAppPath(), config: env['XDG_CONFIG_HOME'] ?? join(homeFolder, '.config') };
}
