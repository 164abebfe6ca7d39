import { Option } from 'commander';
import { LockstepError } from '../../../preload/contract/errors.js';
import type { LogPage, LogRowView } from '../../../preload/contract/views.js';
import { exitCodes } from '../exit-codes.js';
import { renderExplanation } from '../render/explain.js';
import { renderLogHead, renderLogRows } from '../render/log.js';
import { renderRuns } from '../render/runs.js';
import type { CommonOptions, Session } from '../session.js';
import type { CommandAdding } from './command-adding.js';
import { wholeNumber } from './arguments.js';
import { exportLog, type TableFilter } from './export.js';
import { runIdOf } from './run-id.js';

interface LogOptions extends CommonOptions {
  readonly item?: string;
  readonly field?: string;
  readonly outcome?: LogOutcome;
  readonly csv?: true;
  readonly output?: string;
}

const outcomes = ['done', 'adopted', 'failed', 'dropped', 'parked', 'skipped', 'note'] as const;
type LogOutcome = (typeof outcomes)[number];

export function addRunCommands({ root, run, common }: CommandAdding): void {
  common(root.command('runs'))
    .description('what ran, newest first')
    .argument('[integration]')
    .option('--limit <number>', 'how many (50)', wholeNumber)
    .action((name: string | undefined, options: CommonOptions & { readonly limit?: number }) =>
      run(options, async (session) => {
        const { limit } = options;
        const input = { ...(name === undefined ? {} : { name }), ...(limit === undefined ? {} : { limit }) };
        const runs = await session.call('run.list', input);
        session.print(runs, () => renderRuns(runs, session.io.stdout.columns));
        return exitCodes.done;
      }),
    );

  common(root.command('log'))
    .description('every change of a run, with values and reasons (with --json: one JSON object a line)')
    .argument('<run>', "a run's id, or the name of an integration for its newest run")
    .option('--item <item>', 'only this item: its key, number or address')
    .option('--field <field>', 'only this field')
    .addOption(new Option('--outcome <outcome>', 'only these').choices(outcomes))
    .option('--csv', 'as a table for a spreadsheet, newest first')
    .option('-o, --output <file>', 'write the table there; without it, to standard output')
    .action((word: string, options: LogOptions) =>
      run(options, async (session) => {
        checkFormat(options);
        const runId = await runIdOf(session, word);
        if (options.csv === true) await exportLog(session, runId, tableFilter(options), options.output);
        else await printLog(session, runId, options);
        return exitCodes.done;
      }),
    );

  common(root.command('explain'))
    .description('why an item is as it is: every change that any run made to it, newest first')
    .argument('<item>', 'its key, number or address')
    .argument('[field]')
    .option('--integration <name>', 'only as a part of this integration')
    .action((item: string, field: string | undefined, options: CommonOptions & { readonly integration?: string }) =>
      run(options, async (session) => {
        const { integration } = options;
        const explained = await session.call('item.explain', {
          item,
          ...(field === undefined ? {} : { field }),
          ...(integration === undefined ? {} : { integration }),
        });
        session.print(explained, () => renderExplanation(explained, session.style));
        return exitCodes.done;
      }),
    );
}

function checkFormat({ csv, json, output }: LogOptions): void {
  const problem =
    csv === true && json === true
      ? '--csv and --json are two forms of the same rows.'
      : output !== undefined && csv !== true
        ? '--output belongs to --csv.'
        : null;
  if (problem !== null) throw new LockstepError('usage', problem, { action: 'See: lockstep log --help' });
}

function tableFilter({ item, field, outcome }: LogOptions): TableFilter {
  return {
    ...(item === undefined ? {} : { item }),
    ...(field === undefined ? {} : { field }),
    ...(outcome === undefined ? {} : { outcome: [outcome] }),
  };
}

/** Page by page: a first sync's log may hold a million rows. */
async function printLog(session: Session, runId: string, options: LogOptions): Promise<void> {
  const { item, field, outcome } = options;
  const wanted = {
    runId,
    ...(item === undefined ? {} : { item }),
    ...(field === undefined ? {} : { field }),
    ...(outcome === undefined ? {} : { outcome }),
  };
  let page: LogPage;
  let after = -1;
  do {
    page = await session.call('run.log', { ...wanted, after });
    if (after === -1) session.say(renderLogHead(page.run, session.style));
    if (session.json) session.io.stdout.write(page.rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    else session.io.stdout.write(renderLogRows(page.rows, page.names, session.style));
    after = lastSeq(page.rows) ?? after;
  } while (page.more && !session.signal.aborted);
  if (after === -1) session.say('No rows.\n');
}

function lastSeq(rows: readonly LogRowView[]): number | undefined {
  return rows.at(-1)?.seq;
}
