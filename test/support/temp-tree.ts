/** A throw-away project on disk, for tests of the project's own checks and build. */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';

/** The checkout that the tests run in. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TempTree {
  readonly path: string;
  write(file: string, text: string): void;
  /** Copies files or folders of the project to the same place in the tree. */
  copy(...paths: readonly string[]): void;
  /** Makes the project's node_modules the tree's own. */
  linkNodeModules(): void;
  /** Runs a program in the tree and waits for it. */
  run(program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Ran;
  remove(): void;
}

export function makeTempTree(): TempTree {
  // Real path: tools report paths relative to it, and a temporary folder may be a link.
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'lockstep-tree-')));
  return {
    path,
    write: (file, text) => {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), text);
    },
    copy: (...paths) => {
      for (const name of paths) cpSync(join(projectRoot, name), join(path, name), { recursive: true });
    },
    linkNodeModules: () => {
      symlinkSync(join(projectRoot, 'node_modules'), join(path, 'node_modules'));
    },
    run: (program, args, env = process.env) => {
      const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: path, env, encoding: 'utf8' });
      if (error !== undefined) throw error;
      return { code: status, stdout, stderr };
    },
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}
