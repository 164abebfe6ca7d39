import { readMappingFacts } from '../runner/mapping-facts.js';
import type { Program } from '../runner/program.js';
import type { FoundPair } from '../store/repositories/pairs.js';
import { LockstepError } from '../../preload/contract/errors.js';
import type { ExplainedPair, Names } from '../../preload/contract/views.js';
import { conflictView } from './conflicts.js';
import type { FeatureHandlers } from './dispatcher.js';
import { findIntegration } from './integrations.js';
import { logRowView } from './run-view.js';

export function itemHandlers(program: Program): FeatureHandlers<'item.explain'> {
  const { stored } = program;
  return {
    async 'item.explain'({ item, field, integration, limit }) {
      const within = integration === undefined ? undefined : (await findIntegration(program, integration)).id;
      const found = await findPairs(program, item, within);
      if (found.length === 0) throw unknownItem(item);
      const integrations = new Map((await stored.integrations.list()).map((each) => [each.id, each]));
      const names: Record<string, Names> = {};
      const pairs: ExplainedPair[] = [];
      for (const { integrationId, pair } of found) {
        const name = integrations.get(integrationId)?.name ?? '(removed)';
        names[name] ??= (await readMappingFacts(stored.meta, integrationId))?.names ?? {};
        const open = (await stored.conflicts.open(integrationId)).filter(({ conflict }) => conflict.pairId === pair.id);
        const history = await stored.log.ofPairs([pair.id], { limit, ...(field === undefined ? {} : { field }) });
        pairs.push({
          pairId: pair.id,
          integration: name,
          refs: pair.refs,
          keys: pair.keys,
          status: pair.status,
          dirty: pair.dirty,
          ended: pair.ended?.why ?? null,
          troubles: pair.troubles.map(({ subject, message, retryable }) => ({ subject, message, retryable })),
          conflicts: open.map(({ conflict }) => conflictView(conflict, name)),
          history: history.map((row) => logRowView(row, name)),
        });
      }
      return { item, pairs, names };
    },
  };
}

/** Pair ids of an item that is named as people name it. Error `item-unknown`. */
export async function findPairIds(program: Program, item: string, integrationId: string): Promise<readonly string[]> {
  const found = await findPairs(program, item, integrationId);
  if (found.length === 0) throw unknownItem(item);
  return found.map(({ pair }) => pair.id);
}

/** By pair id, ref or key, or by the address under which the item opens in the browser. */
async function findPairs(
  { stored }: Program,
  item: string,
  integrationId: string | undefined,
): Promise<readonly FoundPair[]> {
  const text = item.trim();
  const exact = await stored.pairs.find(text, integrationId);
  if (exact.length > 0) return exact;
  const last = /^https?:\/\/.*\/([^/?#]+?)(?:\.json)?(?:[?#].*)?$/u.exec(text)?.[1];
  return last === undefined ? [] : stored.pairs.find(last, integrationId);
}

function unknownItem(item: string): LockstepError {
  return new LockstepError('item-unknown', `No pair holds an item "${item}".`, {
    action:
      'Give its key or number (#12 or 12), its address, or the id of its pair. An item that was never synced has none.',
  });
}
