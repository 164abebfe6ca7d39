import type { EngineStore } from '../engine/ports.js';
import { makePreview } from '../engine/run.js';
import type { Preview } from '../engine/run-types.js';
import { freshIntegrationState } from '../engine/state.js';
import { freshId } from '../ids.js';
import { mappingFacts, readMappingFacts } from '../runner/mapping-facts.js';
import { openIntegration } from '../runner/open-integration.js';
import type { Program } from '../runner/program.js';
import { inTurn, requestOf } from '../runner/run-now.js';
import { previewLifeMs } from '../store/repositories/previews.js';
import { LockstepError } from '../../preload/contract/errors.js';
import type { PlanRow } from '../../preload/contract/plan.js';
import type { Names, PreviewView } from '../../preload/contract/views.js';
import type { FeatureHandlers } from './dispatcher.js';
import { findIntegration } from './integrations.js';

type Calls = 'preview.make' | 'preview.draft' | 'preview.get';

export function previewHandlers(program: Program): FeatureHandlers<Calls> {
  const { stored, host } = program;

  async function keptNames(integrationId: string): Promise<Names> {
    return (await readMappingFacts(stored.meta, integrationId))?.names ?? {};
  }

  return {
    async 'preview.make'({ name, full }, context) {
      const integration = await findIntegration(program, name);
      return inTurn(program, integration, context, async (opened) => {
        const preview = await makePreview(opened.deps, requestOf(program, integration, { full }), context.signal);
        await stored.previews.put(preview, integration.id);
        return previewView(preview, await keptNames(integration.id));
      });
    },

    async 'preview.draft'({ config, edits }, { signal, onProgress }) {
      const edited = edits === null ? null : await findIntegration(program, edits);
      const draft = { id: edited?.id ?? freshId(host.random), config };
      const opened = await openIntegration(program, draft, onProgress);
      try {
        const deps = edited === null ? { ...opened.deps, store: nothingKnown } : opened.deps;
        const preview = await makePreview(deps, requestOf(program, draft, { full: false }), signal);
        const schemas = opened.schemas();
        return previewView(preview, schemas === null ? {} : mappingFacts(config, schemas).names);
      } finally {
        opened.close();
        await program.network.flush();
      }
    },

    async 'preview.get'({ id }) {
      const preview = await stored.previews.get(id, host.clock.now());
      if (preview === null) {
        throw new LockstepError('preview-unknown', `There is no preview ${id}.`, {
          action: 'A preview is kept for 24 hours and carried out once. Make a new one.',
        });
      }
      const integration = await stored.integrations.byName(preview.integration);
      return previewView(preview, integration === null ? {} : await keptNames(integration.id));
    },
  };
}

/** The store of an integration that is only a draft. A preview writes nothing. */
const nothingKnown: EngineStore = {
  state: () => Promise.resolve(freshIntegrationState),
  pairsByRef: () => Promise.resolve(new Map()),
  pairs: () => Promise.resolve(new Map()),
  pairKnown: () => Promise.resolve(false),
  dirtyPairs: () => Promise.resolve([]),
  activeRefs: () => Promise.resolve([]),
  staged: () => Promise.resolve([]),
  stamps: (_side, refs) => Promise.resolve(new Map(refs.map((ref) => [ref, null]))),
  openIntents: () => Promise.resolve([]),
  openConflicts: () => Promise.resolve([]),
  commit: () => Promise.reject(new LockstepError('internal', 'A preview of a draft wrote something.')),
};

function previewView(preview: Preview, names: Names): PreviewView {
  const { id, hash, integration, madeAtMs, plan, brakes, notices, forecast } = preview;
  return {
    id,
    hash,
    integration,
    madeAtMs,
    expiresAtMs: madeAtMs + previewLifeMs,
    rows: plan.rows.map(shownRow),
    counts: plan.counts,
    brakes,
    notices,
    forecast,
    names,
  };
}

/** The engine keeps the source comment's ref where other rows have the value at the last sync; a new comment had none. */
function shownRow(row: PlanRow): PlanRow {
  return row.kind === 'add-comment' ? { ...row, sourceBefore: null } : row;
}
