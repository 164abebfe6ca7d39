/**
 * Looks into an app that electron-builder made: `node build/check-package.mjs dist/linux-unpacked`. What it finds is
 * said line by line; nothing found is exit code 0. The fuses are read as they are set; that Electron heeds them is seen
 * only where it runs.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { extractFile, listPackage } from '@electron/asar';

/** In the order of the executable's fuse wire (https://www.electronjs.org/docs/latest/tutorial/fuses). */
export const expectedFuses = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  GrantFileProtocolExtraPrivileges: false,
  WasmTrapHandlers: true,
};

const sentinel = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX', 'latin1');

/** The fuse wires of an executable (a universal one for macOS has two), each as text of 0, 1, r (removed). */
export function readFuseWires(executable) {
  const wires = [];
  for (let at = executable.indexOf(sentinel); at !== -1; at = executable.indexOf(sentinel, at + 1)) {
    const start = at + sentinel.length;
    if (executable[start] !== 1) continue;
    wires.push(executable.toString('latin1', start + 2, start + 2 + executable[start + 1]));
  }
  return wires;
}

export function checkFuses(executable) {
  const wires = readFuseWires(executable);
  const expected = Object.entries(expectedFuses);
  if (wires.length === 0) return ['the executable has no fuses'];
  return wires.flatMap((wire) => [
    ...(wire.length === expected.length
      ? []
      : [`the executable has ${wire.length} fuses, ${expected.length} are decided`]),
    ...expected.flatMap(([name, on], index) =>
      wire[index] === (on ? '1' : '0') ? [] : [`fuse ${name} is ${wire[index] ?? 'missing'}, not ${on ? 'on' : 'off'}`],
    ),
  ]);
}

const mayShip = [
  /^package\.json$/,
  /^LICENSE$/,
  /^out\/main\/(index|store-worker)\.js$/,
  /^out\/preload\/index\.cjs$/,
  /^out\/renderer\/[\w./-]+\.(html|js|css|svg|woff2|png|json)$/,
  /^out\/assets\/(sql-wasm\.wasm|files\.json|licences-[a-z-]+\.md|tray(Template)?(@2x)?\.png)$/,
];
const mustShip = [
  'package.json',
  'LICENSE',
  'out/main/index.js',
  'out/main/store-worker.js',
  'out/preload/index.cjs',
  'out/renderer/index.html',
  'out/assets/sql-wasm.wasm',
  'out/assets/files.json',
  'out/assets/tray.png',
];
const unpacked = ['out/main/store-worker.js', 'out/assets/sql-wasm.wasm'];

export function checkAsar(asar) {
  const entries = listPackage(asar, { isPack: true }).map((line) => {
    const [, kind = '', path = ''] = /^(\w+)\s*:\s*[\\/](.*)$/.exec(line) ?? [];
    return { kind, path: path.replaceAll('\\', '/') };
  });
  const folders = new Set(
    entries.flatMap(({ path }) => path.split('/').map((_, index, parts) => parts.slice(0, index).join('/'))),
  );
  const files = entries.filter(({ path }) => !folders.has(path));
  const names = new Set(files.map(({ path }) => path));
  const found = [
    ...files
      .filter(({ path }) => !mayShip.some((pattern) => pattern.test(path)))
      .map(({ path }) => `${path} must not ship`),
    ...mustShip.filter((path) => !names.has(path)).map((path) => `${path} is missing`),
    ...files
      .filter(({ kind, path }) => (kind === 'unpack') !== unpacked.includes(path))
      .map(({ path }) => `${path} is on the wrong side of the asar`),
  ];
  if (found.length > 0) return found;
  const read = (path) => extractFile(asar, path);
  const manifest = JSON.parse(read('package.json').toString('utf8'));
  const kept = Object.keys(manifest).filter((key) =>
    ['scripts', 'devDependencies', 'dependencies', 'build'].includes(key),
  );
  const { unpacked: hashes = {} } = JSON.parse(read('out/assets/files.json').toString('utf8'));
  return [
    ...kept.map((key) => `package.json still has ${key}`),
    ...unpacked
      .filter(
        (path) =>
          hashes[path] !==
          createHash('sha256')
            .update(readFileSync(join(`${asar}.unpacked`, path)))
            .digest('hex'),
      )
      .map((path) => `${path} is not the file that files.json knows`),
    ...files
      .filter(({ path }) => /\.c?js$/.test(path) && /^\/\/# sourceMappingURL=data:/m.test(read(path).toString('utf8')))
      .map(({ path }) => `${path} holds its source map`),
  ];
}

/** @param {string} folder for example dist/linux-unpacked, or dist/mac-arm64/Lockstep.app */
export function checkApp(folder) {
  const resources = ['Contents/Resources', 'resources']
    .map((name) => join(folder, name))
    .find((path) => existsSync(path));
  if (resources === undefined) return [`${folder} is no app`];
  const executable = ['Contents/Frameworks/Electron Framework.framework/Electron Framework', 'Lockstep.exe', 'lockstep']
    .map((name) => join(folder, name))
    .find((path) => existsSync(path));
  const locales = join(folder, 'locales');
  const strangers = existsSync(locales) ? readdirSync(locales).filter((name) => !name.startsWith('en')) : [];
  return [
    ...(executable === undefined ? ['there is no executable'] : checkFuses(readFileSync(executable))),
    ...checkAsar(join(resources, 'app.asar')),
    ...readdirSync(resources)
      .filter((name) => name === 'default_app.asar' || name === 'app')
      .map((name) => `resources/${name} must not ship`),
    ...strangers.map((name) => `locales/${name} must not ship`),
  ];
}

if (process.argv[1] === import.meta.filename) {
  const folder = process.argv[2] ?? '';
  const found = checkApp(folder);
  for (const line of found) console.error(`${folder}: ${line}`);
  console.log(
    found.length === 0 ? `${folder}: fuses set as decided, nothing ships that should not` : `${found.length} faults`,
  );
  process.exitCode = found.length === 0 ? 0 : 1;
}
