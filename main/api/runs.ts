import { makePreview, runPreview, runSync } from '../engine/run.js';
import type { Preview, RunReport, RunRequest } from '../engine/run-types.js';
import type { LogOutcome } from '../engine/state.js';
import { previewLifeMs } from '../store/repositories/previews.js';
import type { IntegrationRecord } from '../store/repositories/integrations.js';
import { keepMappingFacts, mappingFacts, readMappingFacts } from '../runner/mapping-facts.js';
import { openIntegration, type OpenIntegration } from '../runner/open-integration.js';
import type { Program } from '../runner/program.js';
import { clearRecovered, dropExpired } from '../runner/upkeep.js';
import { freshId } from '../ids.js';
import { LockstepError } from '../../preload/contract/errors.js';
import type { PlanRow } from '../../preload/contract/plan.js';
import { sides } from '../../preload/contract/values.js';
import type { PreviewView, SyncView } from '../../preload/contract/views.js';
import type { CallContext, FeatureHandlers } from './dispatcher.js';
import { findIntegration } from './integrations.js';
import { findPairIds } from './items.js';
import { logRowView, runStateView, runView } from './run-view.js';

type Calls = 'preview.make' | 'sync.run' | 'sync.plan' | 'run.list' | 'run.log';

export function runHandlers(program: Program): FeatureHandlers<Calls> {
  const { stored, host } = program;
  return {
    async 'preview.make'({ name, full }, context) {
      const integration = await findIntegration(program, name);
      return inTurn(program, integration, context, async (opened) => {
        const preview = await makePreview(opened.deps, requestOf(program, integration, { full }), context.signal);
        await stored.previews.put(preview, integration.id);
        return previewView(program, preview, integration);
      });
    },

    async 'sync.run'({ name, full, released }, context) {
      const integration = await findIntegration(program, name);
      return inTurn(program, integration, context, async (opened) => {
        const request = requestOf(program, integration, { full, released });
        if (released.length > 0) await noteAct(program, integration, 'brake-released', released.join(', '));
        return syncView(await runSync(opened.deps, request, context.signal), integration);
      });
    },

    async 'sync.plan'({ name, previewId, hash, leaveOut }, context) {
      const integration = await findIntegration(program, name);
      return inTurn(program, integration, context, async (opened) => {
        const preview = await stored.previews.get(previewId, host.clock.now());
        if (preview?.integration !== name) {
          throw new LockstepError('preview-unknown', `There is no preview ${previewId} of "${name}".`, {
            action: 'A preview is kept for 24 hours and carried out once. Make a new one.',
          });
        }
        if (preview.hash !== hash) {
          throw new LockstepError(
            'preview-outdated',
            'This file is not the preview that Lockstep keeps under its id.',
            {
              action: 'Make a new preview.',
            },
          );
        }
        await noteAct(program, integration, 'plan-approved', previewId);
        const left = withDependents(preview.plan.rows, leaveOut);
        const request = requestOf(program, integration, {});
        const report = await runPreview(opened.deps, preview, left, request, context.signal);
        await stored.previews.remove(previewId);
        await clearRecovered(program);
        return syncView(report, integration);
      });
    },

    async 'run.list'({ name, limit }) {
      const integrationId = name === undefined ? undefined : (await findIntegration(program, name)).id;
      const query = { limit, ...(integrationId === undefined ? {} : { integrationId }) };
      return (await stored.runs.list(query)).map(runView);
    },

    async 'run.log'({ runId, item, field, outcome, after, limit }) {
      const found = await stored.runs.get(runId);
      if (found === null) {
        throw new LockstepError('run-unknown', `There is no run "${runId}".`, {
          action: 'See the runs with: lockstep runs. Runs are kept for 90 days.',
        });
      }
      const pairIds = item === undefined ? undefined : await findPairIds(program, item, found.integrationId);
      const rows = await stored.log.page(runId, {
        afterSeq: after,
        limit: limit + 1,
        ...(pairIds === undefined ? {} : { pairIds }),
        ...(field === undefined ? {} : { field }),
        ...(outcome === undefined ? {} : { outcome: outcome as LogOutcome }),
      });
      const facts = await readMappingFacts(stored.meta, found.integrationId);
      return {
        run: runView(found),
        rows: rows.slice(0, limit).map((row) => logRowView(row, found.integrationName)),
        more: rows.length > limit,
        names: facts?.names ?? {},
      };
    },
  };
}

function requestOf(
  { host }: Program,
  { config }: IntegrationRecord,
  more: Partial<Pick<RunRequest, 'full' | 'released'>>,
): RunRequest {
  return { runId: freshId(host.random), config, full: more.full ?? false, released: more.released ?? [] };
}

/** Waits for runs that share a scope, opens both sides, and keeps what was learnt whatever became of the run. */
async function inTurn<T>(
  program: Program,
  integration: IntegrationRecord,
  { signal, onProgress }: CallContext,
  work: (opened: OpenIntegration) => Promise<T>,
): Promise<T> {
  const scopes = sides.map((side) => `${integration.config[side].connection}/${integration.config[side].scope}`);
  const turn = await program.queue.enter(integration.id, scopes, signal, () => {
    const waiting = { why: 'another run of the same scope', untilMs: program.host.clock.now() };
    onProgress({ phase: 'preflight', side: null, done: 0, total: null, item: null, waiting });
  });
  try {
    const opened = await openIntegration(program, integration, onProgress);
    try {
      return await work(opened);
    } finally {
      opened.close();
      await keepLearnt(program, integration, opened);
    }
  } finally {
    turn.done();
  }
}

/** Never the reason why a run fails: what it did is told in any case. */
async function keepLearnt(program: Program, integration: IntegrationRecord, opened: OpenIntegration): Promise<void> {
  const schemas = opened.schemas();
  try {
    if (schemas !== null) {
      await keepMappingFacts(program.stored.meta, integration.id, mappingFacts(integration.config, schemas));
    }
    await program.network.flush();
    await dropExpired(program);
  } catch (thrown) {
    program.host.log.write('warning', 'upkeep-failed', {
      message: thrown instanceof Error ? thrown.message : String(thrown),
    });
  }
}

async function noteAct(
  { stored, host }: Program,
  integration: IntegrationRecord,
  kind: 'plan-approved' | 'brake-released',
  what: string,
): Promise<void> {
  await stored.acts.add({ atMs: host.clock.now(), kind, integrationId: integration.id, detail: { what } });
}

/** Without its create, a new item's fields and comments have nowhere to go. */
function withDependents(rows: readonly PlanRow[], leaveOut: readonly number[]): readonly number[] {
  const out = new Set(leaveOut);
  const without = new Set(rows.filter((row) => row.kind === 'create' && out.has(row.seq)).map((row) => row.pairId));
  return rows.filter((row) => out.has(row.seq) || without.has(row.pairId)).map((row) => row.seq);
}

async function previewView(
  { stored }: Program,
  preview: Preview,
  integration: IntegrationRecord,
): Promise<PreviewView> {
  const { id, hash, madeAtMs, plan, brakes, notices, forecast } = preview;
  const facts = await readMappingFacts(stored.meta, integration.id);
  return {
    id,
    hash,
    integration: integration.name,
    madeAtMs,
    expiresAtMs: madeAtMs + previewLifeMs,
    rows: plan.rows,
    counts: plan.counts,
    brakes,
    notices,
    forecast,
    names: facts?.names ?? {},
  };
}

function syncView({ run, brakes, notices, openConflicts }: RunReport, { name }: IntegrationRecord): SyncView {
  return { run: runStateView(run, name), brakes, notices, openConflicts };
}
