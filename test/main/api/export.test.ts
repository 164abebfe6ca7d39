import { afterEach, describe, expect, it } from 'vitest';
import type { Host } from '../../../main/app-host.js';
import { startOpenApp, type TestApp } from './app-kit.js';

let test: TestApp | null = null;
afterEach(async () => {
  await test?.app.close();
  test = null;
});

async function startWithRun(changes: Partial<Host> = {}): Promise<{ readonly test: TestApp; readonly runId: string }> {
  test = await startOpenApp(changes);
  await test.call('practice.start', {});
  // A first run stops at its brake; that is a run with a log, too.
  const { run } = await test.call('sync.run', { name: 'practice' });
  return { test, runId: run.id };
}

describe('an export', () => {
  it('is cancelled, and says so', async () => {
    const { test: app, runId } = await startWithRun();
    const signal = AbortSignal.abort();
    expect(await app.fail('export.make', { format: 'bundle', runId }, { signal })).toMatchObject({ code: 'cancelled' });
    expect(await app.fail('export.make', { format: 'csv' }, { signal })).toMatchObject({ code: 'cancelled' });
  });

  it('that the verifier refused is shown, and can be neither read nor saved', async () => {
    const saved: string[] = [];
    const { test: app, runId } = await startWithRun({
      appVersion: 'built-by-ann.jones@example.com',
      saveFile(name) {
        saved.push(name);
        return Promise.resolve(name);
      },
    });
    const { id, refusals, files } = await app.call('export.make', { format: 'bundle', runId });
    expect(refusals).toEqual(['versions.json holds a mail address.']);
    expect(files.map(({ name }) => name)).toContain('versions.json');
    expect(await app.fail('export.read', { id })).toMatchObject({ code: 'bundle-refused' });
    expect(await app.fail('export.save', { id })).toMatchObject({ code: 'bundle-refused' });
    expect(saved).toEqual([]);
  });
});
