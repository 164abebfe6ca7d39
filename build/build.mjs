/**
 * Makes out/: the terminal host and the store's worker, each one file with all its dependencies inside, and sql.js's
 * wasm. `out` needs no node_modules; that is why package.json has only devDependencies.
 */
import { chmod, copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'vite';
import { noElectron } from './no-electron.mjs';

// sql.js, once bundled into an ES module, still reads __dirname.
const commonJsNames = [
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  "import { dirname as __dirnameOf } from 'node:path';",
  'const __filename = __fileURLToPath(import.meta.url), __dirname = __dirnameOf(__filename);',
].join(' ');

const entries = [
  { input: 'main/headless/index.ts', file: 'main/headless.js', executable: true },
  { input: 'main/store/worker.ts', file: 'main/store-worker.js', executable: false },
];

/** Bundles one entry into one ES module for Node, dependencies and all. */
async function bundle({ input, file, executable }, folder) {
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [noElectron],
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: true,
      target: 'node20',
      outDir: folder,
      emptyOutDir: false,
      sourcemap: true,
      minify: false,
      // MIT and its like ask that their text goes with every copy.
      license: { fileName: `assets/licences-${file.replace(/^.*\/|\.js$/g, '')}.md` },
      rolldownOptions: {
        input,
        external: [...builtinModules, /^node:/],
        output: {
          format: 'es',
          entryFileNames: file,
          codeSplitting: false,
          banner: executable ? `#!/usr/bin/env node\n${commonJsNames}` : commonJsNames,
        },
      },
    },
  });
  if (executable) await chmod(join(folder, file), 0o755);
}

async function main() {
  const missing = entries.map(({ input }) => input).filter((input) => !existsSync(input));
  if (missing.length > 0) throw new Error(`no such entry: ${missing.join(', ')}`);

  // Built aside and renamed into place: whoever runs `out` meanwhile sees the old file or the new one, never half of it,
  // and a build that fails leaves nothing behind.
  const staging = `out/.staging-${process.pid}`;
  try {
    for (const entry of entries) await bundle(entry, staging);
    await copyFile(
      createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm'),
      `${staging}/assets/sql-wasm.wasm`,
    );
    for (const name of await readdir(staging, { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const from = join(name.parentPath, name.name);
      const to = join('out', from.slice(staging.length + 1));
      await mkdir(dirname(to), { recursive: true });
      await rename(from, to);
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
