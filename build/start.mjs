/**
 * `npm start`: the desktop app where Electron's runtime is there, or can be fetched; else the local web page, after one
 * line that says so. Electron's own package is not imported here: doing so starts a download that may hang for minutes
 * behind a firewall. ELECTRON_OVERRIDE_DIST_PATH names a folder with a runtime, as it does for Electron itself.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
/** A fetch that did not end by then is not going to. */
const fetchLimitMs = 120_000;
/** How long a host may take to say that it is there. */
const probeLimitMs = 4_000;

const executables = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };

/**
 * The runtime's executable, or null. `path.txt` is what Electron's installer leaves behind; it is missing where the
 * runtime was copied by hand.
 * @param {{ packageFolder: string | null, env: Readonly<Record<string, string | undefined>>, platform: string }} where
 */
export function findRuntime({ packageFolder, env, platform }) {
  const pathFile = packageFolder === null ? null : join(packageFolder, 'path.txt');
  const told = pathFile !== null && existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : '';
  const name = told || (executables[platform] ?? 'electron');
  const override = env.ELECTRON_OVERRIDE_DIST_PATH;
  const folder = override || (packageFolder === null ? null : join(packageFolder, 'dist'));
  if (folder === null) return null;
  const file = join(folder, name);
  return existsSync(file) ? file : null;
}

/** The folder of the package `electron`, null where it is not installed. */
function electronPackage() {
  try {
    return dirname(createRequire(join(root, 'package.json')).resolve('electron/package.json'));
  } catch {
    return null;
  }
}

/** Whether the runtime's server answers at all: a fetch that is bound to fail is not begun. */
async function canFetch(env) {
  const mirror = env.ELECTRON_MIRROR ?? env.npm_config_electron_mirror ?? 'https://github.com/';
  try {
    await fetch(mirror, { method: 'HEAD', signal: AbortSignal.timeout(probeLimitMs) });
    return true;
  } catch {
    return false;
  }
}

async function fetchRuntime(packageFolder, env) {
  if (packageFolder === null || env.ELECTRON_OVERRIDE_DIST_PATH || !(await canFetch(env))) return;
  console.error('Fetching Electron once (about 120 MB) ...');
  spawnSync(process.execPath, [join(packageFolder, 'install.js')], { stdio: 'ignore', timeout: fetchLimitMs });
}

/** Runs a program in this one's place: its output, its signals, its exit code. */
function run(program, args, options = {}) {
  const child = spawn(program, args, { cwd: root, stdio: 'inherit', ...options });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`${program} cannot be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 130);
  });
}

async function main() {
  const { env, platform } = process;
  const packageFolder = electronPackage();
  let runtime = findRuntime({ packageFolder, env, platform });
  if (runtime === null) {
    await fetchRuntime(packageFolder, env);
    runtime = findRuntime({ packageFolder, env, platform });
  }
  const args = process.argv.slice(2);
  if (runtime !== null) return run(runtime, [root, ...args]);
  console.error(
    "Electron's runtime is not on this machine and cannot be fetched: the same screens open in a browser instead.",
  );
  run(process.execPath, [join(root, 'out/main/headless.js'), 'serve', '--open', ...args]);
}

if (process.argv[1] === import.meta.filename) await main();
