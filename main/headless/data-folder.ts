import { isAbsolute, join, resolve } from 'node:path';
import type { Io } from './io.js';

export const dataVariable = 'LOCKSTEP_DATA';

/**
 * `--data`, else LOCKSTEP_DATA, else where the system wants such files; the window uses the same folder. Absolute.
 * @param given the option as typed
 */
export function dataFolderOf(io: Pick<Io, 'env' | 'platform' | 'homeFolder'>, given: string | undefined): string {
  const named = given ?? io.env[dataVariable];
  if (named !== undefined && named !== '') return isAbsolute(named) ? named : resolve(named);
  return join(systemFolder(io), 'lockstep');
}

function systemFolder({ env, platform, homeFolder }: Pick<Io, 'env' | 'platform' | 'homeFolder'>): string {
  if (platform === 'win32') return env['APPDATA'] ?? join(homeFolder, 'AppData', 'Roaming');
  if (platform === 'darwin') return join(homeFolder, 'Library', 'Application Support');
  const named = env['XDG_DATA_HOME'];
  return named !== undefined && isAbsolute(named) ? named : join(homeFolder, '.local', 'share');
}
