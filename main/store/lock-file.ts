import { z } from 'zod';
import { LockstepError } from '../../preload/contract/errors.js';
import type { FileSystem, Random } from '../host.js';
import { codeOf } from './io-errors.js';

/** What the lock has to know about processes. */
export interface Processes {
  readonly ownId: number;
  /** Changes with every start of the machine; '' where the system does not tell. */
  readonly bootId: string;
  /** Process ids mean the same only inside one of these (containers); '' where there is but one. */
  readonly namespace: string;
  /** When the process began, as the system writes it; null where there is no such process. */
  startTimeOf(processId: number): string | null;
}

/** The right to write into a workspace: at most one process has it. */
export interface Lock {
  /** @throws LockstepError `store-lock-lost`. Called before every fsync: the machine may have slept meanwhile. */
  assertHeld(): void;
  release(): void;
}

const lockSchema = z.object({
  pid: z.number(),
  startTime: z.string(),
  bootId: z.string(),
  namespace: z.string(),
  owner: z.string(),
});
type LockContent = z.infer<typeof lockSchema>;

/**
 * Takes the lock, also over from a process that is no more: by rename, so that only one of two can do it.
 * @param folder of the workspace; the file in it is `lock`
 * @throws LockstepError `store-locked` while another process has it
 */
export function acquireLock(fileSystem: FileSystem, folder: string, processes: Processes, random: Random): Lock {
  const path = `${folder}/lock`;
  const owner = Buffer.from(random.bytes(16)).toString('hex');
  const content: LockContent = {
    pid: processes.ownId,
    startTime: processes.startTimeOf(processes.ownId) ?? '',
    bootId: processes.bootId,
    namespace: processes.namespace,
    owner,
  };

  const found = readLock(fileSystem, path);
  if (found !== null) takeOver(fileSystem, path, found, processes, owner);
  createLock(fileSystem, path, content);

  const assertHeld = (): void => {
    if (readLock(fileSystem, path)?.content?.owner === owner) return;
    throw new LockstepError('store-lock-lost', 'Another Lockstep has taken this workspace over.', {
      action: 'Close this one. What it had not yet confirmed was not written.',
    });
  };
  // Two may have found the same dead lock: the one whose file was replaced must see it before it starts.
  assertHeld();
  return {
    assertHeld,
    release() {
      if (readLock(fileSystem, path)?.content?.owner === owner) fileSystem.remove(path);
    },
  };
}

interface FoundLock {
  readonly bytes: Uint8Array;
  /** Null where it cannot be read: its maker ended while writing it, or is about to write it. */
  readonly content: LockContent | null;
}

function readLock(fileSystem: FileSystem, path: string): FoundLock | null {
  let bytes: Uint8Array;
  try {
    bytes = fileSystem.readFile(path);
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    throw thrown;
  }
  return { bytes, content: parseLock(bytes) };
}

function parseLock(bytes: Uint8Array): LockContent | null {
  try {
    return lockSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}

function takeOver(fileSystem: FileSystem, path: string, found: FoundLock, processes: Processes, owner: string): void {
  if (found.content !== null && mayBeAlive(found.content, processes)) throw lockedBy(found.content, path, processes);
  const aside = `${path}.stale-${owner}`;
  try {
    fileSystem.rename(path, aside);
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return;
    throw thrown;
  }
  const taken = fileSystem.readFile(aside);
  if (Buffer.compare(taken, found.bytes) !== 0) {
    // Another process took the dead lock over before us, and this is its live one. It gets it back; if a third one
    // was faster still, the check before each fsync stops whoever lost.
    const content = parseLock(taken);
    if (content !== null) createLock(fileSystem, path, content);
    fileSystem.remove(aside);
    throw lockedBy(content, path, processes);
  }
  fileSystem.remove(aside);
}

function createLock(fileSystem: FileSystem, path: string, content: LockContent): void {
  let file;
  try {
    file = fileSystem.open(path, 'create');
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') throw lockedBy(null, path, null);
    throw thrown;
  }
  try {
    file.append(new TextEncoder().encode(JSON.stringify(content)));
    file.sync();
  } catch (thrown) {
    file.close();
    fileSystem.remove(path);
    throw thrown;
  }
  file.close();
}

function mayBeAlive(lock: LockContent, processes: Processes): boolean {
  if (lock.bootId !== processes.bootId) return false;
  // A process in another container cannot be seen from here; to guess that it ended could cost its data.
  if (lock.namespace !== processes.namespace) return true;
  const startTime = processes.startTimeOf(lock.pid);
  return startTime !== null && startTime === lock.startTime;
}

function lockedBy(lock: LockContent | null, path: string, processes: Processes | null): LockstepError {
  const pid = lock === null ? '' : `, pid ${String(lock.pid)}`;
  const elsewhere = lock !== null && processes !== null && lock.namespace !== processes.namespace;
  return new LockstepError('store-locked', `Lockstep is open${pid}.`, {
    action: elsewhere
      ? `It runs in another container. If you are sure that it ended, delete ${path}.`
      : 'Close the other one, or wait until it has ended.',
    context: lock === null ? {} : { pid: lock.pid },
  });
}
