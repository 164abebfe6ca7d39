import { mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadPageFiles } from '../../../../main/headless/web/page-files.js';
import { createNodeFileSystem } from '../../../../main/store/node-file-system.js';
import { makeTempTree } from '../../../support/temp-tree.js';
import { withServed } from './support/served.js';

describe('the files of the page', () => {
  it('come with their types; hashed names may be kept, the page itself may not', () =>
    withServed(async ({ request }) => {
      const page = await request('GET', '/');
      const script = await request('GET', '/assets/index-AbCd1234.js');
      const icon = await request('GET', '/icon.svg');
      expect([page, script, icon].map(({ status, headers }) => [status, headers['content-type']])).toEqual([
        [200, 'text/html; charset=utf-8'],
        [200, 'text/javascript; charset=utf-8'],
        [200, 'image/svg+xml; charset=utf-8'],
      ]);
      expect([page, script, icon].map(({ headers }) => headers['cache-control'])).toEqual([
        'no-store',
        'public, max-age=31536000, immutable',
        'no-store',
      ]);
      const head = await request('HEAD', '/');
      expect([head.status, head.body]).toEqual([200, '']);
    }));

  it('carry the policy, with another nonce at each load', () =>
    withServed(async ({ request }) => {
      const nonces = [];
      for (let loads = 0; loads < 2; loads += 1) {
        const { body, headers } = await request('GET', '/');
        const nonce = /nonce="([\w-]{22})"/u.exec(body)?.[1] ?? '';
        nonces.push(nonce);
        expect(headers['content-security-policy']).toBe(
          "default-src 'none'; script-src 'self'; " +
            `style-src 'self' 'nonce-${nonce}'; style-src-attr 'none'; ` +
            "img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src 'none'; frame-src 'none'; " +
            "worker-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        );
      }
      expect(new Set(nonces).size).toBe(2);
    }));

  it('and everything else have the headers that keep other pages out', () =>
    withServed(async ({ request }) => {
      const answers = [
        await request('GET', '/'),
        await request('GET', '/icon.svg'),
        await request('GET', '/nothing'),
        await request('POST', '/login', { body: { code: 'x' } }),
        await request('GET', '/', { headers: { Host: 'evil.example' } }),
      ];
      for (const { headers } of answers) {
        expect(headers).toMatchObject({
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'referrer-policy': 'no-referrer',
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-resource-policy': 'same-origin',
        });
        expect(headers['content-security-policy']).toContain("default-src 'none'");
        expect(headers['server']).toBeUndefined();
      }
    }));

  it('are found by their exact names only', () =>
    withServed(async ({ request }) => {
      const paths = [
        '/../package.json',
        '/..%2fpackage.json',
        '/%2e%2e/package.json',
        '/assets/../index.html',
        '/assets/..%5c..%5cpackage.json',
        '//index.html',
        '/index.html/',
        '/index.html%00.js',
        '/INDEX.HTML',
        '/assets/',
        '/assets/index-AbCd1234.js.map',
        '/__proto__',
        '/?x',
      ];
      for (const path of paths) expect([path, (await request('GET', path)).status]).toEqual([path, 404]);
    }));

  it('are those that the build listed, whatever else lies there', () => {
    const tree = makeTempTree();
    try {
      tree.write(
        'assets/files.json',
        JSON.stringify({ renderer: ['index.html', 'assets/a-12345678.css'], unpacked: {} }),
      );
      tree.write('renderer/index.html', '<html></html>');
      tree.write('renderer/assets/a-12345678.css', 'a {}');
      tree.write('renderer/assets/a-12345678.css.map', '{}');
      mkdirSync(`${tree.path}/renderer/more`);
      symlinkSync('/etc', `${tree.path}/renderer/more/etc`);
      const files = loadPageFiles(createNodeFileSystem(), tree.path);
      expect([...files.keys()]).toEqual(['/index.html', '/assets/a-12345678.css']);
      expect(files.get('/assets/a-12345678.css')).toMatchObject({ type: 'text/css; charset=utf-8', hashed: true });
    } finally {
      tree.remove();
    }
  });

  it('say what to do where they are missing, or the list is none', () => {
    const lists = [null, '{', '{}', '{"renderer": []}', '{"renderer": ["a.css"]}', '{"renderer": ["index.html"]}'];
    const climbing = ['../secret.html', 'a/../../b.html', '/etc/passwd', '.hidden', 'a//b.js', 'a.exe'].map((name) =>
      JSON.stringify({ renderer: ['index.html', name] }),
    );
    for (const list of [...lists, ...climbing]) {
      const tree = makeTempTree();
      try {
        if (list !== null) tree.write('assets/files.json', list);
        if (list !== null && list !== '{"renderer": ["index.html"]}')
          tree.write('renderer/index.html', '<html></html>');
        tree.write('renderer/a.css', 'a {}');
        tree.write('secret.html', 'x');
        expect(() => loadPageFiles(createNodeFileSystem(), tree.path)).toThrow('The files of the page are not there.');
      } finally {
        tree.remove();
      }
    }
  });
});
