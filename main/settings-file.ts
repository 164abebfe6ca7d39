import type { FileSystem, Random } from './host.js';
import { replaceFile, temporarySuffix } from './store/atomic-file.js';

export const settingsFileName = 'settings.json';

interface Place {
  readonly fileSystem: FileSystem;
  readonly random: Random;
  /** Absolute. */
  readonly dataFolder: string;
}

/** What the data folder's `settings.json` holds; null where it is missing or no JSON object. */
export function readSettingsFile({ fileSystem, dataFolder }: Place): Readonly<Record<string, unknown>> | null {
  const path = `${dataFolder}/${settingsFileName}`;
  if (fileSystem.sizeOf(path) === null) return null;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(fileSystem.readFile(path)));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : null;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return null;
    throw thrown;
  }
}

/** Puts these values in, and leaves the others as they are. */
export function writeSettingsFile(place: Place, values: Readonly<Record<string, unknown>>): void {
  const { fileSystem, dataFolder, random } = place;
  const text = `${JSON.stringify({ ...readSettingsFile(place), ...values }, null, 2)}\n`;
  fileSystem.makeFolder(dataFolder);
  replaceFile(fileSystem, dataFolder, settingsFileName, temporarySuffix(random), (append) => {
    append(new TextEncoder().encode(text));
  });
}
