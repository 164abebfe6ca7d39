import { hasCode, LockstepError } from '../../preload/contract/errors.js';
import type { FileSystem, Random } from '../host.js';
import { replaceFile, temporarySuffix } from '../store/atomic-file.js';
import { concatBytes, deriveKey, encodeParts, keyLength, saltLength, seal, tagLength, unseal } from './crypto.js';
import {
  type Credential,
  defaultScryptCost,
  keysDamaged,
  makeSlot,
  type OpenedSlot,
  openSlot,
  type ScryptCost,
  type Slot,
  slotFits,
} from './key-slots.js';
import type { KeyStore } from './key-store.js';
import { decodeKeysFile, encodeKeysFile, keysFileIsSound } from './keys-file.js';
import { formatRecoveryKey, recoveryKeyBytes } from './recovery-key.js';

export type VaultState =
  /** Open, by something that keeps the key safe. */
  | 'secure'
  /** Open, but what keeps the key does not protect it (no slot of this kind is made by the terminal). */
  | 'insecure'
  | 'locked'
  /** The key file is gone or unreadable: nothing can open the workspace. */
  | 'lost';

export interface SlotInfo {
  readonly id: string;
  readonly kind: string;
  readonly createdAtMs: number;
}

export interface VaultStatus {
  readonly state: VaultState;
  readonly slots: readonly SlotInfo[];
  /** The slot that was used. */
  readonly openedBy: string | null;
  /**
   * The key file is not as it was written. It opened, but its other slots may not: they are to be made anew, and the
   * next `addSlot` or `removeSlot` keeps only those that are proven.
   */
  readonly damaged: boolean;
  /** Slots that their key store could not open, or asks to have made anew. */
  readonly staleSlots: readonly string[];
}

/** What can be asked of a new slot. A recovery key is drawn by the vault, and told once. */
export type SlotRequest =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'recovery' }
  | { readonly kind: 'key-store'; readonly store: KeyStore };

export interface AddedSlot {
  readonly id: string;
  /** Of a recovery slot: to be shown once, and kept nowhere. */
  readonly recoveryKey: string | null;
}

/** The workspace key and all that follows from it. The caller holds the workspace's lock while slots change. */
export interface Vault {
  status(): VaultStatus;
  /** @throws LockstepError `passphrase-wrong`, `recovery-key-wrong`, `recovery-key-invalid`, `key-store-refused`, `keys-damaged` */
  unlock(credential: Credential): Promise<void>;
  lock(): void;
  /** @throws LockstepError `passphrase-missing` (it is empty), `key-store-refused` */
  addSlot(request: SlotRequest): Promise<AddedSlot>;
  /** @throws LockstepError `key-slot-last` */
  removeSlot(id: string): void;
  /** Writes the key file of a vault that was just made. */
  save(): void;
  /**
   * A secret as bytes that may be stored anywhere.
   * @param label names its place (`connection/<id>/token`); it opens only under the same label
   */
  seal(label: string, secret: Uint8Array): Uint8Array;
  /** @throws LockstepError `secret-unreadable` */
  open(label: string, sealed: Uint8Array): Uint8Array;
  /** A key for one purpose: 32 bytes, always the same for the same label. */
  derive(label: string): Uint8Array;
}

export interface VaultOptions {
  readonly fileSystem: FileSystem;
  /** Folder of the workspace; the key file in it is `keys.json`. */
  readonly folder: string;
  readonly workspaceId: string;
  readonly random: Pick<Random, 'bytes'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly scryptCost?: ScryptCost;
}

export const keysFileName = 'keys.json';

/**
 * A vault with a new key. Nothing is written before `save`; the recovery key is told here and nowhere else.
 * @param passphrase null: only the key store (then given) and the recovery key open it
 */
