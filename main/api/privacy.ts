import { settingsFileName } from '../settings-file.js';
import { keysFileName } from '../secrets/vault.js';
import type { PrivacyView } from '../../preload/contract/views.js';
import type { Program } from '../runner/program.js';
import type { FeatureHandlers } from './dispatcher.js';

type Calls = 'privacy.get' | 'privacy.recovery-key';
type Part = PrivacyView['parts'][number];

export function privacyHandlers(program: Program): FeatureHandlers<Calls> {
  const { host, workspace, stored } = program;
  const { fileSystem, dataFolder } = host;
  const { folder, vault } = workspace;

  function part(name: Part['part'], path: string, encrypted: boolean): Part {
    const own = fileSystem.sizeOf(path);
    const sizes = own !== null && !isFolder(name) ? [own] : sizesIn(path);
    return { part: name, path, files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0), encrypted };
  }

  function sizesIn(path: string): readonly number[] {
    return fileSystem.list(path).flatMap((name) => fileSystem.sizeOf(`${path}/${name}`) ?? []);
  }

  return {
    async 'privacy.get'() {
      return {
        parts: [
          part('state', `${folder}/state`, true),
          part('runs', `${folder}/runs`, true),
          part('spool', `${folder}/spool`, true),
          part('backups', `${dataFolder}/backups/${workspace.id}`, true),
          part('logs', `${dataFolder}/logs`, false),
          part('settings', `${dataFolder}/${settingsFileName}`, false),
          part('keys', `${folder}/${keysFileName}`, true),
        ],
        retentionDays: program.settings().retentionDays,
        oldestRunAtMs: await stored.runs.oldestMs(),
      };
    },

    async 'privacy.recovery-key'() {
      const old = vault.status().slots.filter(({ kind }) => kind === 'recovery');
      const { recoveryKey } = await vault.addSlot({ kind: 'recovery' });
      for (const { id } of old) vault.removeSlot(id);
      const detail = { recoveryKey: 'replaced' };
      await stored.acts.add({ atMs: host.clock.now(), kind: 'configuration-changed', integrationId: null, detail });
      return { recoveryKey: recoveryKey ?? '' };
    },
  };
}

function isFolder(name: Part['part']): boolean {
  return name !== 'settings' && name !== 'keys';
}
