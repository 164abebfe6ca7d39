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
  }, 60_000);
  afterAll(() => browser.close());

  it.each(screens)(
    '$name: nothing that axe finds in either theme, nothing that the policy refuses',
    { timeout: 150_000 },
    async (screen) => {
      const { page, complaints, close } = await browser.open(createFakeBridge(screen.scene), screen.path);
      await page.emulateMedia({ reducedMotion: 'reduce' });
      await page.waitForSelector(screen.ready, { timeout: 30_000 });
      await page.evaluate(axeSource);
      for (const theme of ['light', 'dark', 'contrast']) {
        const found = await page.evaluate(async (name) => {
          document.documentElement.dataset['theme'] = name;
          // Colours fade; what is measured half-way is neither theme.
          await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
          const { axe: checker } = globalThis as unknown as { readonly axe: typeof axe };
          const { violations } = await checker.run(document, { resultTypes: ['violations'] });
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
        }, theme);
        expect(found, theme).toEqual([]);
      }
      expect(complaints).toEqual([]);
      await close();
    },
  );
});
