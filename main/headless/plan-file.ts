import { z } from 'zod';
import { LockstepError } from '../../preload/contract/errors.js';
import type { PreviewView } from '../../preload/contract/views.js';

/**
 * A preview as a file to look at, to keep, and to set rows' `leaveOut` in. It is a rendering: of what comes back only
 * id, hash and the rows left out count; the rows themselves are those that Lockstep stored.
 */
export function writePlanFile(preview: PreviewView): string {
  const file = {
    lockstep: 'preview',
    format: 1,
    help: 'Set "leaveOut": true at rows that shall not be carried out; then: lockstep sync NAME --plan THIS-FILE. Other edits count for nothing.',
    id: preview.id,
    hash: preview.hash,
    integration: preview.integration,
    madeAt: new Date(preview.madeAtMs).toISOString(),
    expiresAt: new Date(preview.expiresAtMs).toISOString(),
    counts: preview.counts,
    forecast: preview.forecast,
    brakes: preview.brakes,
    notices: preview.notices,
    names: preview.names,
    rowCount: preview.rows.length,
    rows: preview.rows.map(({ seq, ...row }) => ({ seq, leaveOut: false, ...row })),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

const planFileSchema = z.object({
  lockstep: z.literal('preview'),
  format: z.literal(1),
  id: z.string().min(1),
  hash: z.string().min(1),
  integration: z.string().min(1),
  rowCount: z.number().int(),
  rows: z.array(z.object({ seq: z.number().int().min(0), leaveOut: z.boolean() })),
});

export interface PlanFile {
  readonly id: string;
  readonly hash: string;
  readonly integration: string;
  readonly leaveOut: readonly number[];
}

/** Error `plan-file-invalid`. */
export function readPlanFile(fileName: string, text: string): PlanFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw invalid(`${fileName} is not JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  const parsed = planFileSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.map(String).join('.')}`;
    throw invalid(`${fileName} is not a preview of Lockstep${where}: ${issue?.message ?? 'unknown form'}`);
  }
  const { id, hash, integration, rows, rowCount } = parsed.data;
  // A row that was taken out of the file: left out, or lost by accident? Nobody can tell.
  if (new Set(rows.map(({ seq }) => seq)).size !== rowCount || rows.length !== rowCount) {
    throw invalid(`${fileName} holds ${String(rows.length)} rows, and the preview has ${String(rowCount)}`);
  }
  return { id, hash, integration, leaveOut: rows.filter((row) => row.leaveOut).map(({ seq }) => seq) };
}

function invalid(what: string): LockstepError {
  return new LockstepError('plan-file-invalid', `${what}.`, {
    action:
      'Make it again with `lockstep preview NAME --out FILE`. To leave rows out, set their "leaveOut" to true; take none away.',
  });
}
