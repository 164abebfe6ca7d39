import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
// The entry for Node: the other one listens to every window.
import log from 'electron-log/node';
import type { AppLog, LogLevel } from '../logging/app-log.js';
import { createLineWriter } from '../logging/log-line.js';

const levels = { info: 'info', warning: 'warn', error: 'error' } as const satisfies Record<LogLevel, string>;
const currentName = 'lockstep.log';
const keptFiles = 4;
const maxBytes = 1024 * 1024;

/** The app log by electron-log: the same lines, names and rotation as the terminal's. @param folder absolute */
export function createDesktopLog(folder: string, now: () => number): AppLog {
  const logger = log.create({ logId: 'lockstep' });
  const line = createLineWriter(now);
  logger.transports.console.level = false;
  const { file } = logger.transports;
  file.level = 'silly';
  file.maxSize = maxBytes;
  file.writeOptions = { flag: 'a', mode: 0o600, encoding: 'utf8' };
  // As it is: the usual steps would take `%c` for a style, also out of an address.
  file.transforms = [({ data }) => String(data[0])];
  file.resolvePathFn = () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return join(folder, currentName);
  };
  file.archiveLogFn = () => {
    rotate(folder);
  };
  let open = true;
  return {
    write(level, event, facts) {
      if (open) logger[levels[level]](line.format(level, event, facts));
    },
    addSecret: (secret) => {
      line.addSecret(secret);
    },
    close() {
      open = false;
    },
  };
}

function rotate(folder: string): void {
  const name = (age: number): string => join(folder, age === 0 ? currentName : `lockstep.${String(age)}.log`);
  rmSync(name(keptFiles), { force: true });
  for (let age = keptFiles - 1; age >= 0; age -= 1) if (existsSync(name(age))) renameSync(name(age), name(age + 1));
}
