import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The built terminal host, run as its user runs it: one process a command. */
export interface Terminal {
  /** Runs to its end. */
  run(argv: readonly string[], more?: RunOptions): Promise<Ended>;
  /** Runs with `--json`; throws where that is not the exit code that is meant. */
  json<T>(argv: readonly string[], exitCode?: number): Promise<T>;
  start(argv: readonly string[], more?: RunOptions): Started;
  readonly env: Readonly<Record<string, string>>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly process: ChildProcess;
  /** All of standard error up to now. */
  stderr(): string;
  readonly ended: Promise<Ended>;
  /** Resolves when standard error holds this text, or with false when the process has ended without. */
  shows(text: string): Promise<boolean>;
}

const program = fileURLToPath(new URL('../../out/main/headless.js', import.meta.url));

/** @param env beside PATH and HOME; nothing else of this process's environment is handed down */
export function createTerminal(env: Readonly<Record<string, string>>): Terminal {
  const base = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', NO_COLOR: '1' };

  function start(argv: readonly string[], { env: own = {}, input = '' }: RunOptions = {}): Started {
    const child = spawn(process.execPath, [program, ...argv], { env: { ...base, ...env, ...own } });
    let stdout = '';
    let stderr = '';
    const waiting: { readonly text: string; readonly resolve: (seen: boolean) => void }[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      for (const waiter of waiting) if (stderr.includes(waiter.text)) waiter.resolve(true);
    });
    // A process that was killed before it read its input closes the pipe.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        for (const waiter of waiting) waiter.resolve(false);
        resolve({ code, stdout, stderr });
      });
    });
    return {
      process: child,
      stderr: () => stderr,
      ended,
      shows: (text) =>
        new Promise((resolve) => {
          if (stderr.includes(text)) resolve(true);
          else if (child.exitCode !== null || child.signalCode !== null) resolve(false);
          else waiting.push({ text, resolve });
        }),
    };
  }

  const run: Terminal['run'] = (argv, more) => start(argv, more).ended;
  return {
    run,
    start,
    env,
    async json<T>(argv: readonly string[], exitCode = 0) {
      const ended = await run([...argv, '--json']);
      if (ended.code !== exitCode) {
        throw new Error(`lockstep ${argv.join(' ')} ended with ${String(ended.code)}: ${ended.stdout}${ended.stderr}`);
      }
      return JSON.parse(ended.stdout) as T;
    },
  };
}
