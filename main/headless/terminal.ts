import { Command, CommanderError } from 'commander';
import { asLockstepError, LockstepError, type AppError } from '../../preload/contract/errors.js';
import { appVersion } from '../version.js';
import type { CommandAdding } from './commands/command-adding.js';
import { addConflictCommands } from './commands/conflicts.js';
import { addConnectionCommands } from './commands/connection.js';
import { addExportCommands } from './commands/export.js';
import { addIntegrationCommands } from './commands/integration.js';
import { addPracticeCommands } from './commands/practice.js';
import { addRunCommands } from './commands/runs.js';
import { addServeCommand } from './commands/serve.js';
import { addStatusCommand } from './commands/status.js';
import { addSyncCommands } from './commands/sync.js';
import { exitCodeOfError, exitCodes, type ExitCode } from './exit-codes.js';
import type { Io } from './io.js';
import { renderError } from './render/errors.js';
import { styleFor } from './render/style.js';
import { CallFailed, withSession, type CommonOptions, type Work } from './session.js';

/** One command line, from its words to its exit code. Nothing is thrown; every error is shown. */
export async function runTerminal(argv: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.done;
  const root = new Command('lockstep')
    .description('Keeps work items in step between issue trackers, from your own machine.')
    .version(appVersion)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        io.stdout.write(text);
      },
      writeErr: (text) => {
        io.stderr.write(text);
      },
      getOutHelpWidth: () => io.stdout.columns,
      getErrHelpWidth: () => io.stderr.columns,
      outputError: (text, write) => {
        write(text.replace(/^error:/u, 'Error:'));
      },
    })
    .showSuggestionAfterError()
    .showHelpAfterError('What to do: add --help to see what the command takes.')
    .helpCommand(false)
    .addHelpText('after', '\nBegin with `lockstep demo`, or with `lockstep connection add --help`.');
  const adding: CommandAdding = {
    root,
    common: (command) =>
      command
        .option('--data <folder>', 'the data folder (LOCKSTEP_DATA)')
        .option('--json', 'print JSON, and nothing else, on standard output')
        .option('--passphrase-stdin', 'read the passphrase from standard input (or set LOCKSTEP_PASSPHRASE)'),
    run: async (options, work) => {
      exitCode = await runShown(io, options, work);
    },
    again: (words, changes) => runTerminal(words, { ...io, ...changes }),
  };
  addConnectionCommands(adding);
  addIntegrationCommands(adding);
  addSyncCommands(adding);
  addRunCommands(adding);
  addExportCommands(adding);
  addConflictCommands(adding);
  addStatusCommand(adding);
  addPracticeCommands(adding);
  addServeCommand(adding);
  try {
    await root.parseAsync([...argv], { from: 'user' });
  } catch (thrown) {
    // Help and version also come this way, with exit code 0.
    if (thrown instanceof CommanderError) {
      if (thrown.exitCode === 0) return exitCodes.done;
      if (argv.includes('--json')) printError(io, usageError(thrown));
      return exitCodes.usage;
    }
    showError(io, false, asLockstepError(thrown).toAppError());
    return exitCodes.failed;
  }
  return exitCode;
}

async function runShown(io: Io, options: CommonOptions, work: Work): Promise<ExitCode> {
  try {
    return await withSession(io, options, work);
  } catch (thrown) {
    const error = thrown instanceof CallFailed ? thrown.error : asLockstepError(thrown).toAppError();
    showError(io, options.json === true, error);
    return exitCodeOfError(error.code);
  }
}

function showError(io: Io, json: boolean, error: AppError): void {
  if (json) printError(io, error);
  io.stderr.write(renderError(error, styleFor(io.stderr, io.env)));
}

function printError(io: Io, error: AppError): void {
  io.stdout.write(`${JSON.stringify({ error }, null, 2)}\n`);
}

/** What commander has told on standard error already, for programs that read standard output. */
function usageError({ code, message }: CommanderError): AppError {
  const text = code === 'commander.help' ? 'No command is given.' : message.replace(/^error: /u, '');
  return new LockstepError('usage', text, { action: 'Add --help to see what the command takes.' }).toAppError();
}
