import { scrypt } from 'node:crypto';
import { z } from 'zod';
import { LockstepError } from '../../preload/contract/errors.js';
import { concatBytes, deriveKey, encodeParts, keyLength, seal, tagLength, unseal } from './crypto.js';
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
const knownSlotSchema = z.discriminatedUnion('kind', [passphraseSlotSchema, recoverySlotSchema]);
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
  | { readonly kind: 'recovery'; readonly recoveryKey: string };

/** Stands before the key in every sealed value: what opens by accident is not taken for a key. */
const knownCheck = new TextEncoder().encode('LOCKSTEP KEY 1. ');

export interface SlotMaking {
  readonly workspaceId: string;
  readonly id: string;
  readonly createdAtMs: number;
  /** 16 random bytes. */
  readonly salt: Uint8Array;
  readonly scryptCost: ScryptCost;
}

/** @param workspaceKey 32 bytes */
export async function makeSlot(
  workspaceKey: Uint8Array,
  credential: Credential,
  making: SlotMaking,
): Promise<KnownSlot> {
  const shared = { id: making.id, createdAtMs: making.createdAtMs, salt: toBase64(making.salt), sealed: '' };
  const unsealed: KnownSlot =
    credential.kind === 'passphrase'
      ? { ...shared, kind: 'passphrase', scrypt: { ...making.scryptCost } }
      : { ...shared, kind: 'recovery' };
  const slotKey = await deriveSlotKey(unsealed, credential);
  // The key is used for this one value: its salt is new, so the counter may be 0.
  const { ciphertext, tag } = seal(
    slotKey,
    0,
    slotContext(making.workspaceId, unsealed),
    concatBytes(knownCheck, workspaceKey),
  );
  return { ...unsealed, sealed: toBase64(concatBytes(ciphertext, tag)) };
}

/** The workspace key, or null where the slot is another kind, or does not open with this. */
export async function openSlot(slot: Slot, credential: Credential, workspaceId: string): Promise<Uint8Array | null> {
  const parsed = knownSlotSchema.safeParse(slot);
  if (!parsed.success || parsed.data.kind !== credential.kind) return null;
  const known = parsed.data;
  const sealed = fromBase64(known.sealed);
  if (sealed.length !== knownCheck.length + keyLength + tagLength) return null;
  const slotKey = await deriveSlotKey(known, credential);
  const opened = unseal(
    slotKey,
    0,
    slotContext(workspaceId, known),
    sealed.subarray(0, -tagLength),
    sealed.subarray(-tagLength),
  );
  if (opened === null || !knownCheck.every((byte, index) => opened[index] === byte)) return null;
  return Uint8Array.from(opened.subarray(knownCheck.length));
}

function slotContext(workspaceId: string, slot: KnownSlot): Uint8Array {
  const parameters = slot.kind === 'passphrase' ? JSON.stringify(slot.scrypt) : '';
  return encodeParts('key-slot', workspaceId, slot.id, slot.kind, String(slot.createdAtMs), slot.salt, parameters);
}

async function deriveSlotKey(slot: KnownSlot, credential: Credential): Promise<Uint8Array> {
  const salt = fromBase64(slot.salt);
  if (credential.kind === 'recovery') {
    // 160 random bits need no stretching.
    return deriveKey(parseRecoveryKey(credential.recoveryKey), salt, 'recovery-slot');
  }
  if (slot.kind !== 'passphrase') throw new LockstepError('internal', 'A passphrase opens passphrase slots only.');
  return stretch(credential.passphrase, salt, slot.scrypt);
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
