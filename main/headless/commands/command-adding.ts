import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.js';
import type { Io } from '../io.js';
import type { CommonOptions, Work } from '../session.js';

/** Adds the common options, and runs the work of the command that the user chose. */
export type Run = (options: CommonOptions, work: Work) => Promise<void>;
/** Another command line in the same terminal, with another environment or other outputs: for the demo. */
export type RunAgain = (argv: readonly string[], changes: Partial<Io>) => Promise<ExitCode>;
export interface CommandAdding {
  readonly root: Command;
  readonly run: Run;
  /** The common options on one command. */
  readonly common: (command: Command) => Command;
  readonly again: RunAgain;
}
