import { createHash, createHmac } from 'node:crypto';
import type { EngineIds } from './engine/ports.js';
import type { Random } from './host.js';
import { encodeParts } from './secrets/crypto.js';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
const idLength = 16;
/** Characters of a comment's code that name it; the rest proves whose it is. */
const codeBodyLength = 12;

/** RFC 4648's alphabet in small letters, without padding. */
export function toBase32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet.charAt((value >> bits) & 31);
    }
  }
  return bits === 0 ? text : text + alphabet.charAt((value << (5 - bits)) & 31);
}

/** 80 random bits: ids of workspaces, runs, conflicts. */
export function freshId(random: Random): string {
  return toBase32(random.bytes(10));
}

/** Name of a content, for fingerprints and for knowing a text again; 160 bits. */
export function contentHash(text: string): string {
  return toBase32(createHash('sha256').update(text, 'utf8').digest().subarray(0, 20));
}

export interface EngineIdsOptions {
  readonly workspaceId: string;
  /** Unchanging id of the integration, not its name. */
  readonly integrationId: string;
  /** 32 bytes, derived from the workspace's key for this use only. */
  readonly key: Uint8Array;
  readonly random: Random;
}

/**
 * Ids that are derived, not drawn: the same item always gives the same pair id, so a store that was put back from an
 * older copy knows the markers and comment codes that it made meanwhile. Without the key they tell nothing.
 */
export function createEngineIds(options: EngineIdsOptions): EngineIds {
  const { integrationId, key, random, workspaceId } = options;
  const derive = (length: number, ...parts: readonly string[]): string =>
    toBase32(
      createHmac('sha256', key)
        .update(encodeParts(integrationId, ...parts))
        .digest(),
    ).slice(0, length);
  const check = (body: string): string => derive(idLength - codeBodyLength, 'comment-check', body);
  return {
    workspaceId,
    pairId: (side, ref) => derive(idLength, 'pair', side, ref),
    commentCode: (side, itemRef, commentRef) => {
      const body = derive(codeBodyLength, 'comment', side, itemRef, commentRef);
      return body + check(body);
    },
    ownsCode: (code) => code.length === idLength && code.slice(codeBodyLength) === check(code.slice(0, codeBodyLength)),
    fresh: () => freshId(random),
    hash: contentHash,
  };
}
