import { createHash } from 'node:crypto';
import type { EngineIds } from '../../main/engine/ports.js';

const letters = 'abcdefghijklmnopqrstuvwxyz234567';

function word(text: string, length: number): string {
  return [...createHash('sha256').update(text).digest()]
    .slice(0, length)
    .map((byte) => letters[byte % 32])
    .join('');
}

/** Ids of a workspace without a key: the same input, the same id. */
export function createPairIds(hash: (text: string) => string, workspaceId = 'workspace'): EngineIds {
  let fresh = 0;
  return {
    workspaceId,
    pairId: (side, ref) => word(`${side}/${ref}`, 16),
    commentCode: (side, item, comment) => `${word(`${side}/${item}/${comment}`, 12)}own2`,
    ownsCode: (code) => code.endsWith('own2'),
    fresh: () => `f${String(fresh++)}`,
    hash,
  };
}
