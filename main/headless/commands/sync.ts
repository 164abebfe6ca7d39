import type { BrakeName } from '../../../preload/contract/plan.js';
import type { SyncView } from '../../../preload/contract/views.js';
import { LockstepError } from '../../../preload/contract/errors.js';
import { combineExitCodes, exitCodeOfError, exitCodes, type ExitCode } from '../exit-codes.js';
import { readPlanFile, writePlanFile } from '../plan-file.js';
import { renderError } from '../render/errors.js';
import { renderPreview } from '../render/plan.js';
import { renderSync } from '../render/sync.js';
import { styleFor } from '../render/style.js';
import { CallFailed, type CommonOptions, type Session } from '../session.js';
import type { CommandAdding } from './command-adding.js';
import { brakeList } from './arguments.js';

interface PreviewOptions extends CommonOptions {
  readonly full?: true;
  readonly out?: string;
}

interface SyncOptions extends CommonOptions {
  readonly all?: true;
  readonly full?: true;
  readonly plan?: string;
  readonly release?: readonly BrakeName[];
}

export function addSyncCommands({ root, run, common }: CommandAdding): void {
  common(root.command('preview'))
    .description('show item by item, field by field, what a sync would do; nothing is written')
    .argument('<integration>')
    .option('--full', 'read everything again, not only what changed')
    .option('--out <file>', 'write the whole plan there, to look at, to leave rows out of, and for sync --plan')
    .action((name: string, options: PreviewOptions) =>
      run(options, async (session) => {
        const preview = await session.call('preview.make', { name, full: options.full === true });
        if (options.out !== undefined) session.writeFile(options.out, writePlanFile(preview));
        session.print(preview, () => renderPreview(preview, session.style));
        if (options.out !== undefined) {
          session.say(`Wrote ${options.out}. Carry it out with: lockstep sync ${name} --plan ${options.out}\n`);
        }
        return exitCodes.done;
      }),
    );

  common(root.command('sync'))
    .description('bring both sides into step')
    .argument('[integration]')
    .option('--all', 'every integration, one after another')
    .option('--full', 'read everything again, not only what changed')
    .option('--plan <file>', 'do exactly what this preview shows, less the rows left out in it')
    .option('--release <brakes>', 'brakes to release for this run, for example first-run,creates', brakeList)
    .action((name: string | undefined, options: SyncOptions) =>
      run(options, (session) =>
        options.all === true ? syncAll(session, name, options) : syncOne(session, name, options),
      ),
    );
}

async function syncOne(session: Session, name: string | undefined, options: SyncOptions): Promise<ExitCode> {
  if (name === undefined) throw usage('Say which integration, or --all.');
  const synced =
    options.plan === undefined ? await callSync(session, name, options) : await callPlan(session, name, options);
  session.print(synced, () => renderSync(synced, session.style));
  return exitCodeOfSync(synced);
}

function callSync(session: Session, name: string, options: SyncOptions): Promise<SyncView> {
  return session.call('sync.run', { name, full: options.full === true, released: [...(options.release ?? [])] });
}

async function callPlan(session: Session, name: string, options: SyncOptions): Promise<SyncView> {
  const fileName = options.plan ?? '';
  if (options.full === true || options.release !== undefined) {
    throw usage('--plan does exactly what the preview shows; --full and --release have no place with it.');
  }
  const plan = readPlanFile(fileName, session.readFile(fileName));
  if (plan.integration !== name) {
    throw new LockstepError(
      'plan-file-invalid',
      `${fileName} is a preview of "${plan.integration}", not of "${name}".`,
      {
        action: `Run: lockstep sync ${plan.integration} --plan ${fileName}`,
      },
    );
  }
  return session.call('sync.plan', { name, previewId: plan.id, hash: plan.hash, leaveOut: [...plan.leaveOut] });
}

/** One integration's failure does not keep the others from running. */
async function syncAll(session: Session, name: string | undefined, options: SyncOptions): Promise<ExitCode> {
  if (name !== undefined) throw usage('Give either the name of an integration or --all.');
  if (options.plan !== undefined) throw usage('--plan belongs to one integration.');
  const integrations = await session.call('integration.list', {});
  if (integrations.length === 0)
    session.say('There is no integration yet. Add one with: lockstep integration add FILE\n');
  const results: unknown[] = [];
  const codes: ExitCode[] = [];
  for (const integration of integrations) {
    if (session.signal.aborted) break;
    try {
      const synced = await callSync(session, integration.name, options);
      results.push(synced);
      codes.push(exitCodeOfSync(synced));
      session.say(renderSync(synced, session.style));
    } catch (thrown) {
      if (!(thrown instanceof CallFailed)) throw thrown;
      results.push({ integration: integration.name, error: thrown.error });
      codes.push(exitCodeOfError(thrown.error.code));
      session.io.stderr.write(
        `${integration.name}:\n${renderError(thrown.error, styleFor(session.io.stderr, session.io.env))}`,
      );
    }
  }
  if (session.json) session.print(results, () => '');
  return combineExitCodes(codes);
}

export function exitCodeOfSync({ run, openConflicts }: SyncView): ExitCode {
  switch (run.outcome) {
    case 'braked':
      return exitCodes.braked;
    case 'cancelled':
      return exitCodes.cancelled;
    case 'failures':
    case 'failed':
    case 'running':
      return exitCodes.failed;
    case 'conflicts':
    case 'done':
      return openConflicts > 0 ? exitCodes.conflicts : exitCodes.done;
  }
}

function usage(message: string): LockstepError {
  return new LockstepError('usage', message, { action: 'See: lockstep sync --help' });
}
