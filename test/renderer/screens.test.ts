import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type axe from 'axe-core';
import { describeWith } from '../support/require.js';
import { createFakeBridge } from './fake-bridge.js';
import { screens } from './screens.js';
import { startBrowser, type Browser } from './window.js';

describeWith('browser', 'every screen', () => {
  let browser: Browser;
  let axeSource: string;
  beforeAll(async () => {
    browser = await startBrowser();
    axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  });
  afterAll(() => browser.close());

  it.each(screens)('$name: nothing that axe finds in any theme, nothing that the policy refuses', async (screen) => {
    const { page, complaints } = await browser.open(createFakeBridge(screen.scene), screen.path);
    await page.waitForSelector(screen.ready);
    await page.evaluate(axeSource);
    const found = await page.evaluate(async () => {
      const { axe: checker } = globalThis as unknown as { readonly axe: typeof axe };
      const all: string[] = [];
      for (const theme of ['light', 'dark', 'contrast']) {
        document.documentElement.dataset['theme'] = theme;
        // Colours fade; what is measured half-way is neither theme.
        await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
        // A theme changes colours and nothing else, so the other rules need one look.
        const only = theme === 'light' ? {} : { runOnly: ['color-contrast', 'link-in-text-block'] };
        const { violations } = await checker.run(document, { resultTypes: ['violations'], ...only });
        for (const { id, nodes } of violations)
          all.push(
            `${theme}, ${id}: ${nodes.map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ''}`).join(' | ')}`,
          );
      }
      return all;
    });
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
