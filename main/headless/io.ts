import type { Clock, FileSystem, Random } from '../host.js';
import type { OpenStore } from '../app-host.js';

/** Everything a command may touch. A test hands in its own; only `node-io.ts` knows the real one. */
export interface Io {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeFolder: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly fileSystem: FileSystem;
  readonly openStore: OpenStore;
  /** A folder of its own under the system's folder for temporary files; the result removes it. */
  makeTemporaryFolder(): { readonly path: string; remove(): void };
  /** Starts a program of its own, apart from this one. @returns whether it could be started */
  startProgram(program: string, words: readonly string[]): Promise<boolean>;
  /** Calls the listener at each Ctrl-C, SIGTERM and SIGHUP until the result is called. */
  onInterrupt(listener: () => void): () => void;
  /** Ends the process at once, whatever is under way. */
  abort(exitCode: number): void;
  /** Runs again and again, for what is redrawn, until the result is called. */
  every(intervalMs: number, run: () => void): () => void;
}

export interface Input {
  readonly isTty: boolean;
  /** Without its line end; null at the end of the input. */
  readLine(): Promise<string | null>;
  /** A line that is typed without being shown. Error `cancelled` at Ctrl-C. */
  readHidden(): Promise<string>;
  close(): void;
}

export interface Output {
  readonly isTty: boolean;
  /** Characters in a line. */
  readonly columns: number;
  write(text: string): void;
}
