import type { AxiosAdapter } from 'axios';
import type { ProxyEnv } from './connectors/http/types.js';
import type { Clock, FileSystem, Random } from './host.js';
import type { AppLog } from './logging/app-log.js';
import type { KeyStore } from './secrets/key-store.js';
import type { SettingsStore } from './settings.js';
import type { Database } from './store/database.js';
import type { StoreOptions } from './store/open-store.js';

/** Opens the store of a workspace: in a worker where there is one. */
export type OpenStore = (options: StoreOptions) => Promise<Database>;

/** What a host plugs the program into: the desktop, the local web page, the terminal, a simulator in tests. */
export interface Host {
  readonly kind: 'desktop' | 'web' | 'terminal';
  /** As Node names it. */
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly random: Random;
  readonly fileSystem: FileSystem;
  readonly openStore: OpenStore;
  readonly log: AppLog;
  readonly appVersion: string;
  /** Absolute. */
  readonly dataFolder: string;
  readonly proxyEnv: ProxyEnv;
  /** In the place of the network, for the simulation. */
  readonly transport?: AxiosAdapter;

  // What only some hosts can do.

  /** Asks a person for passphrases; without it, only calls (`workspace.create`, `workspace.unlock`) open the workspace. */
  readonly keys?: KeyHolder;
  /** Where the system keeps keys for its user, so that no passphrase has to be typed. */
  readonly keyStore?: KeyStore;
  /** Default: `settings.json` in the data folder. */
  readonly settings?: SettingsStore;
  /**
   * The system's own proxy on the way to an address, as `http://host:port`; null: none. It is asked where the settings
   * say `system`. Default: what `proxyEnv` says.
   */
  readonly systemProxy?: (url: string) => Promise<string | null>;
  /** Certificates (PEM) that the system trusts and Node does not know of. */
  readonly systemCaPem?: string;
  /** Shows a notification. A click leads to the screen. */
  readonly notify?: (notification: Notification) => void;
  /** Opens an address (http or https, checked by the caller) in the user's browser. */
  readonly openLink?: (url: string) => Promise<void>;
  /** Asks where to and writes the file. @returns its path; null where the user thought better of it */
  readonly saveFile?: (name: string, bytes: Uint8Array) => Promise<string | null>;
  readonly setStartAtLogin?: (on: boolean) => void;
  /** Closing the window can leave the program in the tray. */
  readonly keepsInTray?: boolean;
}

export interface Notification {
  readonly title: string;
  readonly body: string;
  readonly screen: 'run' | 'conflicts';
  /** Id of the run; null for the screen as a whole. */
  readonly id: string | null;
}

/** How a host gets at the key of a workspace by asking. */
export interface KeyHolder {
  /** A passphrase for a workspace that is being made. Errors `passphrase-missing`, `cancelled`. */
  newPassphrase(): Promise<string>;
  /**
   * The passphrase, or the recovery key in its place, of a workspace that was made before. `attempt` counts from 1;
   * null: there is no other one to try.
   */
  passphrase(attempt: number): Promise<string | null>;
  /** Once, when a workspace was made: the only copy outside of its user's hands. */
  showRecoveryKey(recoveryKey: string): void;
}
