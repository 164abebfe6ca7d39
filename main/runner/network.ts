import type { Host } from '../app-host.js';
import {
  createBudgetPool,
  createHttpClient,
  createNetworkLedger,
  type HttpClient,
  type LedgerEntry,
  type NetworkSettings as HttpNetworkSettings,
  type WaitNotice,
} from '../connectors/http/index.js';
import type { Connector, Manifest } from '../connectors/contract.js';
import { findConnectorFactory } from '../connectors/registry.js';
import type { Ledger } from '../store/repositories/notes.js';
import type { Settings } from '../../preload/contract/settings.js';
import { LockstepError } from '../../preload/contract/errors.js';
import type { NetworkSettings } from './network-settings.js';

/** A connection that is about to be used: its record's facts and its secret in the clear. */
export interface Target {
  readonly id: string;
  readonly name: string;
  readonly tracker: string;
  readonly url: string;
  readonly settings: Readonly<Record<string, string | number>>;
  readonly network: NetworkSettings;
  readonly secret: string;
  /** The system's proxy on the way there, where the host was asked: its address, or null for none. */
  readonly systemProxy?: string | null;
}

/** A connector that is bound to one connection. `close` ends its idle sockets. */
export interface OpenConnection {
  readonly connector: Connector;
  readonly manifest: Manifest;
  readonly readerVersion: number;
  close(): void;
}

/** All that goes out of this machine: one budget a host and secret, one ledger, one log line a request. */
export interface Network {
  open(target: Target, onWait?: (notice: WaitNotice) => void): OpenConnection;
  ledgerEntries(): readonly LedgerEntry[];
  /** Keeps what the ledger has learnt since the last call. */
  flush(): Promise<void>;
}

/** @param known what the ledger held when the workspace was opened */
export function createNetwork(
  host: Host,
  settings: () => Settings,
  kept: Ledger,
  known: readonly LedgerEntry[],
): Network {
  const budgets = createBudgetPool(host.clock);
  const unsaved = new Map<string, LedgerEntry>();
  const ledger = createNetworkLedger(known, (entry) => {
    unsaved.set([entry.host, entry.connectionId, entry.role].join('\n'), entry);
  });

  function client(target: Target, headers: () => Readonly<Record<string, string>>, onWait: Notify): HttpClient {
    const { network } = target;
    return createHttpClient({
      connectionId: target.id,
      baseUrl: target.url,
      allowInsecureHttp: network.allowHttp,
      timeoutMs: network.timeoutMs,
      network: routeOf(network, settings(), host, target.systemProxy),
      auth: headers,
      secrets: [target.secret],
      budget: budgets.get(target.url, target.secret),
      clock: host.clock,
      random: host.random,
      ledger,
      userAgent: `Lockstep/${host.appVersion}`,
      ...(host.transport === undefined ? {} : { transport: host.transport }),
      onWait,
      onExchange: ({ connectionId, requestId, method, host: name, path, status, code, durationMs }) => {
        host.log.write(code === null ? 'info' : 'warning', 'request', {
          connection: connectionId,
          requestId,
          method,
          host: name,
          path,
          status,
          code,
          durationMs: Math.round(durationMs),
        });
      },
    });
  }

  return {
    open(target, onWait = () => undefined) {
      const factory = findConnectorFactory(target.tracker);
      if (factory === null) {
        throw new LockstepError('input-invalid', `There is no connector for "${target.tracker}".`, {
          action: 'Use a version of Lockstep that has one.',
          context: { connection: target.name },
        });
      }
      host.log.addSecret(target.secret);
      const http = client(target, () => factory.authHeaders(target.secret), onWait);
      const { id, tracker, url, settings } = target;
      return {
        connector: factory.open({ id, tracker, url, settings }, { http, clock: host.clock }),
        manifest: factory.manifest,
        readerVersion: factory.readerVersion,
        close: () => {
          http.close();
        },
      };
    },
    ledgerEntries: () => ledger.entries(),
    async flush() {
      const entries = [...unsaved.values()];
      unsaved.clear();
      await kept.put(entries);
    },
  };
}

/** What a connection says of itself wins over the settings, and those over the system. */
export function routeOf(
  own: NetworkSettings,
  settings: Pick<Settings, 'proxy' | 'caPem'>,
  host: Pick<Host, 'proxyEnv' | 'systemCaPem'>,
  systemProxy: string | null | undefined,
): HttpNetworkSettings {
  const caPem = [own.caPem ?? '', settings.caPem, host.systemCaPem ?? ''].filter((pem) => pem.trim() !== '').join('\n');
  const trust = caPem === '' ? {} : { caPem };
  const noProxy = own.noProxy === null ? {} : { noProxy: own.noProxy };
  if (own.proxy !== null) return { ...trust, ...noProxy, proxyUrl: own.proxy };
  const { proxy } = settings;
  if (proxy.mode === 'none') return trust;
  if (proxy.mode === 'manual') {
    const except = [proxy.except, own.noProxy ?? ''].filter((list) => list !== '').join(',');
    return { ...trust, proxyUrl: proxy.url, noProxy: except };
  }
  if (systemProxy === undefined) return { ...trust, ...noProxy, systemProxyEnv: host.proxyEnv };
  return systemProxy === null ? trust : { ...trust, ...noProxy, proxyUrl: systemProxy };
}

type Notify = (notice: WaitNotice) => void;
