import type { Host } from '../app-host.js';
import { proxyEnvFrom, readableCertificates } from '../connectors/http/index.js';
import { createAppLog } from '../logging/app-log.js';
import { appVersion } from '../version.js';
import type { Io } from './io.js';
import { createKeyHolder } from './secret-input.js';

/** The host that a terminal is. @param dataFolder absolute */
export function createTerminalHost(io: Io, dataFolder: string, passphraseFromStdin: boolean): Host {
  const { clock, random, fileSystem, openStore, env } = io;
  return {
    kind: 'terminal',
    platform: io.platform,
    clock,
    random,
    fileSystem,
    openStore,
    keys: createKeyHolder(io, passphraseFromStdin),
    log: createAppLog({ fileSystem, folder: `${dataFolder}/logs`, now: () => clock.now() }),
    appVersion,
    dataFolder,
    proxyEnv: proxyEnvFrom(env),
    ...extraCertificates(io),
  };
}

/** Node reads this variable too, but not for a connection that names certificates of its own. */
function extraCertificates({ env, fileSystem }: Io): { readonly systemCaPem?: string } {
  const path = env['NODE_EXTRA_CA_CERTS'] ?? '';
  if (path === '') return {};
  try {
    return { systemCaPem: readableCertificates(new TextDecoder().decode(fileSystem.readFile(path))) };
  } catch {
    // Node has said so already when the process began.
    return {};
  }
}
