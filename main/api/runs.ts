import type { Preview, RunReport } from '../engine/run-types.js';
import type { LogOutcome } from '../engine/state.js';
import type { IntegrationRecord } from '../store/repositories/integrations.js';
import { readMappingFacts } from '../runner/mapping-facts.js';
import type { Program } from '../runner/program.js';
import { carryOut, runNow } from '../runner/run-now.js';
import { LockstepError } from '../../preload/contract/errors.js';
import type { SyncView } from '../../preload/contract/views.js';
import type { FeatureHandlers } from './dispatcher.js';
import { findIntegration } from './integrations.js';
import { findPairIds } from './items.js';
import { logRowView, runStateView, runView } from './run-view.js';

type Calls = 'sync.run' | 'sync.plan' | 'run.list' | 'run.log';

export function runHandlers(program: Program): FeatureHandlers<Calls> {
  const { stored, host } = program;
  return {
    async 'sync.run'({ name, full, released }, context) {
      const integration = await findIntegration(program, name);
      return syncView(await runNow(program, integration, { full, released }, context), integration);
    },

    async 'sync.plan'({ name, previewId, hash, leaveOut }, context) {
      const integration = await findIntegration(program, name);
      const findPreview = async (): Promise<Preview> => {
        const preview = await stored.previews.get(previewId, host.clock.now());
        if (preview?.integration !== name) {
          throw new LockstepError('preview-unknown', `There is no preview ${previewId} of "${name}".`, {
            action: 'A preview is kept for 24 hours and carried out once. Make a new one.',
          });
        }
        if (preview.hash === hash) return preview;
        throw new LockstepError('preview-outdated', 'This file is not the preview that Lockstep keeps under its id.', {
          action: 'Make a new preview.',
        });
      };
      return syncView(await carryOut(program, integration, findPreview, leaveOut, context), integration);
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

function syncView({ run, brakes, notices, openConflicts }: RunReport, { name }: IntegrationRecord): SyncView {
  return { run: runStateView(run, name), brakes, notices, openConflicts };
}
