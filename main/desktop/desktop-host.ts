import type { Session } from 'electron';
import type { Host, Notification } from '../app-host.js';
import { proxyEnvFrom } from '../connectors/http/index.js';
import { systemClock, systemRandom } from '../headless/node-io.js';
import type { AppLog } from '../logging/app-log.js';
import type { SettingsStore } from '../settings.js';
import { createNodeFileSystem } from '../store/node-file-system.js';
import { openInWorker } from '../store/worker-client.js';
import { appVersion } from '../version.js';
import { createSafeStorageKeyStore } from './key-store.js';
import { readSystemCertificates } from './system-certificates.js';
import { resolveSystemProxy } from './system-proxy.js';

export interface DesktopHostParts {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute. */
  readonly dataFolder: string;
  readonly log: AppLog;
  readonly settings: SettingsStore;
  /** The store's thread: throws where its file is not the one that this version was made with. */
  readonly storeWorker: () => URL;
  readonly session: Pick<Session, 'resolveProxy'>;
  readonly notify: (notification: Notification) => void;
  readonly openLink: (url: string) => Promise<void>;
  readonly saveFile: (name: string, bytes: Uint8Array) => Promise<string | null>;
  readonly setStartAtLogin: (on: boolean) => void;
}

/** What the program is plugged into on a desktop. */
export function createDesktopHost(parts: DesktopHostParts): Host {
  const {
    platform,
    env,
    dataFolder,
    log,
    settings,
    storeWorker,
    session,
    notify,
    openLink,
    saveFile,
    setStartAtLogin,
  } = parts;
  let systemCaPem: string | null = null;
  return {
    kind: 'desktop',
    platform,
    clock: systemClock,
    random: systemRandom,
    fileSystem: createNodeFileSystem(),
    openStore: async (options) => openInWorker(options, storeWorker()),
    log,
    appVersion,
    dataFolder,
    proxyEnv: proxyEnvFrom(env),
    keyStore: createSafeStorageKeyStore(platform),
    settings,
    systemProxy: (url) => resolveSystemProxy(session, url),
    // Read when the first connection is opened: it can take a second on a machine with many.
    get systemCaPem() {
      systemCaPem ??= readSystemCertificates();
      return systemCaPem;
    },
    notify,
    openLink,
    saveFile,
    setStartAtLogin,
    keepsInTray: true,
  };
}
