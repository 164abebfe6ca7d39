import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executable } from '../support/dummy-executable.js';
import { makeTempTree, projectRoot, type TempTree } from '../support/temp-tree.js';

interface CheckPackage {
  checkApp(folder: string): readonly string[];
}
const { checkApp } = (await import(join(projectRoot, 'build/check-package.mjs'))) as CheckPackage;

/** A folder that electron-builder takes for Electron's; nothing in it can run. */
function makeElectronDist(tree: TempTree): string {
  const dist = join(tree.path, 'electron-dist');
  for (const folder of ['resources', 'locales']) mkdirSync(join(dist, folder), { recursive: true });
  for (const name of ['chrome-sandbox', 'chrome_crashpad_handler']) tree.write(`electron-dist/${name}`, '#!/bin/sh\n');
  writeFileSync(join(dist, 'electron'), executable('111111111'));
  for (const name of ['electron', 'chrome-sandbox', 'chrome_crashpad_handler']) chmodSync(join(dist, name), 0o755);
  for (const name of ['de', 'en-GB', 'en-US', 'fr']) tree.write(`electron-dist/locales/${name}.pak`, '');
  tree.write('electron-dist/version', '45.4.1');
  tree.write('electron-dist/LICENSE', 'MIT');
  tree.write('electron-dist/LICENSES.chromium.html', '<html></html>');
  return dist;
}

/** The real packager over the real build, with a dummy in Electron's place: the fuses are seen set, not heeded. */
describe('a package for Linux, unpacked', () => {
  let tree: TempTree;
  let app: string;

  beforeAll(() => {
    tree = makeTempTree();
    tree.copy('package.json', 'LICENSE', 'electron-builder.yml', 'build/icons', 'build/entitlements.mac.plist', 'out');
    // What lies about in a clone and must stay there.
    tree.write('.env', 'SECRET=1');
    tree.write('out/main/index.js.map', '{}');
    tree.write('out/renderer/old.map', '{}');
    tree.write('test/left.ts', '');
    symlinkSync(join(projectRoot, 'node_modules'), join(tree.path, 'node_modules'));
    const builder = join(projectRoot, 'node_modules/electron-builder/cli.js');
    const args = [builder, '--linux', '--dir', `-c.electronDist=${makeElectronDist(tree)}`];
    const { code, stdout, stderr } = tree.run(process.execPath, args, { ...process.env, NO_COLOR: '1' });
    expect(code, stdout + stderr).toBe(0);
    app = join(tree.path, 'dist/linux-unpacked');
  }, 120_000);
  afterAll(() => {
    tree.remove();
  });

  it('has the nine fuses as decided, and holds what it must and nothing else', () => {
    expect(checkApp(app)).toEqual([]);
  });

  it('keeps its own icons and drops the languages that it does not speak', () => {
    expect(existsSync(join(app, 'locales/en-US.pak'))).toBe(true);
    expect(existsSync(join(app, 'locales/de.pak'))).toBe(false);
  });

  it('would be caught with a file too many, a file changed outside of the asar, or a fuse left on', () => {
    tree.write('dist/linux-unpacked/resources/app/index.js', '');
    expect(checkApp(app)).toEqual(['resources/app must not ship']);
    tree.run('rm', ['-r', join(app, 'resources/app')]);
    const worker = 'dist/linux-unpacked/resources/app.asar.unpacked/out/main/store-worker.js';
    const before = readFileSync(join(tree.path, worker), 'utf8');
    tree.write(worker, `${before}\n// changed`);
    expect(checkApp(app)).toEqual(['out/main/store-worker.js is not the file that files.json knows']);
    tree.write(worker, before);
    writeFileSync(join(app, 'lockstep'), executable('111111111'));
    expect(checkApp(app).join()).toContain('RunAsNode is 1, not off');
  });
});
