import type { AppError } from '../../preload/contract/errors.js';
import type { FileSystem, OpenFile } from '../host.js';
import { createLineWriter, type LogFacts, type LogLevel } from './log-line.js';

export type { LogFacts, LogLevel };

/** What the program did, for its developers and its user; the runs' own log with its values is in the store. */
export interface AppLog {
  write(level: LogLevel, event: string, facts?: LogFacts): void;
  /** From here on this text never reaches the file. */
  addSecret(secret: string): void;
  close(): void;
}

export interface AppLogOptions {
  readonly fileSystem: FileSystem;
  readonly folder: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A file that grew beyond this is put aside; default 1 MB. */
  readonly maxBytes?: number;
  /** Files kept beside the present one; default 4. */
  readonly keptFiles?: number;
}

const currentName = 'lockstep.log';

/** JSON Lines in `lockstep.log`; older ones are `lockstep.1.log` (the newest of them) and so on. Made at first use. */
export function createAppLog(options: AppLogOptions): AppLog {
  const { fileSystem, folder, now, maxBytes = 1024 * 1024, keptFiles = 4 } = options;
  const lines = createLineWriter(now);
  let file: OpenFile | null = null;
  let usable = true;

  function append(line: string): void {
    if (file === null) {
      fileSystem.makeFolder(folder);
      file = fileSystem.open(`${folder}/${currentName}`, 'append');
    }
    if (file.size() >= maxBytes) {
      file.close();
      file = null;
      rotate();
      file = fileSystem.open(`${folder}/${currentName}`, 'append');
    }
    file.append(new TextEncoder().encode(`${line}\n`));
  }

  function rotate(): void {
    const name = (age: number): string => `${folder}/${age === 0 ? currentName : `lockstep.${String(age)}.log`}`;
    fileSystem.remove(name(keptFiles));
    for (let age = keptFiles - 1; age >= 0; age -= 1) {
      if (fileSystem.sizeOf(name(age)) !== null) fileSystem.rename(name(age), name(age + 1));
    }
  }

  return {
    write(level, event, facts) {
      if (!usable) return;
      try {
        append(lines.format(level, event, facts));
      } catch {
        // A full disk must not end the work that the log only tells of; the store reports it where it matters.
        usable = false;
      }
    },
    addSecret(secret) {
      lines.addSecret(secret);
    },
    close() {
      usable = false;
      file?.close();
      file = null;
    },
  };
}

export const silentLog: AppLog = {
  write: () => undefined,
  addSecret: () => undefined,
  close: () => undefined,
};

/** An error as facts; its context holds no secret by contract. */
export function errorFacts(error: AppError): LogFacts {
  return { ...error.context, kind: error.kind, code: error.code, message: error.message };
}
