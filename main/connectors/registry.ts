import type { ConnectorFactory } from './contract.js';
import type { ConnectorDeps } from './deps.js';
import { redmine } from './redmine/index.js';

/** Every tracker that the program knows. A new one is added here. */
export const connectorFactories: readonly ConnectorFactory<ConnectorDeps>[] = [redmine];

export function findConnectorFactory(tracker: string): ConnectorFactory<ConnectorDeps> | null {
  return connectorFactories.find((factory) => factory.manifest.id === tracker) ?? null;
}
