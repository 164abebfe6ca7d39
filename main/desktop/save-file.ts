import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { app, type BrowserWindow, dialog, type SaveDialogOptions } from 'electron';
import { LockstepError } from '../../preload/contract/errors.js';

/** Asks where to, and writes there. @returns the path; null where its user thought better of it */
export async function saveFile(name: string, bytes: Uint8Array, window: BrowserWindow | null): Promise<string | null> {
  // The name alone: a path in it would choose the folder.
  const options: SaveDialogOptions = { defaultPath: join(app.getPath('downloads'), basename(name)) };
  const chosen = await (window === null ? dialog.showSaveDialog(options) : dialog.showSaveDialog(window, options));
  if (chosen.canceled || chosen.filePath === '') return null;
  try {
    await writeFile(chosen.filePath, bytes, { mode: 0o600 });
  } catch (cause) {
    throw new LockstepError('file-unwritable', `${chosen.filePath} cannot be written.`, {
      action: 'Choose another folder.',
      context: { file: chosen.filePath },
      cause,
    });
  }
  return chosen.filePath;
}
