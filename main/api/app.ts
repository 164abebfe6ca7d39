import { LockstepError } from '../../preload/contract/errors.js';
import type { ParsedInput } from '../../preload/contract/inputs.js';
import type { Settings } from '../../preload/contract/settings.js';
import type { WorkspaceState } from '../../preload/contract/views.js';
import type { Host } from '../app-host.js';
import type { FeatureHandlers } from './dispatcher.js';

/** What is there whether or not a workspace is open. */
export interface Shell {
  readonly host: Host;
  state(): Promise<WorkspaceState>;
  /** @returns the recovery key */
  create(input: ParsedInput<'workspace.create'>): Promise<string>;
  unlock(input: ParsedInput<'workspace.unlock'>): Promise<void>;
  lock(): Promise<void>;
  settings(): Settings;
  changeSettings(changes: Partial<Settings>): Settings;
  /** The integration of the practice trackers, where they are running. */
  practice(): string | null;
}

type Calls = 'app.get' | 'workspace.create' | 'workspace.unlock' | 'workspace.close' | 'settings.get' | 'settings.put';

export function appHandlers(shell: Shell): FeatureHandlers<Calls> {
  const { host } = shell;
  return {
    async 'app.get'(_input, { role }) {
      return {
        host: host.kind,
        version: host.appVersion,
        role,
        platform: host.platform,
        dataFolder: host.dataFolder,
        workspace: await shell.state(),
        can: {
          notify: host.notify !== undefined,
          startAtLogin: host.setStartAtLogin !== undefined,
          keepInTray: host.keepsInTray === true,
          saveFiles: host.saveFile !== undefined,
        },
        practice: shell.practice(),
      };
    },

    async 'workspace.create'(input) {
      return { recoveryKey: await shell.create(input) };
    },

    async 'workspace.unlock'(input) {
      if (input.passphrase !== undefined && input.recoveryKey !== undefined) {
        throw new LockstepError('input-invalid', 'Give the passphrase or the recovery key, not both.');
      }
      await shell.unlock(input);
      return shell.state();
    },

    async 'workspace.close'() {
      await shell.lock();
      return shell.state();
    },

    'settings.get': () => Promise.resolve(shell.settings()),

    'settings.put': (changes) => {
      assertNoPassword(changes.proxy);
      return Promise.resolve(shell.changeSettings(definedOf(changes)));
    },
  };
}

/** Settings lie on disk in the clear. */
function assertNoPassword(proxy: Settings['proxy'] | undefined): void {
  if (proxy?.mode !== 'manual') return;
  if (!URL.canParse(proxy.url)) {
    throw new LockstepError('address-invalid', "The proxy's address is not an address.", {
      action: 'Write it like http://proxy.example.com:3128.',
    });
  }
  const { username, password } = new URL(proxy.url);
  if (username === '' && password === '') return;
  throw new LockstepError('input-invalid', 'The settings hold no secret, and this proxy address has one in it.', {
    action: 'Give the proxy with its password at the connection: there it is kept encrypted.',
  });
}

function definedOf(changes: ParsedInput<'settings.put'>): Partial<Settings> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}
