/** Writes a picture of every screen in both themes: `LOCKSTEP_SCREENSHOTS=folder npx vitest run --project browser test/renderer/screenshots`. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createFakeBridge } from './fake-bridge.js';
import { screens } from './screens.js';
import { startBrowser } from './window.js';

export async function takeScreenshots(folder: string, only: readonly string[] = []): Promise<void> {
  await mkdir(folder, { recursive: true });
  const browser = await startBrowser();
  try {
    for (const { name, path, ready, scene } of screens.filter((one) => only.length === 0 || only.includes(one.name))) {
      for (const theme of ['light', 'dark'] as const) {
        const { page, complaints } = await browser.open(createFakeBridge({ ...scene, theme }), path);
        await page.emulateMedia({ colorScheme: theme });
        await page.waitForSelector(ready, { timeout: 30_000 }).catch(() => console.error(`${name}: not ready`));
        await page.waitForTimeout(250);
        await page.screenshot({ path: join(folder, `${name}-${theme}.png`) });
        if (complaints.length > 0) console.error(name, complaints.slice(0, 3));
      }
    }
  } finally {
    await browser.close();
  }
}
