import { safeStorage } from 'electron';
import { LockstepError } from '../../preload/contract/errors.js';
import type { KeyStore, KeyStoreStatus } from '../secrets/key-store.js';

/** Names of the systems' own stores, where Electron has no word for them. */
const backends: Partial<Record<NodeJS.Platform, string>> = { darwin: 'keychain', win32: 'dpapi' };

/**
 * The system's key store by Electron's safeStorage. Nothing of it is touched before the first use: on macOS that use may
 * raise a prompt.
 *
 * On Linux "available" says nothing: without a keyring Electron seals with a published password (`basic_text`), which
 * counts as insecure (https://www.electronjs.org/docs/latest/api/safe-storage).
 */
export function createSafeStorageKeyStore(platform: NodeJS.Platform): KeyStore {
  return {
    slotKind: 'safeStorage',
    async status(): Promise<KeyStoreStatus> {
      const available = await safeStorage.isAsyncEncryptionAvailable().catch(() => false);
      if (platform !== 'linux') {
        const backend = backends[platform] ?? 'none';
        return { protection: available && backend !== 'none' ? 'secure' : 'none', backend };
      }
      // Before the app is ready, and where there is no session at all, it is unknown.
      const backend = safeStorage.getSelectedStorageBackend();
      if (!available || backend === 'unknown') return { protection: 'none', backend };
      return { protection: backend === 'basic_text' ? 'insecure' : 'secure', backend };
    },
    async seal(bytes) {
      try {
        // It seals text only.
        return new Uint8Array(await safeStorage.encryptStringAsync(Buffer.from(bytes).toString('base64')));
      } catch (cause) {
        throw refused('did not take the key', cause);
      }
    },
    async open(sealed) {
      const opened = await safeStorage.decryptStringAsync(Buffer.from(sealed)).catch((cause: unknown) => {
        // A prompt that was denied, another user's store, a lost key: from here they look the same. The slot stays.
        throw refused('did not give the key', cause);
      });
      const bytes = new Uint8Array(Buffer.from(opened.result, 'base64'));
      return { bytes, reseal: opened.shouldReEncrypt };
    },
  };
}

function refused(what: string, cause: unknown): LockstepError {
  return new LockstepError('key-store-refused', `The system's key store ${what}.`, {
    action: 'Allow it and try again, or open the workspace with its passphrase or the recovery key.',
    cause,
  });
}
