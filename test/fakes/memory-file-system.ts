import type { FileSystem, OpenFile } from '../../main/host.js';

/** What the machine did when the process ended. */
export type CrashKind =
  /** The process alone ended (kill -9): all it wrote is in the system's cache, and survives. */
  | 'killed'
  /** Power loss: of what was not synced nothing is left. */
  | 'lost'
  /** Power loss: of unsynced bytes a first part is left, cut anywhere. */
  | 'torn'
  /** Power loss: unsynced bytes have their length, but are zeros from somewhere on. */
  | 'zeros';

export type OperationKind =
  'create' | 'append' | 'sync' | 'truncate' | 'rename' | 'remove' | 'syncFolder' | 'makeFolder';

export interface Operation {
  /** From 1, over all operations that change or sync something. */
  readonly number: number;
  readonly kind: OperationKind;
  readonly path: string;
}

export type Fault =
  | { readonly kind: 'none' }
  /** The process ends before, in the middle of, or just after the operation. */
  | { readonly kind: 'crash'; readonly when: 'before' | 'half' | 'after' }
  /** The operation fails with this code of Node's. `halfDone`: an append has written its first half. */
  | { readonly kind: 'error'; readonly code: string; readonly halfDone?: boolean };

/** Thrown by every operation once the process has ended. */
export class Crashed extends Error {}

interface Inode {
  content: Buffer;
  length: number;
  /** Bytes from the start that survive a power loss. */
  durableLength: number;
  /**
   * A sync failed: the system has dropped the dirty pages, and later syncs say "done" for nothing (Linux does this:
   * an error is reported once).
   */
  poisoned: boolean;
}

type NameChange =
  | { readonly kind: 'link'; readonly path: string; readonly inode: Inode }
  | { readonly kind: 'unlink'; readonly path: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string };

/** A file system in memory that knows what a power loss would leave of it. */
export class MemoryFileSystem implements FileSystem {
  /** Decides the fate of each operation that changes or syncs something. */
  fault: (operation: Operation) => Fault = () => ({ kind: 'none' });
  /** Bytes that fit on the disk. */
  capacityBytes = Number.POSITIVE_INFINITY;
  readOnly = false;
  readonly operations: Operation[] = [];

  private crashed = false;
  private readonly folders = new Set<string>();
  private readonly names = new Map<string, Inode>();
  private readonly durableNames = new Map<string, Inode>();
  private readonly pendingNames = new Map<string, NameChange[]>();

  // ---------------------------------------------------------------- port

  makeFolder(path: string): void {
    if (this.folders.has(path)) {
      this.assertAlive();
      return;
    }
    this.change('makeFolder', path, () => {
      const parts = path.split('/');
      // Folders survive at once: a lost folder is a lost new store, and no test here is about that.
      for (let length = 1; length <= parts.length; length += 1) this.folders.add(parts.slice(0, length).join('/'));
    });
  }

  list(path: string): readonly string[] {
    this.assertAlive();
    return [...this.names.keys()]
      .filter((name) => folderOf(name) === path)
      .map((name) => name.slice(path.length + 1))
      .sort();
  }

  sizeOf(path: string): number | null {
    this.assertAlive();
    return this.names.get(path)?.length ?? null;
  }

  readFile(path: string): Uint8Array {
    const inode = this.inode(path);
    return Uint8Array.from(inode.content.subarray(0, inode.length));
  }

  open(path: string, mode: 'read' | 'append' | 'create'): OpenFile {
    this.assertAlive();
    if (!this.folders.has(folderOf(path))) throw nodeError('ENOENT', path);
    if (mode !== 'create') {
      if (mode === 'append' && this.readOnly) throw nodeError('EROFS', path);
      return this.handle(path, this.inode(path), mode);
    }
    return this.change('create', path, () => {
      if (this.names.has(path)) throw nodeError('EEXIST', path);
      const inode: Inode = { content: Buffer.alloc(0), length: 0, durableLength: 0, poisoned: false };
      this.names.set(path, inode);
      this.pending(path).push({ kind: 'link', path, inode });
      return this.handle(path, inode, mode);
    });
  }