export async function createVault(
  options: VaultOptions,
  passphrase: string | null,
  keyStore?: KeyStore,
): Promise<{ readonly vault: Vault; readonly recoveryKey: string }> {
  const vault = new FileVault(options, options.random.bytes(keyLength));
  if (keyStore !== undefined) await vault.draftSlot({ kind: 'key-store', store: keyStore });
  if (passphrase !== null || keyStore === undefined) {
    await vault.draftSlot({ kind: 'passphrase', passphrase: passphrase ?? '' });
  }
  const { recoveryKey } = await vault.draftSlot({ kind: 'recovery' });
  return { vault, recoveryKey: recoveryKey ?? '' };
}

/** The vault of an existing workspace, locked; or lost where there is no key file that can be read. */
export function openVault(options: VaultOptions): Vault {
  return new FileVault(options, null);
}

class FileVault implements Vault {
  private key: Uint8Array | null;
  private slots: readonly Slot[] = [];
  private openedBy: string | null = null;
  private damaged = false;
  private readonly stale = new Set<string>();
  private readonly lost: boolean;

  constructor(
    private readonly options: VaultOptions,
    newKey: Uint8Array | null,
  ) {
    this.key = newKey;
    const file = newKey === null ? this.readFile() : null;
    this.lost = newKey === null && file === null;
    this.slots = file?.slots ?? [];
  }

  status(): VaultStatus {
    const state = this.key !== null ? 'secure' : this.lost ? 'lost' : 'locked';
    return {
      state,
      slots: this.slots.map(({ id, kind, createdAtMs }) => ({ id, kind, createdAtMs })),
      openedBy: this.openedBy,
      damaged: this.damaged,
      staleSlots: this.slots.map(({ id }) => id).filter((id) => this.stale.has(id)),
    };
  }

  async unlock(credential: Credential): Promise<void> {
    const file = this.readFile();
    if (file === null) throw keysDamaged('is missing or unreadable');
    this.slots = file.slots;
    const unreadable: LockstepError[] = [];
    for (const slot of file.slots) {
      const opened = await openSlot(slot, credential, this.options.workspaceId).catch((thrown: unknown) => {
        if (!hasCode(thrown, 'keys-damaged', 'key-store-refused')) throw thrown;
        unreadable.push(thrown);
        return null;
      });
      this.noteStale(slot, credential, opened);
      if (opened === null) continue;
      this.lock();
      this.key = opened.workspaceKey;
      this.openedBy = slot.id;
      this.damaged = file.workspaceId !== this.options.workspaceId || !keysFileIsSound(opened.workspaceKey, file);
      return;
    }
    throw unreadable.at(-1) ?? this.wrong(credential);
  }

  lock(): void {
    this.key?.fill(0);
    this.key = null;
    this.openedBy = null;
    this.damaged = false;
  }

  async addSlot(request: SlotRequest): Promise<AddedSlot> {
    const earlier = this.slots;
    const added = await this.draftSlot(request);
    try {
      this.save();
    } catch (thrown) {
      this.slots = earlier;
      throw thrown;
    }
    return added;
  }

  /** Adds a slot in memory only. */
  async draftSlot(request: SlotRequest): Promise<AddedSlot> {
    const key = this.opened();
    if (request.kind === 'passphrase' && request.passphrase === '') {
      throw new LockstepError('passphrase-missing', 'The passphrase is empty.', { action: 'Give one.' });
    }
    const { random, now, workspaceId, scryptCost = defaultScryptCost } = this.options;
    const recoveryKey = request.kind === 'recovery' ? formatRecoveryKey(random.bytes(recoveryKeyBytes)) : null;
    const credential: Credential =
      request.kind === 'recovery' ? { kind: 'recovery', recoveryKey: recoveryKey ?? '' } : request;
    const slot = await makeSlot(key, credential, {
      workspaceId,
      id: Buffer.from(random.bytes(8)).toString('hex'),
      createdAtMs: now(),
      salt: random.bytes(16),
      scryptCost,
      held: random.bytes(keyLength),
    });
    this.slots = [...this.provenSlots(), slot];
    this.openedBy ??= slot.id;
    return { id: slot.id, recoveryKey };
  }

