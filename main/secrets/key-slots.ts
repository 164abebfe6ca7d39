import { scrypt } from 'node:crypto';
import { z } from 'zod';
import { LockstepError } from '../../preload/contract/errors.js';
import { concatBytes, deriveKey, encodeParts, keyLength, seal, tagLength, unseal } from './crypto.js';
import type { KeyStore } from './key-store.js';
import { parseRecoveryKey } from './recovery-key.js';

/**
 * One way to get at the workspace key, as in LUKS: the same random key is sealed once in each slot. What a slot is
 * opened with is never stored.
 */
const slotBase = { id: z.string(), createdAtMs: z.number(), salt: z.string(), sealed: z.string() };
const passphraseSlotSchema = z.object({
  ...slotBase,
  kind: z.literal('passphrase'),
  /** Parameters of scrypt (RFC 7914): N, r, p. */
  scrypt: z.object({ cost: z.number(), blockSize: z.number(), parallelization: z.number() }),
});
const recoverySlotSchema = z.object({ ...slotBase, kind: z.literal('recovery') });
const keyStoreSlotSchema = z.object({
  ...slotBase,
  kind: z.enum(['safeStorage', 'keyring']),
  /** What protected it when it was made. */
  backend: z.string(),
  /** 32 random bytes as the key store sealed them; the slot's key follows from them. */
  held: z.string(),
});
const knownSlotSchema = z.discriminatedUnion('kind', [passphraseSlotSchema, recoverySlotSchema, keyStoreSlotSchema]);
export type KnownSlot = z.infer<typeof knownSlotSchema>;

/** A slot of a kind that this program does not know (made by another host) is kept as it is. */
export const slotSchema = z.looseObject({ id: z.string(), kind: z.string(), createdAtMs: z.number() });
export type Slot = z.infer<typeof slotSchema>;

export interface ScryptCost {
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
}

/** About 0.1 s and 32 MB for each guess. */
export const defaultScryptCost: ScryptCost = { cost: 2 ** 15, blockSize: 8, parallelization: 1 };

export type Credential =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'recovery'; readonly recoveryKey: string }
  | { readonly kind: 'key-store'; readonly store: KeyStore };

/** Stands before the key in every sealed value: what opens by accident is not taken for a key. */
const knownCheck = new TextEncoder().encode('LOCKSTEP KEY 1. ');

export interface SlotMaking {
  readonly workspaceId: string;
  readonly id: string;
  readonly createdAtMs: number;
  /** 16 random bytes. */
  readonly salt: Uint8Array;
  readonly scryptCost: ScryptCost;
  /** 32 random bytes, for a key store to seal. */
  readonly held: Uint8Array;
}

/** @param workspaceKey 32 bytes */
export async function makeSlot(
  workspaceKey: Uint8Array,
  credential: Credential,
  making: SlotMaking,
): Promise<KnownSlot> {
  const shared = { id: making.id, createdAtMs: making.createdAtMs, salt: toBase64(making.salt), sealed: '' };
  const unsealed = await emptySlot(shared, credential, making);
  const slotKey =
    credential.kind === 'key-store'
      ? keyOfHeld(making.held, making.salt)
      : (await deriveSlotKey(unsealed, credential)).key;
  // The key is used for this one value: its salt is new, so the counter may be 0.
  const { ciphertext, tag } = seal(
    slotKey,
    0,
    slotContext(making.workspaceId, unsealed),
    concatBytes(knownCheck, workspaceKey),
  );
  return { ...unsealed, sealed: toBase64(concatBytes(ciphertext, tag)) };
}

async function emptySlot(
  shared: { readonly id: string; readonly createdAtMs: number; readonly salt: string; readonly sealed: string },
  credential: Credential,
  { scryptCost, held }: SlotMaking,
): Promise<KnownSlot> {
  if (credential.kind === 'passphrase') return { ...shared, kind: 'passphrase', scrypt: { ...scryptCost } };
  if (credential.kind === 'recovery') return { ...shared, kind: 'recovery' };
  const { backend } = await credential.store.status();
  return {
    ...shared,
    kind: credential.store.slotKind,
    backend,
    held: toBase64(await credential.store.seal(held)),
  };
}

export interface OpenedSlot {
  readonly workspaceKey: Uint8Array;
  /** The key store asks for the slot to be made anew. */
  readonly reseal: boolean;
}

