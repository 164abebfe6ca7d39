/**
 * The ports through which the program touches the world. A host (terminal, desktop, or a simulator in tests) hands
 * them in; nothing below the composition root reads a clock, draws a random number or opens a file by itself.
 */

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Milliseconds that never go back; for durations. */
  monotonic(): number;
  /** Resolves after `ms`, or rejects with `cancelled` as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  bytes(length: number): Uint8Array;
  /** In [0, 1). For jitter only, never for secrets or ids. */
  unit(): number;
}

/** An open file. Synchronous: it is used inside the store's worker, where nothing else waits. */
export interface OpenFile {
  /** Reads up to `length` bytes at `offset`; fewer at the end of the file. */
  read(offset: number, length: number): Uint8Array;
  /** Appends at the end of the file. */
  append(bytes: Uint8Array): void;
  sync(): void;
  truncate(length: number): void;
  size(): number;
  close(): void;
}

/** What the store needs of a file system. Errors are Node's own (`code` is ENOSPC, EROFS ...). */
export interface FileSystem {
  /** Makes the folder and its parents with mode 0700; no error where it exists. */
  makeFolder(path: string): void;
  /** Names in the folder, sorted; empty where there is no such folder. */
  list(path: string): readonly string[];
  /** Size in bytes, or null where there is no such file. */
  sizeOf(path: string): number | null;
  readFile(path: string): Uint8Array;
  /** `create` fails where the file exists; both writing modes create with mode 0600. */
  open(path: string, mode: 'read' | 'append' | 'create'): OpenFile;
  rename(from: string, to: string): void;
  /** Removes a file; no error where there is none. */
  remove(path: string): void;
  /** Makes renames and creations in this folder durable. No-op where the system cannot (Windows). */
  syncFolder(path: string): void;
}
