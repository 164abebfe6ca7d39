/** Makes the window's files: no inline script, no source map, every path relative, so that any scheme can serve them. */
import { mkdir, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { build } from 'vite';

/** Bundles renderer/ into `folder`/renderer. */
export async function bundleRenderer(folder) {
  const outDir = resolve(folder, 'renderer');
  await build({
    configFile: false,
    logLevel: 'warn',
    root: 'renderer',
    base: './',
    publicDir: false,
    plugins: [react()],
    build: {
      outDir,
      emptyOutDir: true,
      target: 'chrome140',
      sourcemap: false,
      // Data addresses would need a hole in the content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      license: { fileName: 'licences.md' },
    },
  });
  // Beside the others: the window has no use for it.
  await mkdir(join(folder, 'assets'), { recursive: true });
  await rename(join(outDir, 'licences.md'), join(folder, 'assets', 'licences-renderer.md'));
}
