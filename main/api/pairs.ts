import { LockstepError } from '../../preload/contract/errors.js';
import { sides } from '../../preload/contract/values.js';
import type { PairView } from '../../preload/contract/views.js';
import type { PairState } from '../engine/state.js';
import type { Program } from '../runner/program.js';
import type { FeatureHandlers } from './dispatcher.js';
import { findIntegration } from './integrations.js';

type Calls = 'integration.pairs' | 'item.open';

export function pairHandlers(program: Program): FeatureHandlers<Calls> {
  const { stored, host, network } = program;
  return {
    async 'integration.pairs'({ name, ...query }) {
      const { id } = await findIntegration(program, name);
      const { total, pairs } = await stored.pairs.page({ integrationId: id, ...query });
      const open = new Map<string, number>();
      for (const { conflict } of await stored.conflicts.open(id)) {
        open.set(conflict.pairId, (open.get(conflict.pairId) ?? 0) + 1);
      }
      return { total, rows: pairs.map((pair) => pairView(pair, open.get(pair.id) ?? 0)) };
    },

    async 'item.open'({ pairId, side }, { signal }) {
      const [found] = await stored.pairs.find(pairId);
      const ref = found?.pair.refs[side] ?? null;
      if (found === undefined || found.pair.id !== pairId || ref === null) {
        throw new LockstepError('item-unknown', `There is no item on the ${side} in this pair.`);
      }
      const integration = (await stored.integrations.list()).find(({ id }) => id === found.integrationId);
      const record = await stored.connections.byName(integration?.config[side].connection ?? '');
      if (record === null) throw new LockstepError('connection-unknown', 'The connection of this item is no more.');
      const opened = network.open(await program.target(record));
      try {
        const [lookup] = await opened.connector.getMany([ref], signal);
        const url = lookup?.state === 'present' ? linkOf(lookup.item.url, record.url) : null;
        if (url === null || host.openLink === undefined) return { url, opened: false };
        await host.openLink(url);
        return { url, opened: true };
      } finally {
        opened.close();
      }
    },
  };
}

/** Only where it leads to the connection's own site: a tracker's answer may hold anything. */
export function linkOf(url: string, connectionUrl: string): string | null {
  if (!URL.canParse(url) || !URL.canParse(connectionUrl)) return null;
  const { protocol, origin, username, password, href } = new URL(url);
  const isWeb = protocol === 'https:' || protocol === 'http:';
  return isWeb && username === '' && password === '' && origin === new URL(connectionUrl).origin ? href : null;
}

function pairView(pair: PairState, conflicts: number): PairView {
  const { id, refs, keys, status, ended, dirty, troubles } = pair;
  return {
    pairId: id,
    refs,
    keys,
    title: titleOf(pair),
    status,
    ended: ended?.why ?? null,
    dirty,
    troubles: troubles.length,
    conflicts,
  };
}

function titleOf({ bases }: PairState): string | null {
  for (const side of sides) {
    for (const field of ['subject', 'summary', 'title']) {
      const value = bases[side]?.fields[field]?.value;
      if (typeof value === 'string' && value !== '') return value;
    }
  }
  return null;
}
