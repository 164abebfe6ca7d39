import { LockstepError } from '../../../preload/contract/errors.js';
import type { LogFilter } from '../../../preload/contract/inputs.js';
import { countStandIns } from '../../logging/support-bundle/stand-ins.js';
import type { ExportChunk } from '../../../preload/contract/views.js';
import { exitCodes } from '../exit-codes.js';
import { openForWriting } from '../files.js';
import { renderBundle, type BundleFacts } from '../render/bundle.js';
import { count } from '../render/text.js';
import type { CommonOptions, Session } from '../session.js';
import type { CommandAdding } from './command-adding.js';
import { runIdOf } from './run-id.js';

interface BundleOptions extends CommonOptions {
  readonly output: string;
}

export function addExportCommands({ root, run, common }: CommandAdding): void {
  common(root.command('support-bundle'))
    .description("a run's log, configuration and versions as a zip for support; your data stays out, see what it lists")
    .argument('<run>', "a run's id, or the name of an integration for its newest run")
    .requiredOption('-o, --output <file>', 'write it there; a file that is there is left alone')
    .action((word: string, options: BundleOptions) =>
      run(options, async (session) => {
        await writeBundle(session, word, options.output);
        return exitCodes.done;
      }),
    );
}

async function writeBundle(session: Session, word: string, path: string): Promise<void> {
  if (session.io.fileSystem.sizeOf(path) !== null) {
    throw new LockstepError('file-unwritable', `${path} is there already.`, {
      action: 'Choose another name, or remove it. Nothing was written.',
      context: { file: path },
    });
  }
  const run = await runIdOf(session, word);
  const made = await session.call('export.make', { format: 'bundle', runId: run });
  const facts: BundleFacts = {
    run,
    rows: made.rows,
    files: made.files.map(({ name, bytes, text }) => ({ name, bytes, replaced: countStandIns(text) })),
    replaced: countStandIns(made.files.map(({ text }) => text).join('\n')),
  };
  session.say(renderBundle(facts));
  // A bundle that its verifier refused cannot be read: that is an error from here.
  await writeExport(session, made.id, path, 'new');
  session.print({ ...facts, file: path, bytes: made.bytes }, () => `Wrote ${path}.\n`);
}

export type TableFilter = Pick<LogFilter, 'item' | 'field' | 'outcome'>;

/** A run's log as CSV, to a file or else to standard output. */
export async function exportLog(
  session: Session,
  runId: string,
  filter: TableFilter,
  path: string | undefined,
): Promise<void> {
  // Tells of an unknown run; a search would only find nothing.
  await session.call('run.get', { runId });
  const made = await session.call('export.make', { format: 'csv', filter: { ...filter, runId } });
  if (path === undefined) {
    const decoder = new TextDecoder();
    await readExport(session, made.id, (bytes) => {
      session.io.stdout.write(decoder.decode(bytes, { stream: true }));
    });
    return;
  }
  await writeExport(session, made.id, path, 'replace');
  session.say(`Wrote ${count(made.rows, 'row')} to ${path}.\n`);
}

async function writeExport(session: Session, id: string, path: string, mode: 'new' | 'replace'): Promise<void> {
  // Before anything is made on the disk: whether it may be read at all.
  await session.call('export.read', { id, offset: 0, limit: 1 });
  const writer = openForWriting(session.io, path, mode);
  try {
    await readExport(session, id, (bytes) => {
      writer.append(bytes);
    });
    writer.finish();
  } finally {
    writer.drop();
  }
}

const bytesAtOnce = 4 * 1024 * 1024;

async function readExport(session: Session, id: string, take: (bytes: Uint8Array) => void): Promise<void> {
  let offset: number | null = 0;
  while (offset !== null) {
    const chunk: ExportChunk = await session.call('export.read', { id, offset, limit: bytesAtOnce });
    take(Buffer.from(chunk.base64, 'base64'));
    offset = chunk.nextOffset;
  }
}
