import { ipcMain } from 'electron';
import Store from 'electron-store';
import type { SettingsStore } from '../settings.js';

/** A file of electron-store, without the wire on which any window could ask it where it lies. */
export function openJsonFile(folder: string, name: string): Store {
  const store = new Store<Record<string, unknown>>({ ...tolerantJson, cwd: folder, name });
  ipcMain.removeAllListeners('electron-store-get-data');
  return store;
}

/** Options of a store whose file others write, too, and which a crash may have cut short. */
const tolerantJson = {
  configFileMode: 0o600,
  accessPropertiesByDotNotation: false,
  // It would take the name of the workspace along, which is in the same file.
  clearInvalidConfig: false,
  deserialize: readObject,
  serialize: (value: unknown) => `${JSON.stringify(value, null, 2)}\n`,
} as const;

/**
 * Preferences in the data folder's `settings.json`, where the terminal has them: under one key, the others left as they
 * are. electron-store reads the file at each use, so what the terminal wrote meanwhile is seen.
 * @param dataFolder absolute
 */
export function createDesktopSettings(dataFolder: string): SettingsStore {
  const store = openJsonFile(dataFolder, 'settings');
  return {
    read: () => store.get('preferences'),
    write: (settings) => {
      store.set('preferences', settings);
    },
  };
}

function readObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}
