import { LockstepError } from '../../preload/contract/errors.js';
import type { Io } from './io.js';

/** Error `file-unreadable`. */
export function readTextFile(io: Io, path: string): string {
  try {
    const bytes = io.fileSystem.readFile(path);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const reason = cause instanceof TypeError ? 'it is not UTF-8 text' : reasonOf(cause);
    throw new LockstepError('file-unreadable', `${path} cannot be read: ${reason}.`, {
      action: 'Check its name and who may read it.',
      context: { file: path },
      cause,
    });
  }
}

/** In the place of what is there. Error `file-unwritable`. */
export function writeTextFile(io: Io, path: string, text: string): void {
  const part = `${path}.part`;
  told(path, () => {
    io.fileSystem.remove(part);
    const file = io.fileSystem.open(part, 'create');
    try {
      file.append(new TextEncoder().encode(text));
      file.sync();
    } finally {
      file.close();
    }
    io.fileSystem.rename(part, path);
  });
}

export interface FileWriter {
  append(bytes: Uint8Array): void;
  /** Now it is there under its name. */
  finish(): void;
  /** Takes back what was written; nothing after `finish`. */
  drop(): void;
}

/**
 * Writes a file piece by piece. `new`: under its own name from the first byte, and never in the place of another one;
 * `replace`: beside what is there until it is finished. Error `file-unwritable`.
 */
export function openForWriting(io: Io, path: string, mode: 'new' | 'replace'): FileWriter {
  const written = mode === 'new' ? path : `${path}.part`;
  const file = told(path, () => {
    if (mode === 'replace') io.fileSystem.remove(written);
    return io.fileSystem.open(written, 'create');
  });
  let state: 'open' | 'closed' | 'finished' = 'open';
  return {
    append(bytes) {
      told(path, () => {
        file.append(bytes);
      });
    },
    finish() {
      told(path, () => {
        file.sync();
        state = 'closed';
        file.close();
        if (written !== path) io.fileSystem.rename(written, path);
      });
      state = 'finished';
    },
    drop() {
      if (state === 'finished') return;
      try {
        if (state === 'open') file.close();
        io.fileSystem.remove(written);
      } catch {
        // What went wrong before this is what the user is told.
      }
    },
  };
}

function told<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    const isThere = codeOf(cause) === 'EEXIST';
    throw new LockstepError('file-unwritable', `${path} cannot be written: ${reasonOf(cause)}.`, {
      action: isThere ? 'Choose another name, or remove it.' : 'Check that its folder is there and may be written to.',
      context: { file: path },
      cause,
    });
  }
}

function reasonOf(cause: unknown): string {
  const code = codeOf(cause);
  if (code === 'ENOENT') return 'there is no such file or folder';
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EEXIST') return 'it is there already';
  return cause instanceof Error ? cause.message : String(cause);
}

function codeOf(cause: unknown): string | undefined {
  return (cause as NodeJS.ErrnoException | null)?.code;
}