/** Whether a slot of this kind may open with this. */
export function slotFits(slot: Slot, credential: Credential): boolean {
  return slot.kind === (credential.kind === 'key-store' ? credential.store.slotKind : credential.kind);
}

/**
 * Null where the slot is another kind, or does not open with this.
 * @throws LockstepError `key-store-refused`, `keys-damaged`
 */
export async function openSlot(slot: Slot, credential: Credential, workspaceId: string): Promise<OpenedSlot | null> {
  const parsed = knownSlotSchema.safeParse(slot);
  if (!parsed.success || !slotFits(slot, credential)) return null;
  const known = parsed.data;
  const sealed = fromBase64(known.sealed);
  if (sealed.length !== knownCheck.length + keyLength + tagLength) return null;
  const { key: slotKey, reseal } = await deriveSlotKey(known, credential);
  const opened = unseal(
    slotKey,
    0,
    slotContext(workspaceId, known),
    sealed.subarray(0, -tagLength),
    sealed.subarray(-tagLength),
  );
  if (opened === null || !knownCheck.every((byte, index) => opened[index] === byte)) return null;
  return { workspaceKey: Uint8Array.from(opened.subarray(knownCheck.length)), reseal };
}

function slotContext(workspaceId: string, slot: KnownSlot): Uint8Array {
  const parameters =
    slot.kind === 'passphrase'
      ? JSON.stringify(slot.scrypt)
      : slot.kind === 'recovery'
        ? ''
        : JSON.stringify([slot.backend, slot.held]);
  return encodeParts('key-slot', workspaceId, slot.id, slot.kind, String(slot.createdAtMs), slot.salt, parameters);
}

async function deriveSlotKey(
  slot: KnownSlot,
  credential: Credential,
): Promise<{ readonly key: Uint8Array; readonly reseal: boolean }> {
  const salt = fromBase64(slot.salt);
  if (credential.kind === 'recovery') {
    // 160 random bits need no stretching.
    return { key: deriveKey(parseRecoveryKey(credential.recoveryKey), salt, 'recovery-slot'), reseal: false };
  }
  if (credential.kind === 'passphrase' && slot.kind === 'passphrase') {
    return { key: await stretch(credential.passphrase, salt, slot.scrypt), reseal: false };
  }
  if (credential.kind === 'key-store' && slot.kind !== 'passphrase' && slot.kind !== 'recovery') {
    const { bytes, reseal } = await credential.store.open(fromBase64(slot.held));
    return { key: keyOfHeld(bytes, salt), reseal };
  }
  throw new LockstepError('internal', 'A slot was tried with what opens another kind.');
}

function keyOfHeld(held: Uint8Array, salt: Uint8Array): Uint8Array {
  return deriveKey(held, salt, 'key-store-slot');
}

/** Bounds on what a file may ask for: more would only keep the machine busy. */
const largestCost = 2 ** 20;

function stretch(
  passphrase: string,
  salt: Uint8Array,
  { cost, blockSize, parallelization }: ScryptCost,
): Promise<Uint8Array> {
  const memory = 128 * cost * blockSize * parallelization;
  if (![cost, blockSize, parallelization].every(Number.isInteger) || cost > largestCost || memory > 2 ** 31) {
    return Promise.reject(keysDamaged('asks for more work than any version of Lockstep does'));
  }
  return new Promise((resolve, reject) => {
    // The same letters can be typed as different code points (macOS, other keyboards).
    const bytes = Buffer.from(passphrase.normalize('NFKC'), 'utf8');
    const parameters = { N: cost, r: blockSize, p: parallelization, maxmem: memory * 2 + 2 ** 20 };
    const done = (error: Error | null, key: Buffer): void => {
      if (error === null) resolve(new Uint8Array(key));
      else reject(error);
    };
    try {
      scrypt(bytes, salt, keyLength, parameters, done);
    } catch (cause) {
      reject(keysDamaged('names parameters that cannot be', cause));
    }
  });
}

export function keysDamaged(how: string, cause?: unknown): LockstepError {
  return new LockstepError('keys-damaged', `The key file of this workspace ${how}.`, {
    action: 'Put keys.json back from a backup of the workspace folder.',
    ...(cause === undefined ? {} : { cause }),
  });
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
