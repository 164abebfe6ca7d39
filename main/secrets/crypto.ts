import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

/** Bytes of every key in this program: AES-256. */
export const keyLength = 32;
export const saltLength = 32;
/** Bytes of an AES-GCM tag. */
export const tagLength = 16;
const nonceLength = 12;

/**
 * HKDF-SHA256. `purpose` separates keys of different use that come from one secret: two purposes never share a key.
 * @returns 32 bytes
 */
export function deriveKey(secret: Uint8Array, salt: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, `lockstep/1/${purpose}`, keyLength));
}

/** The nonce of the `counter`-th message under one key. A key of ours never sees one counter twice. */
function nonceOf(counter: number): Uint8Array {
  const nonce = new Uint8Array(nonceLength);
  new DataView(nonce.buffer).setBigUint64(nonceLength - 8, BigInt(counter));
  return nonce;
}

export interface Sealed {
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** AES-256-GCM. The caller guarantees that `counter` is used once under `key`. */
export function seal(key: Uint8Array, counter: number, associated: Uint8Array, plaintext: Uint8Array): Sealed {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(counter), { authTagLength: tagLength });
  cipher.setAAD(associated);
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return { ciphertext, tag: cipher.getAuthTag() };
}

/** The plaintext, or null where key, counter, associated data, ciphertext or tag is not the one it was sealed with. */
export function unseal(
  key: Uint8Array,
  counter: number,
  associated: Uint8Array,
  ciphertext: Uint8Array,
  tag: Uint8Array,
): Uint8Array | null {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(counter), { authTagLength: tagLength });
  decipher.setAAD(associated);
  decipher.setAuthTag(tag);
  const plaintext = decipher.update(ciphertext);
  try {
    decipher.final();
  } catch {
    return null;
  }
  return plaintext;
}

/** Copies of the parts, one after the other. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/**
 * Parts with their lengths before them, so that two different lists never give the same bytes
 * (`['ab', 'c']` and `['a', 'bc']`). Made for associated data.
 */
export function encodeParts(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const part of parts) {
    const bytes = typeof part === 'string' ? new TextEncoder().encode(part) : part;
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, bytes.length);
    pieces.push(length, bytes);
  }
  return concatBytes(...pieces);
}
