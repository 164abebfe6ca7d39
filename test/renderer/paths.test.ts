import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { describeWith } from '../support/require.js';
import { createFakeBridge, type FakeBridge } from './fake-bridge.js';
import * as data from './fake-data.js';
import { startBrowser, type Browser } from './window.js';

const inputsOf = (bridge: FakeBridge, name: string): readonly unknown[] =>
  bridge.calls.filter((call) => call.name === name).map(({ input }) => input);

async function firstRow(page: Page): Promise<string> {
  return page.locator('[role=grid] [role=row][aria-rowindex="2"]').innerText();
}

describeWith('browser', 'ways through the window', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  }, 60_000);
  afterAll(() => browser.close());

  it(
    'goes from nothing to the first preview on practice trackers without a credential',
    { timeout: 60_000 },
    async () => {
      const bridge = createFakeBridge({
        empty: true,
        app: { workspace: { state: 'missing', problem: null, keyStore: 'secure', slots: [] } },
      });
      const { page } = await browser.open(bridge);
      await page.getByRole('button', { name: 'Start practising' }).click();
      await page.getByText('K7QD').waitFor();
      await expect(page.getByRole('button', { name: 'Continue' }).isDisabled()).resolves.toBe(true);
      await page.getByText('I have kept it').click();
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('grid', { name: 'Plan' }).waitFor();
      expect(inputsOf(bridge, 'workspace.create')).toEqual([{}]);
      expect(inputsOf(bridge, 'preview.make')).toContainEqual({ name: 'web-shop' });
    },
  );

  it(
    'carries out exactly the preview less the rows that were left out, once the brake is released',
    { timeout: 60_000 },
    async () => {
      const bridge = createFakeBridge();
      const { page } = await browser.open(bridge, '/integrations/web-shop/preview?id=preview-1');
      const carryOut = page.getByRole('button', { name: /^Carry out/u });
      await carryOut.waitFor();
      expect(await carryOut.isDisabled()).toBe(true);
      await page.getByText('Release for this run').click();
      await page.getByRole('grid', { name: 'Plan' }).focus();
      // The second item; x leaves out what is active, and a new item's fields go with it.
      for (let step = 0; step < 6; step += 1) await page.keyboard.press('j');
      await page.keyboard.press('x');
      await page.getByText('3 rows left out').waitFor();
      await page.getByRole('button', { name: 'Carry out 4 changes' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Carry out' }).click();
      await page.getByRole('heading', { name: /Sync/u }).waitFor();
      expect(inputsOf(bridge, 'sync.plan')).toEqual([
        { name: 'web-shop', previewId: 'preview-1', hash: 'hash', leaveOut: [3, 4, 5] },
      ]);
    },
  );

  it('decides conflicts by keyboard alone', { timeout: 60_000 }, async () => {
    const bridge = createFakeBridge();
    const { page } = await browser.open(bridge, '/conflicts');
    await page.getByRole('listbox', { name: 'Conflicts' }).waitFor();
    await page.keyboard.press('j');
    await page.getByRole('option', { name: /#18/u, selected: true }).waitFor();
    await page.keyboard.press('2');
    await page.getByText('Right will be taken at the next run').waitFor();
    await page.getByRole('option', { name: /#14/u, selected: true }).waitFor();
    await page.keyboard.press('k');
    await page.keyboard.press('1');
    await expect
      .poll(() => inputsOf(bridge, 'conflict.resolve'))
      .toEqual([
        { id: 'c2', resolution: { take: 'right' } },
        { id: 'c1', resolution: { take: 'left' } },
      ]);
  });

  it('gets anywhere with the command palette', { timeout: 60_000 }, async () => {
    const { page } = await browser.open(createFakeBridge());
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('priv');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Privacy' }).waitFor();
  });

  it('cancels a preview that takes long', { timeout: 60_000 }, async () => {
    const bridge = createFakeBridge({ hangs: ['preview.make'] });
    const { page } = await browser.open(bridge, '/integrations/web-shop/preview');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Nothing was written, and nothing was kept.').waitFor();
  });

  it('shows a million rows: no blank frame, and only what is seen is held', { timeout: 120_000 }, async () => {
    const bridge = createFakeBridge({ logRows: 1_000_000 });
    const { page } = await browser.open(bridge, '/log');
    await page.getByText('1,000,000 rows').waitFor();
    expect(await firstRow(page)).toContain('(0)');
    const blanks = await page.evaluate(async () => {
      const scroller = document.querySelector('[data-scroller]');
      if (scroller === null) throw new Error('no scroller');
      let empty = 0;
      for (let step = 1; step <= 60; step += 1) {
        scroller.scrollTop = (scroller.scrollHeight * step) / 60;
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        const { left, top, height } = scroller.getBoundingClientRect();
        // Something of a row lies at the top, in the middle and at the bottom of what is seen.
        for (const share of [0.02, 0.5, 0.97]) {
          const at = document.elementFromPoint(left + 40, top + height * share);
          if (at?.closest('[role=row]') === null || at === null) empty += 1;
        }
      }
      return empty;
    });
    expect(blanks).toBe(0);
    await page.getByRole('grid', { name: 'Log' }).focus();
    await page.keyboard.press('End');
    await page.getByText('(999999)').waitFor();
    const rows = await page.locator('[role=grid] [role=row]').count();
    expect(rows).toBeLessThan(80);
  });

  it('shows hostile text of a tracker as text', { timeout: 150_000 }, async () => {
    const title = '<img src=x onerror="document.title=1"> \u202etxet \u0007 javascript:alert(1)';
    const bridge = createFakeBridge({
      override: {
        'preview.get': () =>
          data.preview(Date.now(), {
            rows: data.planRows.map((row) => ({
              ...row,
              title: row.seq === 0 ? title + 'x'.repeat(5_000_000) : title,
            })),
          }),
      },
    });
    const { page, complaints } = await browser.open(bridge, '/integrations/web-shop/preview?id=preview-1');
    const grid = page.getByRole('grid', { name: 'Plan' });
    // Megabytes take their time on the way into the page.
    await grid.waitFor({ timeout: 120_000 });
    const text = await grid.innerText();
    expect(text).toContain('<img src=x onerror="document.title=1">');
    expect(text).not.toContain('\u202e');
    expect(text.length).toBeLessThan(20_000);
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('a viewer may look, and has no button that changes anything', { timeout: 60_000 }, async () => {
    const { page } = await browser.open(createFakeBridge({ app: { role: 'viewer' } }));
    await page.getByText('You may look, not change.').waitFor();
    expect(await page.getByRole('button', { name: /Sync now|Cancel|Preview|More for/u }).count()).toBe(0);
  });
});
