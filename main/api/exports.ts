import { LockstepError } from '../../preload/contract/errors.js';
import type { LogFilter, ParsedInput } from '../../preload/contract/inputs.js';
import type { ExportView } from '../../preload/contract/views.js';
import { freshId } from '../ids.js';
import { csvHead, csvRow, jsonRow } from '../logging/log-table.js';
import type { Program } from '../runner/program.js';
import { collectBundle } from './bundle.js';
import type { FeatureHandlers } from './dispatcher.js';
import { foundRowView, integrationNames, searchRows, storedFilter } from './log-filter.js';

type Calls = 'export.make' | 'export.save' | 'export.read';

/** How long an export is kept. */
export const exportLifeMs = 60 * 60 * 1000;
/** All kept exports together; the oldest goes first. */
const mostBytes = 512 * 1024 * 1024;

interface Kept {
  readonly view: ExportView;
  readonly bytes: Uint8Array;
  readonly madeAtMs: number;
}

export function exportHandlers(program: Program): FeatureHandlers<Calls> {
  const { host, stored } = program;
  const kept = new Map<string, Kept>();

  function find(id: string): Kept {
    dropOld();
    const found = kept.get(id);
    if (found !== undefined) return found;
    throw new LockstepError('export-unknown', `There is no export ${id}.`, {
      action: 'An export is kept for an hour. Make it again.',
    });
  }

  function dropOld(): void {
    for (const [id, { madeAtMs }] of kept) {
      if (madeAtMs + exportLifeMs <= host.clock.now()) kept.delete(id);
    }
  }

  function keep(view: ExportView, bytes: Uint8Array): void {
    dropOld();
    kept.set(view.id, { view, bytes, madeAtMs: host.clock.now() });
    let sum = [...kept.values()].reduce((total, each) => total + each.bytes.length, 0);
    for (const [id, each] of kept) {
      if (sum <= mostBytes || id === view.id) break;
      kept.delete(id);
      sum -= each.bytes.length;
    }
  }

  async function table(format: 'csv' | 'jsonl', filter: LogFilter, signal: AbortSignal): Promise<ExportView> {
    const wanted = await storedFilter(program, filter);
    const names = await integrationNames(program);
    const toText = format === 'csv' ? csvRow : jsonRow;
    const parts: Buffer[] = format === 'csv' ? [Buffer.from(csvHead)] : [];
    let rows = 0;
    let bytes = 0;
    for await (const found of searchRows(program, wanted, filter.text?.trim() ?? '', signal)) {
      const part = Buffer.from(found.map((row) => toText(foundRowView(row, names))).join(''));
      parts.push(part);
      rows += found.length;
      bytes += part.length;
      if (bytes > mostBytes) {
        throw new LockstepError('export-too-large', 'More than 512 MB of log would be exported at once.', {
          action: 'Narrow the search: a run, an integration or a span of time.',
        });
      }
    }
    const content = Buffer.concat(parts);
    const view: ExportView = {
      id: freshId(host.random),
      format,
      fileName: `lockstep-log-${fileTime(host.clock.now())}.${format}`,
      mimeType: format === 'csv' ? 'text/csv;charset=utf-8' : 'application/jsonl',
      bytes: content.length,
      rows,
      files: [],
      refusals: [],
    };
    keep(view, content);
    return view;
  }

  async function bundle(runId: string, signal: AbortSignal): Promise<ExportView> {
    const { files, zip, refusals, rows } = await collectBundle(program, runId, signal);
    const view: ExportView = {
      id: freshId(host.random),
      format: 'bundle',
      fileName: `lockstep-support-${fileTime(host.clock.now())}.zip`,
      mimeType: 'application/zip',
      bytes: zip.length,
      rows,
      files,
      refusals,
    };
    keep(view, zip);
    return view;
  }

  return {
    async 'export.make'(input: ParsedInput<'export.make'>, { signal }) {
      const made = input.format === 'bundle' ? bundle(input.runId, signal) : table(input.format, input.filter, signal);
      const view = await made.catch((thrown: unknown) => {
        if (signal.aborted) throw new LockstepError('cancelled', 'The export was cancelled.', { cause: thrown });
        throw thrown;
      });
      const detail = { format: view.format, rows: view.rows, bytes: view.bytes };
      await stored.acts.add({ atMs: host.clock.now(), kind: 'export-made', integrationId: null, detail });
      return view;
    },

    async 'export.save'({ id }) {
      const { view, bytes } = allowed(find(id));
      if (host.saveFile === undefined) {
        throw new LockstepError('usage', 'This host cannot write files for you.', { action: 'Download it instead.' });
      }
      return { path: await host.saveFile(view.fileName, bytes) };
    },

    'export.read'({ id, offset, limit }) {
      const { bytes } = allowed(find(id));
      const end = Math.min(bytes.length, offset + limit);
      const base64 = Buffer.from(bytes.subarray(offset, end)).toString('base64');
      return Promise.resolve({ base64, nextOffset: end < bytes.length ? end : null });
    },
  };
}

/** What the verifier refused never leaves the program. */
function allowed(kept: Kept): Kept {
  if (kept.view.refusals.length === 0) return kept;
  throw new LockstepError('bundle-refused', `The support bundle cannot leave: ${kept.view.refusals.join(' ')}`, {
    action: 'Report this without the bundle. Nothing was written.',
  });
}

/** For names of files: 20301231-235959, UTC. */
function fileTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace(/[-:]/gu, '').replace('T', '-');
}
