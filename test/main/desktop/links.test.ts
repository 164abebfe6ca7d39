import { beforeEach, describe, expect, it } from 'vitest';
import { openLink } from '../../../main/desktop/open-link.js';
import { silentLog } from '../../../main/logging/app-log.js';
import { resetElectron, world } from '../../fakes/electron.js';

beforeEach(resetElectron);

const destinations = {
  connections: ['https://tracker.example/redmine', 'http://127.0.0.1:3000', 'not an address'],
  pages: ['https://docs.example/api'],
};
const open = (url: string): Promise<boolean> => openLink(url, () => Promise.resolve(destinations), silentLog);

describe('a link', () => {
  it.each([
    'https://tracker.example/redmine/issues/7',
    'https://tracker.example/elsewhere',
    'http://127.0.0.1:3000/issues/7#note-2',
    'https://docs.example/api',
  ])('%s opens in the browser', async (url) => {
    expect(await open(url)).toBe(true);
    expect(world.opened).toEqual([url]);
  });

  it.each([
    'http://tracker.example/redmine/issues/7',
    'https://tracker.example:8443/',
    'https://evil.example/',
    'https://tracker.example.evil.example/',
    'https://tracker.example@evil.example/',
    'https://user:password@tracker.example/',
    'https://docs.example/other',
    'http://127.0.0.1:3001/',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'smb://tracker.example/share',
    'ms-msdt:/id',
    'data:text/html,x',
    '\\\\tracker.example\\share',
    '',
    `https://tracker.example/${'x'.repeat(5_000)}`,
  ])('%s opens nothing', async (url) => {
    expect(await open(url)).toBe(false);
    expect(world.opened).toEqual([]);
  });

  it('opens nothing where the workspace is locked', async () => {
    const nothing = { connections: [], pages: [] };
    expect(await openLink('https://tracker.example/', () => Promise.resolve(nothing), silentLog)).toBe(false);
  });
});
