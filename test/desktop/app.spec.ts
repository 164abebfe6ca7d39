import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bridge } from '../../preload/contract/events.js';

/** Set by the workflow: the executable of the app that was just packaged. */
const executablePath = process.env['LOCKSTEP_APP'] ?? '';
const present = executablePath !== '' && existsSync(executablePath);
const title = present ? 'the packaged app' : 'the packaged app [skipped: LOCKSTEP_APP names no executable]';

describe.skipIf(!present)(title, () => {
  let app: ElectronApplication;
  let page: Page;
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-app-'));

  beforeAll(async () => {
    // Passing its own switches is Playwright's way in; the fuse against --inspect would close it, so this is an app
    // packaged with that one fuse open (see the workflow).
    app = await _electron.launch({
      executablePath,
      env: { ...process.env, LOCKSTEP_DATA: folder },
    });
    page = await app.firstWindow();
    await page.waitForLoadState('domcontentloaded');
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows its page from its own scheme, without an error', async () => {
    expect(page.url()).toMatch(/^app:\/\/lockstep\/index\.html/);
    await page.getByRole('heading').first().waitFor();
  });

  it('gives the page the bridge and nothing of Node or Electron', async () => {
    const found = await page.evaluate(() => {
      const names = ['require', 'process', 'module', 'electron', 'ipcRenderer'];
      const scope = globalThis as Record<string, unknown>;
      return {
        lockstep: Object.keys(scope['lockstep'] as object).sort(),
        leaks: names.filter((name) => name in scope),
      };
    });
    expect(found).toEqual({ lockstep: ['call', 'cancel', 'subscribe'], leaks: [] });
  });

  it('makes a workspace in a worker out of the package, and keeps it', async () => {
    const made = await page.evaluate(() =>
      (globalThis as unknown as { lockstep: Bridge }).lockstep.call('workspace.create', { passphrase: 'of this test' }),
    );
    expect(made).toMatchObject({ ok: true });
  });

  it('lets the page reach no network and open no window', async () => {
    const reached = await page.evaluate(() =>
      fetch('https://example.com/').then(
        () => true,
        () => false,
      ),
    );
    expect(reached).toBe(false);
    const pages = app.windows().length;
    await page.evaluate('window.open("https://example.com/")');
    expect(app.windows().length).toBe(pages);
  });
});
