import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createApplication, type Application } from '../../app.js';
import type { Host } from '../../app-host.js';
import type { WebRole } from '../../../preload/contract/web.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import { openInBrowser } from '../open-in-browser.js';
import { passphraseVariable } from '../secret-input.js';
import type { CommonOptions, Session } from '../session.js';
import { createTerminalHost } from '../terminal-host.js';
import { loadPageFiles } from '../web/page-files.js';
import { startWebServer, type WebServer } from '../web/web-server.js';
import { portNumber } from './arguments.js';
import type { CommandAdding } from './command-adding.js';

type ServeOptions = CommonOptions & { readonly port: number; readonly open?: true };

export function addServeCommand({ root, run, common }: CommandAdding): void {
  common(root.command('serve'))
    .description('the screens in a browser, on this machine only, until Ctrl-C')
    .option('--port <port>', 'listen there on 127.0.0.1 (default: any that is free)', portNumber, 0)
    .option('--open', 'open the page in the browser, where there is a desktop')
    .action((options: ServeOptions) => run(options, (session) => serve(session, options)));
}

async function serve(session: Session, options: ServeOptions): Promise<ExitCode> {
  const { io, dataFolder } = session;
  const files = loadPageFiles(io.fileSystem, builtFolder());
  const fromStdin = options.passphraseStdin === true;
  const host: Host = { ...createTerminalHost(io, dataFolder, fromStdin), kind: 'web' };
  const application = createApplication(host);
  try {
    const given = fromStdin || (io.env[passphraseVariable] ?? '') !== '';
    if (given) await unlockIfLocked(application);
    const { clock, random } = io;
    const server = await startWebServer({
      application,
      files,
      clock,
      random,
      log: host.log,
      every: (intervalMs, run) => io.every(intervalMs, run),
      port: options.port,
    });
    const stopOpening = await announce(session, server, options.open === true);
    try {
      if (io.stdin.isTty) void announceAtEnter(session, server);
      await session.untilInterrupted();
      server.stop();
      await application.close();
      // What the calls that ended with it have answered gets out.
      await clock.sleep(100);
    } finally {
      stopOpening();
      await server.close();
    }
  } finally {
    await application.close();
    host.log.close();
  }
  return exitCodes.done;
}

/** A workspace that is not made yet is made on the page. */
async function unlockIfLocked(application: Application): Promise<void> {
  if ((await application.state()).state === 'locked') await application.openWithKeys(false);
}

async function announce(session: Session, server: WebServer, open: boolean): Promise<() => void> {
  const addresses = server.issueAddresses();
  const close = open ? await openInBrowser(session.io, addresses.admin) : null;
  session.print({ origin: server.origin, dataFolder: session.dataFolder, ...addresses }, () =>
    textOf(session, addresses),
  );
  if (open && close === null) session.io.stderr.write('No browser could be opened here: open the address yourself.\n');
  return close ?? (() => undefined);
}

/** Each code opens one page: Enter makes new ones. */
async function announceAtEnter(session: Session, server: WebServer): Promise<void> {
  while ((await session.io.stdin.readLine()) !== null && !session.signal.aborted) {
    await announce(session, server, false);
  }
}

function textOf({ style, io }: Session, { admin, viewer }: Readonly<Record<WebRole, string>>): string {
  return [
    `${style.bold('admin')}    ${admin}`,
    `${style.bold('viewer')}   ${viewer}`,
    '',
    'Each address opens one page, within an hour, in a browser on this machine. Keep them to yourself: whoever opens the',
    'first one may do all that you may; the second one is for looking only.',
    io.stdin.isTty ? 'Enter prints new ones; Ctrl-C ends the program.' : 'Ctrl-C ends the program.',
    '',
    '',
  ].join('\n');
}

/** `out`: above the bundle (out/main/headless.js), else in the clone (from source). */
function builtFolder(): string {
  const bundled = new URL(/* @vite-ignore */ '../assets/files.json', import.meta.url);
  const folder = new URL(existsSync(bundled) ? '..' : '../../../out', import.meta.url);
  return fileURLToPath(folder).replace(/[\\/]$/u, '');
}
