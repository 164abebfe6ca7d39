import type { Command } from 'commander';
import { LockstepError } from '../../../preload/contract/errors.js';
import type { CallInput } from '../../../preload/contract/inputs.js';
import { checkConnection, connectionNameTaken } from '../../api/connections.js';
import { parseInput } from '../../api/dispatcher.js';
import { exitCodes } from '../exit-codes.js';
import type { Io } from '../io.js';
import { renderConnections, renderConnectionTest } from '../render/connections.js';
import { readSecret } from '../secret-input.js';
import type { CommonOptions } from '../session.js';
import type { CommandAdding } from './command-adding.js';
import { collectPairs, wholeNumber } from './arguments.js';

const proxyVariable = 'LOCKSTEP_PROXY';

interface AddOptions extends CommonOptions {
  readonly url: string;
  readonly tracker: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly timeout?: number;
  readonly allowHttp?: true;
  readonly proxy?: string;
  readonly directHosts?: string;
  readonly ca?: string;
  readonly secretStdin?: true;
  readonly check: boolean;
  readonly replace?: true;
}

export function addConnectionCommands({ root, run, common }: CommandAdding): void {
  const group = root.command('connection').description('accounts on trackers that Lockstep may use').helpCommand(false);
  addAdd(group, { run, common });

  common(group.command('list'))
    .description('all connections')
    .action((options: CommonOptions) =>
      run(options, async (session) => {
        const connections = await session.call('connection.list', {});
        session.print(connections, () => renderConnections(connections, session.io.stdout.columns));
        return exitCodes.done;
      }),
    );

  common(group.command('test'))
    .description('ask the tracker who we are and what it offers')
    .argument('<name>')
    .option('--scope <project>', 'list types, fields, options and users of this project, for an integration file')
    .action((name: string, options: CommonOptions & { readonly scope?: string }) =>
      run(options, async (session) => {
        const { scope } = options;
        const tested = await session.call('connection.test', { name, ...(scope === undefined ? {} : { scope }) });
        session.print(tested, () => renderConnectionTest(tested, session.style, session.io.stdout.columns));
        return exitCodes.done;
      }),
    );

  common(group.command('remove'))
    .description('forget a connection and its secret')
    .argument('<name>')
    .action((name: string, options: CommonOptions) =>
      run(options, async (session) => {
        const removed = await session.call('connection.remove', { name });
        session.print(removed, () => `Removed connection ${name} and its secret.\n`);
        return exitCodes.done;
      }),
    );
}

function addAdd(group: Command, { run, common }: Pick<CommandAdding, 'run' | 'common'>): void {
  common(group.command('add'))
    .description('connect a tracker; asks for its secret (or LOCKSTEP_SECRET)')
    .argument('<name>', 'what you call it: small letters, digits, hyphens')
    .requiredOption('--url <address>', 'the address under which the tracker opens in the browser')
    .option('--tracker <kind>', 'which product it is', 'redmine')
    .option(
      '--set <name=value>',
      "a setting of the tracker's own, for example markerField=Lockstep; repeat it",
      collectPairs,
    )
    .option('--timeout <ms>', 'of one request (30000)', wholeNumber)
    .option('--allow-http', 'send the secret unencrypted, to a host that has no https')
    .option('--proxy <address>', `http://host:port, in place of HTTPS_PROXY; with a password: ${proxyVariable}`)
    .option('--direct-hosts <list>', 'hosts that are reached without that proxy, as in NO_PROXY')
    .option('--ca <file>', "certificates (PEM) to trust beside the system's")
    .option('--secret-stdin', 'read the secret from standard input (after the passphrase)')
    .option('--no-check', 'do not ask the tracker first')
    .option('--replace', 'take the place of the connection of this name')
    .action((name: string, options: AddOptions) =>
      run(options, async (session) => {
        const proxy = proxyOf(options.proxy, session.io.env);
        const caPem = options.ca === undefined ? undefined : session.readFile(options.ca);
        const input: Omit<CallInput<'connection.add'>, 'secret'> = {
          name,
          url: options.url,
          tracker: options.tracker,
          settings: options.set ?? {},
          allowHttp: options.allowHttp === true,
          check: options.check,
          replace: options.replace === true,
          ...(options.timeout === undefined ? {} : { timeoutMs: options.timeout }),
          ...(proxy === undefined ? {} : { proxy }),
          ...(options.directHosts === undefined ? {} : { noProxy: options.directHosts }),
          ...(caPem === undefined ? {} : { caPem }),
        };
        // All that can be wrong is told before anything is made or asked for.
        checkConnection(parseInput('connection.add', { ...input, secret: 'not asked yet' }));
        // First the workspace, so that its passphrase is asked before the secret.
        await session.openOrMake();
        const known = await session.call('connection.list', {});
        if (!input.replace && known.some((connection) => connection.name === name)) throw connectionNameTaken(name);
        const secret = await readSecret(session.io, `secret of ${name}`, options.secretStdin === true);
        const added = await session.call('connection.add', { ...input, secret });
        session.print(added, () => {
          const who = added.account === null ? 'not checked' : `the account is ${added.account}`;
          return `${added.replaced ? 'Replaced' : 'Added'} connection ${name} (${who}).\n`;
        });
        return exitCodes.done;
      }),
    );
}

/** A password in the command line can be read by every user of the machine, and stays in the shell's history. */
function proxyOf(given: string | undefined, env: Io['env']): string | undefined {
  if (given === undefined) return (env[proxyVariable] ?? '') === '' ? undefined : env[proxyVariable];
  const full = /^[a-z][a-z0-9+.-]*:\/\//iu.test(given) ? given : `http://${given}`;
  const hasPassword = URL.canParse(full) ? new URL(full).password !== '' : given.includes('@');
  if (!hasPassword) return given;
  throw new LockstepError('usage', 'A password in --proxy can be read by every user of this machine.', {
    action: `Give the whole address in the variable ${proxyVariable} instead (it is kept encrypted with the connection), or in HTTPS_PROXY (it is read at each run and not kept).`,
  });
}