  rename(from: string, to: string): void {
    this.change('rename', from, () => {
      const inode = this.inode(from);
      this.names.delete(from);
      this.names.set(to, inode);
      this.pending(from).push({ kind: 'rename', from, to });
    });
  }

  remove(path: string): void {
    this.assertAlive();
    if (!this.names.has(path)) return;
    this.change('remove', path, () => {
      this.names.delete(path);
      this.pending(path).push({ kind: 'unlink', path });
    });
  }

  syncFolder(path: string): void {
    this.change('syncFolder', path, () => {
      for (const change of this.pendingNames.get(path) ?? []) applyNameChange(this.durableNames, change);
      this.pendingNames.delete(path);
    });
  }

  // ---------------------------------------------------------------- for tests

  /** The disk as the next process finds it. `chance` gives numbers in [0, 1). */
  afterCrash(kind: CrashKind, chance: () => number): MemoryFileSystem {
    const next = new MemoryFileSystem();
    for (const folder of this.folders) next.folders.add(folder);
    const survivors = new Map(kind === 'killed' ? this.names : this.durableNames);
    if (kind !== 'killed') {
      // A journalling file system keeps the order of names' changes: a first part of them survives.
      for (const changes of this.pendingNames.values()) {
        const kept = kind === 'lost' ? 0 : Math.floor(chance() * (changes.length + 1));
        for (const change of changes.slice(0, kept)) applyNameChange(survivors, change);
      }
    }
    for (const [path, inode] of survivors) {
      const content = survivingContent(inode, kind, chance);
      const copy: Inode = { content, length: content.length, durableLength: content.length, poisoned: false };
      // After a kill nothing has become durable yet: a power loss may still follow.
      if (kind === 'killed') {
        copy.durableLength = inode.durableLength;
        copy.poisoned = inode.poisoned;
      }
      next.names.set(path, copy);
      if (kind !== 'killed') next.durableNames.set(path, copy);
    }
    if (kind === 'killed') next.inheritPending(this);
    return next;
  }

  /** Ends the process: every further operation throws. */
  crash(): void {
    this.crashed = true;
  }

  /** Replaces a file's bytes, as a bad disk would: no operation, durable at once. */
  plant(path: string, bytes: Uint8Array): void {
    this.folders.add(folderOf(path));
    const inode: Inode = {
      content: Buffer.from(bytes),
      length: bytes.length,
      durableLength: bytes.length,
      poisoned: false,
    };
    this.names.set(path, inode);
    this.durableNames.set(path, inode);
  }

  /** Takes a file away without a trace. */
  unplant(path: string): void {
    this.names.delete(path);
    this.durableNames.delete(path);
  }

  /** All files, all durable. */
  clone(): MemoryFileSystem {
    return this.afterCrash('killed', () => 0).settled();
  }

  paths(): readonly string[] {
    return [...this.names.keys()].sort();
  }

  // ---------------------------------------------------------------- inside

  private settled(): this {
    this.pendingNames.clear();
    this.durableNames.clear();
    for (const [path, inode] of this.names) {
      inode.durableLength = inode.length;
      this.durableNames.set(path, inode);
    }
    return this;
  }

  private inheritPending(from: MemoryFileSystem): void {
    // The copies in `names` stand for the same inodes in what is durable and in what is pending.
    const copies = new Map<Inode, Inode>();
    for (const [path, inode] of from.names) {
      const copy = this.names.get(path);
      if (copy !== undefined) copies.set(inode, copy);
    }
    const copyOf = (inode: Inode): Inode => {
      const known = copies.get(inode);
      if (known !== undefined) return known;
      const copy: Inode = { ...inode, content: Buffer.from(inode.content) };
      copies.set(inode, copy);
      return copy;
    };
    for (const [path, inode] of from.durableNames) this.durableNames.set(path, copyOf(inode));
    for (const [folder, changes] of from.pendingNames) {
      this.pendingNames.set(
        folder,
        changes.map((change) => (change.kind === 'link' ? { ...change, inode: copyOf(change.inode) } : change)),
      );
    }
  }

