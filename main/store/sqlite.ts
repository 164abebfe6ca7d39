import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import initSqlJs, { type SqlJsStatic } from 'sql.js';

export type { SqlJsStatic } from 'sql.js';

/** Beside the bundle (out/main/*.js), else in the package (from source). */
function locateWasm(): string {
  const bundled = fileURLToPath(new URL(/* @vite-ignore */ '../assets/sql-wasm.wasm', import.meta.url));
  return existsSync(bundled) ? bundled : createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
}

let loading: Promise<SqlJsStatic> | null = null;

/** SQLite compiled to WebAssembly. Loaded once per thread: its memory never shrinks, so one instance is enough. */
export function loadSqlite(): Promise<SqlJsStatic> {
  loading ??= initSqlJs({ wasmBinary: new Uint8Array(readFileSync(locateWasm())).buffer });
  return loading;
}
