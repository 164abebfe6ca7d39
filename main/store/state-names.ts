/** Names of the files in a workspace's `state` folder. Other names there are not ours, and are left alone. */
export const headName = 'head';

export function snapshotName(generation: number): string {
  return `snapshot-${pad(generation, 8)}`;
}

export function journalName(generation: number, part: number): string {
  return `journal-${pad(generation, 8)}-${pad(part, 4)}`;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

export interface SnapshotFile {
  readonly name: string;
  readonly generation: number;
}

export interface JournalFile {
  readonly name: string;
  readonly generation: number;
  readonly part: number;
}

export interface StateListing {
  readonly hasHead: boolean;
  /** Newest first. */
  readonly snapshots: readonly SnapshotFile[];
  /** Oldest first: the order of replay. */
  readonly journals: readonly JournalFile[];
  /** Names that damaged files were given. */
  readonly setAside: readonly string[];
  /** Left over by a write that did not end. */
  readonly temporary: readonly string[];
}

export function listState(names: readonly string[]): StateListing {
  const snapshots: SnapshotFile[] = [];
  const journals: JournalFile[] = [];
  for (const name of names) {
    const snapshot = /^snapshot-(\d{8,})$/.exec(name);
    if (snapshot !== null) snapshots.push({ name, generation: Number(snapshot[1]) });
    const journal = /^journal-(\d{8,})-(\d{4,})$/.exec(name);
    if (journal !== null) journals.push({ name, generation: Number(journal[1]), part: Number(journal[2]) });
  }
  return {
    hasHead: names.includes(headName),
    snapshots: snapshots.sort((a, b) => b.generation - a.generation),
    journals: journals.sort((a, b) => a.generation - b.generation || a.part - b.part),
    setAside: names.filter((name) => /\.damaged-\d+$/.test(name)),
    temporary: names.filter((name) => /\.tmp-[0-9a-f]+$/.test(name)),
  };
}