  private handle(path: string, inode: Inode, mode: 'read' | 'append' | 'create'): OpenFile {
    return {
      read: (offset, length) => {
        this.assertAlive();
        return Uint8Array.from(inode.content.subarray(offset, Math.min(inode.length, offset + length)));
      },
      append: (bytes) => {
        if (mode === 'read') throw nodeError('EBADF', path);
        this.change(
          'append',
          path,
          () => {
            const room = this.capacityBytes - this.usedBytes();
            append(inode, bytes.subarray(0, Math.max(0, Math.min(bytes.length, room))));
            if (room < bytes.length) throw nodeError('ENOSPC', path);
          },
          () => {
            append(inode, bytes.subarray(0, bytes.length >> 1));
          },
        );
      },
      sync: () => {
        this.change(
          'sync',
          path,
          () => {
            if (!inode.poisoned) inode.durableLength = inode.length;
          },
          undefined,
          () => {
            inode.poisoned = true;
          },
        );
      },
      truncate: (length) => {
        this.change('truncate', path, () => {
          inode.length = Math.min(inode.length, length);
          inode.durableLength = Math.min(inode.durableLength, inode.length);
        });
      },
      size: () => inode.length,
      close: () => undefined,
    };
  }

  private usedBytes(): number {
    let sum = 0;
    for (const inode of this.names.values()) sum += inode.length;
    return sum;
  }

  private inode(path: string): Inode {
    this.assertAlive();
    const inode = this.names.get(path);
    if (inode === undefined) throw nodeError('ENOENT', path);
    return inode;
  }

  private pending(path: string): NameChange[] {
    const folder = folderOf(path);
    const changes = this.pendingNames.get(folder) ?? [];
    this.pendingNames.set(folder, changes);
    return changes;
  }

  private change<T>(
    kind: OperationKind,
    path: string,
    effect: () => T,
    halfEffect?: () => void,
    onError?: () => void,
  ): T {
    this.assertAlive();
    if (this.readOnly) throw nodeError('EROFS', path);
    const operation: Operation = { number: this.operations.length + 1, kind, path };
    this.operations.push(operation);
    const fault = this.fault(operation);
    if (fault.kind === 'none') return effect();
    if (fault.kind === 'error') {
      if (fault.halfDone === true) halfEffect?.();
      onError?.();
      throw nodeError(fault.code, path);
    }
    if (fault.when === 'half') halfEffect?.();
    if (fault.when === 'after') effect();
    this.crashed = true;
    throw new Crashed(`The process ended at ${kind} of ${path}.`);
  }

  private assertAlive(): void {
    if (this.crashed) throw new Crashed('The process has ended.');
  }
}

function append(inode: Inode, bytes: Uint8Array): void {
  const needed = inode.length + bytes.length;
  if (needed > inode.content.length) {
    const larger = Buffer.alloc(Math.max(needed, inode.content.length * 2));
    inode.content.copy(larger, 0, 0, inode.length);
    inode.content = larger;
  }
  inode.content.set(bytes, inode.length);
  inode.length = needed;
}

function survivingContent(inode: Inode, kind: CrashKind, chance: () => number): Buffer {
  const whole = Buffer.from(inode.content.subarray(0, inode.length));
  if (kind === 'killed') return whole;
  const unsynced = inode.length - inode.durableLength;
  const kept = inode.durableLength + (kind === 'lost' ? 0 : Math.floor(chance() * (unsynced + 1)));
  if (kind !== 'zeros') return whole.subarray(0, kept);
  return whole.fill(0, kept);
}

function applyNameChange(names: Map<string, Inode>, change: NameChange): void {
  switch (change.kind) {
    case 'link':
      names.set(change.path, change.inode);
      return;
    case 'unlink':
      names.delete(change.path);
      return;
    case 'rename': {
      const inode = names.get(change.from);
      if (inode === undefined) return;
      names.delete(change.from);
      names.set(change.to, inode);
    }
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function nodeError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
