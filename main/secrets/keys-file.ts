import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { deriveKey } from './crypto.js';
import { fromBase64, type Slot, slotSchema, toBase64 } from './key-slots.js';

/**
 * `keys.json`: the slots, and a MAC over all of it by a key that follows from the workspace key. So a change anywhere
 * in it is noticed once it is opened, also one in a slot that was not used.
 */
const keysFileSchema = z.object({
  format: z.literal(1),
  workspaceId: z.string(),
  slots: z.array(slotSchema),
  mac: z.string(),
});

export interface KeysFile {
  readonly workspaceId: string;
  readonly slots: readonly Slot[];
  /** The file as it is on disk, for the check of its MAC. */
  readonly text: string;
  readonly mac: string;
}

export function encodeKeysFile(workspaceKey: Uint8Array, workspaceId: string, slots: readonly Slot[]): string {
  const content = { format: 1, workspaceId, slots, mac: '' };
  return serialize({ ...content, mac: toBase64(macOf(workspaceKey, serialize(content))) });
}

/** Null where it is no key file at all. */
export function decodeKeysFile(bytes: Uint8Array): KeysFile | null {
  let text: string;
  let parsed: z.infer<typeof keysFileSchema>;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    parsed = keysFileSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
  return { workspaceId: parsed.workspaceId, slots: parsed.slots, text, mac: parsed.mac };
}

/** Whether every byte of the file is as it was written. */
export function keysFileIsSound(workspaceKey: Uint8Array, file: KeysFile): boolean {
  // The bytes themselves, not what they mean: JSON has many spellings of one value.
  const at = file.text.lastIndexOf(`"${file.mac}"`);
  if (at === -1) return false;
  const withoutMac = `${file.text.slice(0, at)}""${file.text.slice(at + file.mac.length + 2)}`;
  const expected = macOf(workspaceKey, withoutMac);
  const found = fromBase64(file.mac);
  // Base 64 has many spellings too.
  return found.length === expected.length && timingSafeEqual(found, expected) && toBase64(found) === file.mac;
}

function serialize(content: unknown): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}

function macOf(workspaceKey: Uint8Array, text: string): Uint8Array {
  const key = deriveKey(workspaceKey, new Uint8Array(0), 'keys-file');
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
