import { expect, it } from 'vitest';
import { connectorFactories, findConnectorFactory } from '../../../main/connectors/registry.js';

it('finds every tracker by its id, and nothing by others', () => {
  const ids = connectorFactories.map((factory) => factory.manifest.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const factory of connectorFactories) expect(findConnectorFactory(factory.manifest.id)).toBe(factory);
  expect(findConnectorFactory('nothing')).toBeNull();
});
