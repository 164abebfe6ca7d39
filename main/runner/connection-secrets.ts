import { LockstepError } from '../../preload/contract/errors.js';
import type { Vault } from '../secrets/vault.js';
import type { ConnectionRecord, Connections, SealedSecret } from '../store/repositories/connections.js';
import type { Target } from './network.js';
import { readNetworkSettings } from './network-settings.js';

/** The label binds a sealed secret to its connection: copied to another one it does not open. */
const labelOf = (connectionId: string): string => `connection/${connectionId}/token`;

export function sealSecret(vault: Vault, connectionId: string, secret: string, atMs: number): SealedSecret {
  return { sealed: vault.seal(labelOf(connectionId), new TextEncoder().encode(secret)), sinceMs: atMs };
}

/**
 * The connection ready for use.
 * @throws LockstepError `secret-missing`, `secret-unreadable`; both say to enter it again
 */
export async function unsealTarget(connections: Connections, vault: Vault, record: ConnectionRecord): Promise<Target> {
  const sealed = await connections.sealedSecret(record.id);
  const again = {
    action: `Enter it again: lockstep connection add ${record.name} --replace`,
    context: { connection: record.name },
  };
  if (sealed === null) {
    throw new LockstepError('secret-missing', `No secret is stored for connection "${record.name}".`, again);
  }
  return { ...targetWithoutSecret(record), secret: openSecret() };

  function openSecret(): string {
    try {
      return new TextDecoder().decode(vault.open(labelOf(record.id), sealed ?? new Uint8Array()));
    } catch (cause) {
      const message = `The secret of connection "${record.name}" cannot be opened any more.`;
      throw new LockstepError('secret-unreadable', message, { ...again, cause });
    }
  }
}

function targetWithoutSecret(record: ConnectionRecord): Omit<Target, 'secret'> {
  const { id, name, tracker, url, settings } = record;
  return { id, name, tracker, url, settings, network: readNetworkSettings(record.network) };
}