  removeSlot(id: string): void {
    this.opened();
    const remaining = this.provenSlots().filter((slot) => slot.id !== id);
    if (remaining.length === 0) {
      throw new LockstepError('key-slot-last', 'This is the last way to open the workspace.', {
        action: 'Add another one first.',
      });
    }
    const earlier = this.slots;
    this.slots = remaining;
    try {
      this.save();
    } catch (thrown) {
      this.slots = earlier;
      throw thrown;
    }
  }

  save(): void {
    const { fileSystem, folder, random, workspaceId } = this.options;
    const text = encodeKeysFile(this.opened(), workspaceId, this.slots);
    fileSystem.makeFolder(folder);
    replaceFile(fileSystem, folder, keysFileName, temporarySuffix(random), (append) => {
      append(new TextEncoder().encode(text));
    });
    this.damaged = false;
  }

  seal(label: string, secret: Uint8Array): Uint8Array {
    const salt = this.options.random.bytes(saltLength);
    // A key for this one value, so its counter may be 0.
    const key = deriveKey(this.opened(), salt, 'secret');
    const { ciphertext, tag } = seal(key, 0, this.secretContext(label), secret);
    return concatBytes(Uint8Array.of(sealedVersion), salt, ciphertext, tag);
  }

  open(label: string, sealed: Uint8Array): Uint8Array {
    const key = this.opened();
    const start = 1 + saltLength;
    const secret =
      sealed[0] !== sealedVersion || sealed.length < start + tagLength
        ? null
        : unseal(
            deriveKey(key, sealed.subarray(1, start), 'secret'),
            0,
            this.secretContext(label),
            sealed.subarray(start, -tagLength),
            sealed.subarray(-tagLength),
          );
    if (secret !== null) return Uint8Array.from(secret);
    throw new LockstepError('secret-unreadable', 'A stored secret cannot be opened.', {
      action: 'Enter it again.',
      context: { label },
    });
  }

  derive(label: string): Uint8Array {
    return deriveKey(this.opened(), new TextEncoder().encode(this.options.workspaceId), `derived/${label}`);
  }

  private noteStale(slot: Slot, credential: Credential, opened: OpenedSlot | null): void {
    if (credential.kind !== 'key-store' || !slotFits(slot, credential)) return;
    if (opened === null || opened.reseal) this.stale.add(slot.id);
    else this.stale.delete(slot.id);
  }

  private secretContext(label: string): Uint8Array {
    return encodeParts('secret', this.options.workspaceId, label);
  }

  /** Of a damaged file only the slot that opened is known to be whole. */
  private provenSlots(): readonly Slot[] {
    return this.damaged ? this.slots.filter(({ id }) => id === this.openedBy) : this.slots;
  }

  private opened(): Uint8Array {
    if (this.key !== null) return this.key;
    throw new LockstepError('vault-locked', 'The workspace is locked.', { action: 'Give its passphrase.' });
  }

  private wrong(credential: Credential): LockstepError {
    const none = !this.slots.some((slot) => slotFits(slot, credential));
    if (credential.kind === 'key-store') {
      return new LockstepError(
        'key-store-refused',
        none
          ? "The system's key store does not hold a key of this workspace."
          : "The key that the system's key store holds does not open this workspace.",
        { action: 'Open it with its passphrase or the recovery key.' },
      );
    }
    if (credential.kind === 'passphrase') {
      return new LockstepError(
        'passphrase-wrong',
        none ? 'This workspace has no passphrase.' : 'The passphrase does not open this workspace.',
        { action: none ? 'Open it with the recovery key.' : 'Try again, or open it with the recovery key.' },
      );
    }
    return new LockstepError('recovery-key-wrong', 'The recovery key does not open this workspace.', {
      action: 'Look whether it belongs to another workspace, or was replaced by a later one.',
    });
  }

  private readFile(): ReturnType<typeof decodeKeysFile> {
    const { fileSystem, folder } = this.options;
    const path = `${folder}/${keysFileName}`;
    return fileSystem.sizeOf(path) === null ? null : decodeKeysFile(fileSystem.readFile(path));
  }
}

const sealedVersion = 1;
