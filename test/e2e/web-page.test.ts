import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/require.js';
import { createTerminal, type Started } from '../support/terminal.js';

const passphrase = 'correct horse battery';

describeWith('browser', 'the local web page in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-web-'));
  let program: Started;
  let browser: BrowserContext;
  let foreign: Server;
  let addresses: { readonly origin: string; readonly admin: string; readonly viewer: string };

  beforeAll(async () => {
    program = createTerminal({}).start(['serve', '--json', '--data', join(folder, 'data')]);
    addresses = await new Promise((resolve) => {
      let text = '';
      program.process.stdout?.on('data', (chunk: string) => {
        text += chunk;
        if (text.trimEnd().endsWith('}')) resolve(JSON.parse(text) as typeof addresses);
      });
    });
    browser = await chromium.launchPersistentContext(join(folder, 'profile'), {
      executablePath: process.env['LOCKSTEP_BROWSER'] ?? '/usr/bin/chromium',
      headless: true,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
    });
    foreign = createServer((_request, response) => response.end('<!doctype html><title>Another page</title>'));
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
  });

  afterAll(async () => {
    await browser.close();
    foreign.close();
    program.process.kill('SIGINT');
    const { code } = await program.ended;
    rmSync(folder, { recursive: true, force: true });
    expect(code).toBe(0);
  });

  it('lets in who has the code, makes a workspace, keeps the session at a reload; a code opens one page', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(addresses.admin);
    await page.getByRole('heading', { name: 'Keep two trackers in step' }).waitFor();
    expect(page.url()).not.toContain('code=');
    await page.getByRole('button', { name: 'Connect a tracker' }).click();
    await page.getByLabel('Passphrase').fill(passphrase);
    await page.getByLabel('The same again').fill(passphrase);
    await page.getByRole('button', { name: 'Make the workspace' }).click();
    await page.getByRole('heading', { name: 'Keep your recovery key' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(complaints).toEqual([]);
    expect(await browser.cookies()).toEqual([]);

    const second = await browser.newPage();
    await second.goto(addresses.admin);
    await second.getByText('This code is wrong, too old, or was used before').waitFor();
    await second.close();
    await page.close();
  });

  it('lets a viewer look, and refuses what would change something', async () => {
    const page = await browser.newPage();
    await page.goto(addresses.viewer);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    // As text: the types of Node's tests know no sessionStorage.
    const token = await page.evaluate<string>("sessionStorage.getItem('lockstep.session')");
    const answers = await page.evaluate(async (bearer) => {
      const headers = { 'Authorization': `Bearer ${bearer}`, 'Content-Type': 'application/json' };
      const post = async (name: string) =>
        (await fetch(`call/${name}`, { method: 'POST', headers, body: '{}' })).status;
      return [await post('status.get'), await post('workspace.close'), await post('sync.run')];
    }, token);
    expect(answers).toEqual([200, 403, 403]);
    await page.close();
  });

  it('is out of reach for a page of another port, with whatever it sends', async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${String((foreign.address() as AddressInfo).port)}/`);
    const results = await page.evaluate(async (origin) => {
      const outcome = (init: RequestInit, path: string): Promise<string> =>
        fetch(origin + path, init).then(
          (response) => `${response.type} ${String(response.status)}`,
          () => 'failed',
        );
      const json = { 'Content-Type': 'application/json', 'Authorization': 'Bearer x' };
      return [
        await outcome({ method: 'POST', headers: json, body: '{}' }, '/call/app.get'),
        await outcome({ method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: '{}' }, '/login'),
        await outcome({}, '/events'),
        await outcome({}, '/'),
      ];
    }, addresses.origin);
    expect(results).toEqual(['failed', 'failed', 'failed', 'failed']);
    await page.close();
  });
});
