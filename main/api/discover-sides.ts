import type { Connector, ScopeSchema } from '../connectors/contract.js';
import type { SideScope } from '../../preload/contract/integration.js';
import { sides, type Side, type Sided } from '../../preload/contract/values.js';
import { openSides } from '../runner/open-integration.js';
import type { Program } from '../runner/program.js';

export interface DiscoveredSide {
  readonly connector: Connector;
  readonly schema: ScopeSchema;
}

/** Asks both trackers what their scopes offer, works with that, and closes both connections. */
export async function withDiscovered<T>(
  program: Program,
  scopes: Sided<SideScope>,
  signal: AbortSignal,
  work: (discovered: Sided<DiscoveredSide>) => T | Promise<T>,
): Promise<T> {
  const connected = await openSides(program, scopes);
  try {
    const discover = async (side: Side): Promise<DiscoveredSide> => {
      const { connector } = connected[side].opened;
      await connector.check(signal);
      return { connector, schema: await connector.discover(scopes[side].scope, signal) };
    };
    const [left, right] = await Promise.all([discover('left'), discover('right')]);
    return await work({ left, right });
  } finally {
    for (const side of sides) connected[side].opened.close();
  }
}
