import { settingsSchema, type Settings } from '../preload/contract/settings.js';
import type { FileSystem, Random } from './host.js';
import { readSettingsFile, writeSettingsFile } from './settings-file.js';

/** Preferences as a host keeps them. What it holds may be damaged or of another version. */
export interface SettingsStore {
  read(): unknown;
  write(settings: Settings): void;
}

export const defaultSettings: Settings = {
  theme: 'system',
  startAtLogin: false,
  keepInTray: true,
  notifications: { failures: true, conflicts: true, done: false },
  retentionDays: 90,
  proxy: { mode: 'system' },
  caPem: '',
};

/** What is missing or cannot be understood is as it is at first. */
export function readSettings(store: SettingsStore): Settings {
  const stored: unknown = store.read();
  if (typeof stored !== 'object' || stored === null) return defaultSettings;
  const values = stored as Readonly<Record<string, unknown>>;
  const understood = Object.entries(settingsSchema.shape).flatMap(([name, schema]) => {
    const parsed = schema.safeParse(values[name]);
    return parsed.success ? [[name, parsed.data] as const] : [];
  });
  return settingsSchema.parse({ ...defaultSettings, ...Object.fromEntries(understood) });
}

/** In the data folder's own file, for hosts without a store of their own. */
export function createSettingsStore(host: {
  readonly fileSystem: FileSystem;
  readonly random: Random;
  readonly dataFolder: string;
}): SettingsStore {
  return {
    read: () => readSettingsFile(host)?.['preferences'],
    write: (settings) => {
      writeSettingsFile(host, { preferences: settings });
    },
  };
}
