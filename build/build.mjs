/**
 * Makes out/: the desktop host and its preload, the terminal host and the store's worker, each one file with all its
 * dependencies inside, the window's files, and sql.js's wasm. `out` needs no node_modules; that is why package.json has only devDependencies.
 */
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { build } from 'vite';
import { noElectron } from './no-electron.mjs';
import { bundleRenderer } from './renderer.mjs';

// sql.js, once bundled into an ES module, still reads __dirname.
const commonJsNames = [
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  "import { dirname as __dirnameOf } from 'node:path';",
  'const __filename = __fileURLToPath(import.meta.url), __dirname = __dirnameOf(__filename);',
].join(' ');

const entries = [
  { input: 'main/headless/index.ts', file: 'main/headless.js', executable: true },
  { input: 'main/store/worker.ts', file: 'main/store-worker.js' },
  { input: 'main/desktop/index.ts', file: 'main/index.js', electron: true },
  // The sandbox gives a preload script nothing but CommonJS.
  { input: 'preload/index.ts', file: 'preload/index.cjs', electron: true, format: 'cjs' },
];

/** What the packages keep outside of the asar; the desktop host compares them with these hashes before it uses them. */
const unpacked = ['main/store-worker.js', 'assets/sql-wasm.wasm'];

/** Bundles one entry into one module for Node or Electron, dependencies and all. */
async function bundle({ input, file, executable = false, electron = false, format = 'es' }, folder) {
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: electron ? [] : [noElectron],
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: true,
      target: 'node20',
      outDir: folder,
      emptyOutDir: false,
      sourcemap: true,
      minify: false,
      // MIT and its like ask that their text goes with every copy.
      license: { fileName: `assets/licences-${file.replace(/\/index\.c?js$|\.js$/, '').replace(/^.*\//, '')}.md` },
      rolldownOptions: {
        input,
        external: [...builtinModules, /^node:/, ...(electron ? ['electron'] : [])],
        output: {
          format,
          entryFileNames: file,
          codeSplitting: false,
          banner: format === 'cjs' ? '' : executable ? `#!/usr/bin/env node\n${commonJsNames}` : commonJsNames,
        },
      },
    },
  });
  if (executable) await chmod(join(folder, file), 0o755);
}

/** Paths below the folder, sorted, with `/`. */
async function filesIn(folder) {
  if (!existsSync(folder)) return [];
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

/** What the window may load, and the hashes of what stands outside of the asar. The desktop host serves nothing else. */
async function listFiles(folder) {
  const hash = async (name) =>
    createHash('sha256')
      .update(await readFile(join(folder, name)))
      .digest('hex');
  const renderer = (await filesIn(join(folder, 'renderer'))).filter((name) => !name.endsWith('.map'));
  const hashes = await Promise.all(unpacked.map(async (name) => [`out/${name}`, await hash(name)]));
  return { renderer, unpacked: Object.fromEntries(hashes) };
}

async function main() {
  const missing = entries.map(({ input }) => input).filter((input) => !existsSync(input));
  if (missing.length > 0) throw new Error(`no such entry: ${missing.join(', ')}`);

  // Built aside and renamed into place: whoever runs `out` meanwhile sees the old file or the new one, never half of it,
  // and a build that fails leaves nothing behind.
  const staging = `out/.staging-${process.pid}`;
  try {
    for (const entry of entries) await bundle(entry, staging);
    await bundleRenderer(staging);
    await copyFile(
      createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm'),
      `${staging}/assets/sql-wasm.wasm`,
    );
    for (const name of await readdir('build/tray')) await copyFile(`build/tray/${name}`, `${staging}/assets/${name}`);
    await writeFile(`${staging}/assets/files.json`, `${JSON.stringify(await listFiles(staging), null, 2)}\n`);
    const made = await filesIn(staging);
    for (const name of made) {
      const from = join(staging, name);
      const to = join('out', name);
      await mkdir(dirname(to), { recursive: true });
      await rename(from, to);
    }
    // The window's files carry a hash in their names: those of the build before would stay for ever.
    for (const name of await filesIn('out/renderer')) {
      if (!made.includes(`renderer/${name}`)) await rm(join('out/renderer', name));
    }
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

process.chdir(dirname(import.meta.dirname));
main().catch((error) => {
  console.error(`build failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
