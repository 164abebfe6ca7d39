import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { makeTempTree, type TempTree } from '../support/temp-tree.js';

interface Start {
  findRuntime(where: {
    packageFolder: string | null;
    env: Readonly<Record<string, string | undefined>>;
    platform: string;
  }): string | null;
}

let tree: TempTree | null = null;
afterEach(() => {
  tree?.remove();
  tree = null;
});

/** A clone in which `serve` and Electron only say what they were given. */
function makeClone(): TempTree {
  tree = makeTempTree();
  tree.copy('build/start.mjs');
  tree.write('package.json', JSON.stringify({ type: 'module' }));
  tree.write('out/main/headless.js', "console.log('headless', ...process.argv.slice(2)); process.exitCode = 3;");
  tree.write('node_modules/electron/package.json', JSON.stringify({ name: 'electron', version: '1.0.0' }));
  // Would hang: nobody may run it where nothing can be fetched.
  tree.write('node_modules/electron/install.js', 'setInterval(() => {}, 1000);');
  return tree;
}

function addRuntime(clone: TempTree, path: string): void {
  clone.write(path, '#!/bin/sh\necho "electron $@"\nexit 5\n');
  chmodSync(join(clone.path, path), 0o755);
}

/** No network: the address of the runtime's server leads nowhere. */
const offline = { ...process.env, ELECTRON_MIRROR: 'http://127.0.0.1:9/', ELECTRON_OVERRIDE_DIST_PATH: '' };
const start = 'build/start.mjs';

describe('npm start', () => {
  it('opens the local page, after one line that says why, where the runtime cannot be had', () => {
    const { stdout, stderr, code } = makeClone().run(process.execPath, [start], offline);
    expect(stdout).toBe('headless serve --open\n');
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('not on this machine and cannot be fetched')]);
    expect(code).toBe(3);
  });

  it('starts Electron on the project where the runtime is', () => {
    const clone = makeClone();
    clone.write('node_modules/electron/path.txt', 'electron');
    addRuntime(clone, 'node_modules/electron/dist/electron');
    const { stdout, stderr, code } = clone.run(process.execPath, [start, '--sync-all'], offline);
    expect(stdout).toBe(`electron ${clone.path} --sync-all\n`);
    expect([stderr, code]).toEqual(['', 5]);
  });

  it('takes a runtime that ELECTRON_OVERRIDE_DIST_PATH names, and fetches none where it is missing there', () => {
    const clone = makeClone();
    const env = { ...offline, ELECTRON_OVERRIDE_DIST_PATH: join(clone.path, 'runtime') };
    expect(clone.run(process.execPath, [start], env).stdout).toBe('headless serve --open\n');
    addRuntime(clone, 'runtime/electron');
    expect(clone.run(process.execPath, [start], env).stdout).toBe(`electron ${clone.path}\n`);
  });

  it('knows where each system has the executable', async () => {
    const clone = makeClone();
    const { findRuntime } = (await import(join(clone.path, start))) as Start;
    const packageFolder = join(clone.path, 'node_modules/electron');
    for (const [platform, name] of [
      ['linux', 'electron'],
      ['win32', 'electron.exe'],
      ['darwin', 'Electron.app/Contents/MacOS/Electron'],
    ] as const) {
      expect(findRuntime({ packageFolder, env: {}, platform })).toBeNull();
      addRuntime(clone, `node_modules/electron/dist/${name}`);
      expect(findRuntime({ packageFolder, env: {}, platform })).toBe(join(packageFolder, 'dist', name));
    }
    expect(findRuntime({ packageFolder: null, env: {}, platform: 'linux' })).toBeNull();
  });
});
