import type { AxiosAdapter } from 'axios';
import type { ProxyEnv } from './connectors/http/types.js';
import type { Clock, FileSystem, Random } from './host.js';
import type { AppLog } from './logging/app-log.js';
import type { Database } from './store/database.js';
import type { StoreOptions } from './store/open-store.js';

/** Opens the store of a workspace: in a worker where there is one. */
export type OpenStore = (options: StoreOptions) => Promise<Database>;

/** What a host plugs the program into; the terminal now, the desktop later, a simulator in tests. */
export interface Host {
  readonly clock: Clock;
  readonly random: Random;
  readonly fileSystem: FileSystem;
  readonly openStore: OpenStore;
  readonly keys: KeyHolder;
  readonly log: AppLog;
  readonly appVersion: string;
  /** Absolute. */
  readonly dataFolder: string;
  readonly proxyEnv: ProxyEnv;
  /** In the place of the network, for the simulation. */
  readonly transport?: AxiosAdapter;
}

/** How a host gets at the key of a workspace. */
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
