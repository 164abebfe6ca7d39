/** Where an operating system keeps keys for its user (Keychain, DPAPI, Secret Service): what a host can offer. */
export interface KeyStore {
  /** The kind of its key slots. Each host's own: one store cannot open what the other one sealed. */
  readonly slotKind: 'safeStorage' | 'keyring';
  /** Asked before each use: what protects the key may change between two starts. */
  status(): Promise<KeyStoreStatus>;
  /** @throws LockstepError `key-store-refused` */
  seal(bytes: Uint8Array): Promise<Uint8Array>;
  /** @throws LockstepError `key-store-refused` where it does not open, or its user said no */
  open(sealed: Uint8Array): Promise<OpenedByKeyStore>;
}

export interface KeyStoreStatus {
  /** insecure: it keeps keys where any program of this user can read them; no slot is made with it. */
  readonly protection: 'secure' | 'insecure' | 'none';
  /** As the system names it, for example `gnome_libsecret`; recorded beside the slot. */
  readonly backend: string;
}

export interface OpenedByKeyStore {
  readonly bytes: Uint8Array;
  /** The store asks for the value to be sealed anew (its key was rotated). */
  readonly reseal: boolean;
}
