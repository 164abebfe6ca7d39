import { it } from 'vitest';
import { describeWith } from '../support/require.js';
import { takeScreenshots } from './screenshots.js';

const folder = process.env['LOCKSTEP_SCREENSHOTS'];

describeWith('browser', 'pictures of every screen', () => {
  it.skipIf(folder === undefined)('are written to LOCKSTEP_SCREENSHOTS', { timeout: 300_000 }, async () => {
    await takeScreenshots(
      folder ?? '',
      (process.env['LOCKSTEP_SCREENS'] ?? '').split(',').filter((name) => name !== ''),
    );
  });
});
