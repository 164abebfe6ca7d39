import { createApplication, type Application } from '../app.js';
import type { Host } from '../app-host.js';
import type { CallName } from '../../preload/contract/calls.js';
import type { AppError } from '../../preload/contract/errors.js';
import type { CallInput } from '../../preload/contract/inputs.js';
import type { CallOutputs } from '../../preload/contract/views.js';
import { dataFolderOf } from './data-folder.js';
import { exitCodes, type ExitCode } from './exit-codes.js';
import type { Io } from './io.js';
import { readTextFile, writeTextFile } from './files.js';
import { createProgressView } from './progress.js';
import { styleFor, type Style } from './render/style.js';
import { createTerminalHost } from './terminal-host.js';

/** Options that every command takes. */
export interface CommonOptions {
  readonly data?: string;
  readonly json?: true;
  readonly passphraseStdin?: true;
}

/** What a command works with. The workspace is opened at its first call and closed when the command ends. */
export interface Session {
  readonly io: Io;
  readonly style: Style;
  readonly json: boolean;
  readonly dataFolder: string;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  /** Opens the workspace, and makes one where there is none; `call` alone opens only one that is there. */
  openOrMake(): Promise<void>;
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutputs[Name]>;
  /** Closes the workspace before the command ends; the next call opens it again. */
  close(): Promise<void>;
  /** Resolves at Ctrl-C. */
  untilInterrupted(): Promise<void>;
  /** One JSON value with `--json`, else the text. */
  print(value: unknown, text: () => string): void;
  /** For people only: nothing with `--json`. */
  say(text: string): void;
  readFile(path: string): string;
  /** @throws LockstepError `file-unwritable` */
  writeFile(path: string, text: string): void;
}

/** An error of a call, as the dispatcher gave it; already in the log. */
export class CallFailed extends Error {
  constructor(readonly error: AppError) {
    super(error.message);
  }
}

export type Work = (session: Session) => Promise<ExitCode>;

/** Runs one command's work from its first prompt to the closed workspace. Errors are the caller's to show. */
export async function withSession(io: Io, options: CommonOptions, work: Work): Promise<ExitCode> {
  const cancel = new AbortController();
  let interrupts = 0;
  let onlyWaits = false;
  const stopListening = io.onInterrupt(() => {
    interrupts += 1;
    if (interrupts > 1) io.abort(exitCodes.cancelled);
    cancel.abort();
    if (onlyWaits) return;
    io.stderr.write('\nStopping after the request that is under way. Press Ctrl-C again to end at once.\n');
  });
  const dataFolder = dataFolderOf(io, options.data);
  const host = createTerminalHost(io, dataFolder, options.passphraseStdin === true);
  let application: Promise<Application> | null = null;
  const open = (create: boolean): Promise<Application> => (application ??= openApplication(host, create));
  const json = options.json === true;

  const session: Session = {
    io,
    style: styleFor(io.stdout, io.env),
    json,
    dataFolder,
    signal: cancel.signal,
    async openOrMake() {
      await open(true);
    },
    async call(name, input) {
      const { dispatch } = await open(false);
      const progress = createProgressView(io, io.stderr);
      try {
        const result = await dispatch(name, input, {
          signal: cancel.signal,
          onProgress: (step) => {
            progress.update(step);
          },
        });
        if (!result.ok) throw new CallFailed(result.error);
        return result.value;
      } finally {
        progress.end();
      }
    },
    async close() {
      const open = application;
      application = null;
      await closeQuietly(open);
    },
    untilInterrupted: () =>
      new Promise((resolve) => {
        onlyWaits = true;
        cancel.signal.addEventListener('abort', () => {
          resolve();
        });
        if (cancel.signal.aborted) resolve();
      }),
    print(value, text) {
      io.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : text());
    },
    say(text) {
      if (!json) io.stdout.write(text);
    },
    readFile: (path) => readTextFile(io, path),
    writeFile: (path, text) => {
      writeTextFile(io, path, text);
    },
  };

  try {
    return await work(session);
  } finally {
    try {
      await closeQuietly(application);
    } finally {
      stopListening();
      io.stdin.close();
      host.log.close();
    }
  }
}

async function openApplication(host: Host, create: boolean): Promise<Application> {
  const application = createApplication(host);
  await application.openWithKeys(create);
  return application;
}

/** A workspace that could not be opened was told of by the work that asked for it. */
async function closeQuietly(application: Promise<Application> | null): Promise<void> {
  const opened = await application?.catch(() => null);
  await opened?.close();
}
