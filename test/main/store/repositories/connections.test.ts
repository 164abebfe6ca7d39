import { describe, expect, it } from 'vitest';
import type { ConnectionInput } from '../../../../main/store/repositories/connections.js';
import { openWorkspace } from './kit.js';

const office: ConnectionInput = {
  id: 'c1',
  name: 'office',
  tracker: 'redmine',
  url: 'https://redmine.test/',
  settings: { markerField: 'External ID', number: 3 },
  network: { timeoutMs: 2000, proxy: null, authorities: ['a', { b: [true] }] },
};
const sealed = Uint8Array.from([0, 1, 254, 255]);

describe('connections', () => {
  it('come back as they were put, also after the process was killed', async () => {
    const workspace = await openWorkspace();
    const { connections } = workspace.repositories;
    await connections.put(office, 1000, { sealed, sinceMs: 900 });
    await connections.put({ ...office, id: 'c2', name: 'factory' }, 1001);
    const whole = { ...office, secretSinceMs: 900, createdAtMs: 1000, changedAtMs: 1000 };
    for (const { repositories } of [workspace, await workspace.reopen()]) {
      expect(await repositories.connections.byId('c1')).toEqual(whole);
      expect(await repositories.connections.byName('office')).toEqual(whole);
      expect((await repositories.connections.list()).map(({ name }) => name)).toEqual(['factory', 'office']);
      expect(await repositories.connections.sealedSecret('c1')).toEqual(sealed);
      expect(await repositories.connections.sealedSecret('c2')).toBeNull();
    }
  });

  it('keep secret and time of making when they are changed', async () => {
    const { repositories } = await openWorkspace();
    const { connections } = repositories;
    await connections.put(office, 1000, { sealed, sinceMs: 900 });
    await connections.put({ ...office, name: 'headquarters', url: 'https://other.test/' }, 2000);
    expect(await connections.byName('office')).toBeNull();
    expect(await connections.byId('c1')).toMatchObject({
      name: 'headquarters',
      url: 'https://other.test/',
      secretSinceMs: 900,
      createdAtMs: 1000,
      changedAtMs: 2000,
    });
    await connections.putSecret('c1', { sealed: Uint8Array.from([7]), sinceMs: 3000 });
    expect(await connections.sealedSecret('c1')).toEqual(Uint8Array.from([7]));
    expect((await connections.byId('c1'))?.secretSinceMs).toBe(3000);
  });

  it('refuse a name that another one has, and change nothing', async () => {
    const { repositories } = await openWorkspace();
    const { connections } = repositories;
    await connections.put(office, 1000);
    const refused = connections.put({ ...office, id: 'c2', url: 'https://other.test/' }, 1001);
    await expect(refused).rejects.toThrow(expect.objectContaining({ code: 'usage' }));
    expect(await connections.list()).toHaveLength(1);
    await connections.remove('c1');
    await connections.put({ ...office, id: 'c2' }, 1002);
    expect((await connections.list()).map(({ id }) => id)).toEqual(['c2']);
    expect(await connections.sealedSecret('c1')).toBeNull();
  });
});
