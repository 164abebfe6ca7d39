import { describe, expect, it } from 'vitest';
import { previewLifeMs } from '../../../../main/store/repositories/previews.js';
import { aPreview, openWorkspace, putIntegrations } from './kit.js';

describe('previews', () => {
  it('come back whole within 24 hours, also after the process was killed', async () => {
    const workspace = await openWorkspace();
    await putIntegrations(workspace.repositories, 'i1');
    const preview = aPreview('v1', { notices: Array.from({ length: 5_000 }, (_, n) => `notice ${String(n)} 🔥`) });
    await workspace.repositories.previews.put(preview, 'i1');
    for (const { repositories } of [workspace, await workspace.reopen()]) {
      expect(await repositories.previews.get('v1', preview.madeAtMs + previewLifeMs)).toEqual(preview);
      expect(await repositories.previews.get('v1', preview.madeAtMs + previewLifeMs + 1)).toBeNull();
      expect(await repositories.previews.get('v2', preview.madeAtMs)).toBeNull();
    }
  });

  it('expire with their files, and nothing else does', async () => {
    const { repositories, fileSystem, database } = await openWorkspace();
    await putIntegrations(repositories, 'i1');
    const { previews } = repositories;
    await previews.put(aPreview('old', { madeAtMs: 1_000 }), 'i1');
    await previews.put(aPreview('new', { madeAtMs: 5_000 }), 'i1');
    const files = (): readonly string[] => fileSystem.paths().filter((path) => path.includes('/runs/preview-'));
    expect(files()).toHaveLength(2);
    expect(await previews.expire(4_000 + previewLifeMs)).toBe(1);
    expect(files()).toHaveLength(1);
    expect(await previews.get('new', 5_000)).toMatchObject({ id: 'new' });
    await previews.remove('new');
    await previews.remove('nobody');
    expect(files()).toEqual([]);
    expect((await database.status()).segments.runs).toBe(0);
  });

  it('of an unknown integration are refused', async () => {
    const { repositories } = await openWorkspace();
    await expect(repositories.previews.put(aPreview('v1'), 'nobody')).rejects.toThrow(
      expect.objectContaining({ code: 'internal' }),
    );
  });
});
