import type { Writable } from 'node:stream';

/** Lines to a reader who may be slow. What it cannot take is kept within limits, newest first to be kept. */
export interface LineStream {
  /** @param key a later line of this key takes the place of one that still waits; null: each line counts */
  push(key: string | null, line: string): void;
  /** Whether something has been waiting for longer than this. */
  isStuck(afterMs: number): boolean;
}

export interface LineStreamOptions {
  /** Characters that may wait, in memory. */
  readonly mostWaiting: number;
  /** Milliseconds that never go back. */
  readonly now: () => number;
  /** The reader is back after so much that all of it was thrown away. It is told so with what this pushes. */
  readonly onGap: () => void;
}

export function createLineStream(target: Writable, options: LineStreamOptions): LineStream {
  const { mostWaiting, now, onGap } = options;
  const waiting = new Map<string, string>();
  let characters = 0;
  let lastKey = 0;
  let gap = false;
  let fullSinceMs: number | null = null;

  function write(text: string): void {
    if (!target.write(text)) fullSinceMs ??= now();
  }

  function keep(key: string, line: string): void {
    characters += line.length - (waiting.get(key)?.length ?? 0);
    // Deleted first: it goes to the end, behind what it may follow from.
    waiting.delete(key);
    waiting.set(key, line);
    if (characters <= mostWaiting) return;
    forget();
    gap = true;
  }

  function forget(): void {
    waiting.clear();
    characters = 0;
  }

  target.on('drain', () => {
    fullSinceMs = null;
    const text = [...waiting.values()].join('');
    forget();
    if (text !== '') write(text);
    if (!gap) return;
    gap = false;
    onGap();
  });

  return {
    push(key, line) {
      if (target.destroyed || target.writableEnded) return;
      if (fullSinceMs === null) write(`${line}\n`);
      else if (!gap) keep(key ?? `#${String((lastKey += 1))}`, `${line}\n`);
    },
    isStuck: (afterMs) => fullSinceMs !== null && now() - fullSinceMs > afterMs,
  };
}
