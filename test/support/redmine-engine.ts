import { createHash, randomBytes } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as after } from 'node:timers/promises';
import { createBudgetPool } from '../../main/connectors/http/budget.js';
import { createHttpClient } from '../../main/connectors/http/client.js';
import { createNetworkLedger } from '../../main/connectors/http/ledger.js';
import { redmine } from '../../main/connectors/redmine/index.js';
import type { EngineDeps, OpenSide } from '../../main/engine/ports.js';
import { runSync } from '../../main/engine/run.js';
import type { RunReport } from '../../main/engine/run-types.js';
import type { Clock, Random } from '../../main/host.js';
import { createPairIds } from './ids.js';
import type { IntegrationConfig } from '../../preload/contract/integration.js';
import type { BrakeName } from '../../preload/contract/plan.js';
import { createMemoryEngineStore } from '../fakes/memory-engine-store.js';

/** The machine's own clock: real servers live in real time. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await after(ms, undefined, signal === undefined ? {} : { signal });
  },
};

export const realRandom: Random = {
  bytes: (length) => randomBytes(length),
  unit: () => randomBytes(4).readUInt32BE() / 2 ** 32,
};

export interface SiteAccess {
  readonly url: string;
  readonly apiKey: string;
  readonly markerField?: string;
}

/** The engine with two Redmine connectors and a store in memory: the product less its terminal and its disk. */
export function openRedmineEngine(
  sites: { readonly left: SiteAccess; readonly right: SiteAccess },
  config: IntegrationConfig,
) {
  const pool = createBudgetPool(realClock);
  const ledger = createNetworkLedger();
  const store = createMemoryEngineStore();
  const open = (id: string, site: SiteAccess): OpenSide => {
    const http = createHttpClient({
      connectionId: id,
      baseUrl: site.url,
      timeoutMs: 20_000,
      auth: () => redmine.authHeaders(site.apiKey),
      secrets: [site.apiKey],
      budget: pool.get(site.url, site.apiKey),
      clock: realClock,
      random: realRandom,
      ledger,
      userAgent: 'Lockstep test',
    });
    const settings: Record<string, string> = site.markerField === undefined ? {} : { markerField: site.markerField };
    const connector = redmine.open({ id, tracker: 'redmine', url: site.url, settings }, { http, clock: realClock });
    const { capabilities, callBound } = redmine.manifest;
    return {
      connector,
      connectionId: id,
      capabilities,
      callBound,
      readerVersion: redmine.readerVersion,
      timeoutMs: 20_000,
    };
  };
  const deps: EngineDeps = {
    store,
    sides: { left: open('left', sites.left), right: open('right', sites.right) },
    ids: createPairIds((text) => createHash('sha256').update(text).digest('hex')),
    clock: realClock,
    onProgress: () => undefined,
    pause: () => nextTurn(),
  };
  return {
    store,
    sync: (more: { readonly full?: boolean; readonly released?: readonly BrakeName[] } = {}): Promise<RunReport> =>
      runSync(
        deps,
        { runId: deps.ids.fresh(), config, full: more.full ?? false, released: more.released ?? [] },
        new AbortController().signal,
      ),
  };
}
