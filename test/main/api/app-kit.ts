import { createApplication, type Application, type CallOptions } from '../../../main/app.js';
import type { Host } from '../../../main/app-host.js';
import { silentLog, type AppLog, type LogFacts } from '../../../main/logging/app-log.js';
import type { KeyStore } from '../../../main/secrets/key-store.js';
import { openInThread } from '../../../main/store/open-store.js';
import type { CallName } from '../../../preload/contract/calls.js';
import type { AppError } from '../../../preload/contract/errors.js';
import type { CallInput } from '../../../preload/contract/inputs.js';
import type { CallOutputs } from '../../../preload/contract/views.js';
import { MemoryFileSystem } from '../../fakes/memory-file-system.js';
import { realRandom } from '../../support/real-world.js';
import { ManualClock } from '../connectors/http/manual-clock.js';
import { FakeProcesses, testHost } from '../store/store-kit.js';

export interface TestApp {
  readonly app: Application;
  readonly clock: ManualClock;
  readonly fileSystem: MemoryFileSystem;
  readonly logged: readonly LoggedLine[];
  /** The value of a call that goes well. */
  call<Name extends CallName>(name: Name, input: CallInput<Name>, options?: CallOptions): Promise<CallOutputs[Name]>;
  /** The error of a call that does not. */
  fail(name: string, input: unknown, options?: CallOptions): Promise<AppError>;
  /** Another start of the program on the same disk. */
  again(changes?: Partial<Host>): TestApp;
}

export interface LoggedLine extends LogFacts {
  readonly event: string;
}

const processes = new FakeProcesses();
let nextPid = 1000;

/** The whole program over a disk in memory, with a clock that skips short waits. Nothing of the network is replaced. */
export function startTestApp(changes: Partial<Host> = {}, fileSystem = new MemoryFileSystem()): TestApp {
  nextPid += 1;
  const storeHost = testHost(fileSystem, processes.start(nextPid));
  const clock = (changes.clock as ManualClock | undefined) ?? new ManualClock();
  // Waits of a request or of a tracker; schedules wait longer.
  clock.auto = (ms) => ms < 5_000;
  const logged: LoggedLine[] = [];
  const log: AppLog = {
    ...silentLog,
    write: (_level, event, facts = {}) => {
      logged.push({ ...facts, event });
    },
  };
  const host: Host = {
    kind: 'desktop',
    platform: 'linux',
    clock,
    random: realRandom,
    fileSystem,
    openStore: (options) => openInThread(options, storeHost),
    log,
    appVersion: '1.0.0',
    dataFolder: '/data',
    proxyEnv: {},
    ...changes,
  };
  const app = createApplication(host);
  return {
    app,
    clock,
    fileSystem,
    logged,
    async call(name, input, options) {
      const result = await app.dispatch(name, input, options);
      if (!result.ok) throw new Error(`${name}: ${result.error.code}: ${result.error.message}`);
      return result.value;
    },
    async fail(name, input, options) {
      const result = await app.dispatch(name, input, options);
      if (result.ok) throw new Error(`${name} went well: ${JSON.stringify(result.value)}`);
      return result.error;
    },
    again: (more = {}) => startTestApp({ ...changes, clock, ...more }, fileSystem),
  };
}

/** With a key store that works, so that no passphrase has to be stretched. */
export async function startOpenApp(changes: Partial<Host> = {}): Promise<TestApp> {
  const test = startTestApp({ keyStore: new MemoryKeyStore(), ...changes });
  await test.call('workspace.create', {});
  return test;
}

/** A system's key store in memory; what it sealed can be counted, refused and forgotten. */
export class MemoryKeyStore implements KeyStore {
  readonly slotKind = 'safeStorage';
  protection: 'secure' | 'insecure' | 'none' = 'secure';
  refuse: Error | null = null;
  reseal = false;
  private mask = 0x5a;

  status() {
    return Promise.resolve({ protection: this.protection, backend: 'memory' });
  }

  seal(bytes: Uint8Array) {
    return Promise.resolve(bytes.map((byte) => byte ^ this.mask));
  }

  open(sealed: Uint8Array) {
    if (this.refuse !== null) return Promise.reject(this.refuse);
    return Promise.resolve({ bytes: sealed.map((byte) => byte ^ this.mask), reseal: this.reseal });
  }

  /** As a system does that was set up anew. */
  forget(): void {
    this.mask ^= 0xff;
  }
}
