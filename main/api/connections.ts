import type { Manifest, Rights } from '../connectors/contract.js';
import { isLoopback, parseBaseUrl } from '../connectors/http/index.js';
import { connectorFactories, findConnectorFactory } from '../connectors/registry.js';
import { freshId } from '../ids.js';
import { sealSecret } from '../runner/connection-secrets.js';
import { proxyWithoutPassword, readNetworkSettings } from '../runner/network-settings.js';
import { systemRoute, type Program } from '../runner/program.js';
import type { ConnectionRecord } from '../store/repositories/connections.js';
import { closest } from '../suggest.js';
import { LockstepError } from '../../preload/contract/errors.js';
import type { ParsedInput } from '../../preload/contract/inputs.js';
import { sides } from '../../preload/contract/values.js';
import type { ConnectionView, ScopeView } from '../../preload/contract/views.js';
import type { FeatureHandlers } from './dispatcher.js';
import { noSuch } from './no-such.js';

type Calls =
  'connection.add' | 'connection.list' | 'connection.test' | 'connection.replace-secret' | 'connection.remove';

export function connectionHandlers(program: Program): FeatureHandlers<Calls> {
  const { stored, host, workspace, network } = program;

  const find = async (name: string): Promise<ConnectionRecord> => {
    const record = await stored.connections.byName(name);
    if (record !== null) return record;
    throw noSuch('connection-unknown', 'connection', name, await namesOf(program));
  };

  return {
    async 'connection.add'(input, { signal }) {
      const { url, settings } = checkConnection(input);
      const old = await stored.connections.byName(input.name);
      if (old !== null && !input.replace) throw connectionNameTaken(input.name);
      const id = old?.id ?? freshId(host.random);
      const record = { id, name: input.name, tracker: input.tracker, url, settings, network: networkOf(input) };
      host.log.addSecret(input.secret);
      const account = await accountOf(program, record, input, signal);
      const now = host.clock.now();
      await stored.connections.put(record, now, sealSecret(workspace.vault, id, input.secret, now));
      const kind = old === null ? 'configuration-changed' : 'secret-replaced';
      await stored.acts.add({ atMs: now, kind, integrationId: null, detail: { connection: input.name, url } });
      return { name: input.name, replaced: old !== null, account };
    },

    async 'connection.list'() {
      const uses = await usesOf(program);
      return (await stored.connections.list()).map((record) => viewOf(record, uses.get(record.name) ?? []));
    },

    async 'connection.test'({ name, scope }, { signal }) {
      const opened = network.open(await program.target(await find(name)));
      try {
        const checked = await opened.connector.check(signal);
        const scopes = await opened.connector.listScopes(signal);
        const schema = scope === undefined ? null : await opened.connector.discover(scope, signal);
        return {
          name,
          account: checked.account,
          siteId: checked.siteId,
          skewMs: checked.skewMs,
          scopes,
          scope: schema === null ? null : scopeView(schema),
        };
      } finally {
        opened.close();
      }
    },

    async 'connection.replace-secret'({ name, secret, check }, { signal }) {
      const record = await find(name);
      host.log.addSecret(secret);
      const account = await accountOf(program, record, { secret, check }, signal);
      const now = host.clock.now();
      await stored.connections.putSecret(record.id, sealSecret(workspace.vault, record.id, secret, now));
      await stored.acts.add({ atMs: now, kind: 'secret-replaced', integrationId: null, detail: { connection: name } });
      return { name, account };
    },

    async 'connection.remove'({ name }) {
      const record = await find(name);
      const uses = (await usesOf(program)).get(name) ?? [];
      if (uses.length > 0) {
        throw new LockstepError('connection-in-use', `Integrations use connection "${name}": ${uses.join(', ')}.`, {
          action: 'Remove them first.',
        });
      }
      await stored.connections.remove(record.id);
      const detail = { connection: name, removed: true };
      await stored.acts.add({ atMs: host.clock.now(), kind: 'configuration-changed', integrationId: null, detail });
      return { name };
    },
  };
}

/**
 * Name of the account that the secret belongs to, as the tracker tells it; null unchecked. Unchecked, too, the proxy's
 * address and the certificates are read.
 */
async function accountOf(
  program: Program,
  record: Pick<ConnectionRecord, 'id' | 'name' | 'tracker' | 'url' | 'settings' | 'network'>,
  { secret, check }: Pick<ParsedInput<'connection.add'>, 'secret' | 'check'>,
  signal: AbortSignal,
): Promise<string | null> {
  const route = await systemRoute(program.host, program, record.url);
  const opened = program.network.open({ ...record, ...route, network: readNetworkSettings(record.network), secret });
  try {
    return check ? (await opened.connector.check(signal)).account.name : null;
  } finally {
    opened.close();
  }
}

/** What can be said of a new connection before its secret is known. Errors `input-invalid`, `address-invalid`, `insecure-http`. */
export function checkConnection(input: Omit<ParsedInput<'connection.add'>, 'secret'>): {
  readonly url: string;
  readonly settings: Readonly<Record<string, string | number>>;
} {
  const { manifest } = factoryOf(input.tracker);
  const url = parseBaseUrl(input.url, input.allowHttp || isLoopbackAddress(input.url)).href.replace(/\/$/u, '');
  return { url, settings: checkedSettings(manifest, input.settings) };
}

export function connectionNameTaken(name: string): LockstepError {
  return new LockstepError('name-taken', `There is a connection "${name}" already.`, {
    action: 'Choose another name, or say that it is to be replaced (--replace).',
  });
}

async function namesOf({ stored }: Program): Promise<readonly string[]> {
  return (await stored.connections.list()).map(({ name }) => name);
}

/** Names of integrations by the connection that they use. */
async function usesOf({ stored }: Program): Promise<ReadonlyMap<string, readonly string[]>> {
  const uses = new Map<string, string[]>();
  for (const { name, config } of await stored.integrations.list()) {
    for (const connection of new Set(sides.map((side) => config[side].connection))) {
      uses.set(connection, [...(uses.get(connection) ?? []), name]);
    }
  }
  return uses;
}

function factoryOf(tracker: string): { readonly manifest: Manifest } {
  const factory = findConnectorFactory(tracker);
  if (factory !== null) return factory;
  const known = connectorFactories.map(({ manifest }) => manifest.id);
  const guess = closest(tracker, known);
  throw new LockstepError('input-invalid', `There is no connector for "${tracker}".`, {
    action: guess === null ? `Use one of: ${known.join(', ')}.` : `Did you mean ${guess}?`,
  });
}

/** A practice tracker on this machine needs no consent to `http:`; anything else does. */
function isLoopbackAddress(text: string): boolean {
  return URL.canParse(text) && isLoopback(new URL(text).hostname);
}

function checkedSettings(
  manifest: Manifest,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string | number>> {
  const known = manifest.settings.map(({ id }) => id);
  const settings: Record<string, string | number> = {};
  for (const [id, text] of Object.entries(given)) {
    const setting = manifest.settings.find((candidate) => candidate.id === id);
    if (setting === undefined) {
      const guess = closest(id, known);
      throw new LockstepError('input-invalid', `${manifest.name} has no setting "${id}".`, {
        action: guess === null ? `Settings: ${known.join(', ')}.` : `Did you mean ${guess}?`,
      });
    }
    const value = text.trim();
    if (value === '') continue;
    if (setting.kind === 'choice' && !(setting.choices ?? []).includes(value)) {
      throw new LockstepError('input-invalid', `${setting.label} cannot be "${value}".`, {
        action: `Use one of: ${(setting.choices ?? []).join(', ')}.`,
      });
    }
    const number = Number(value);
    if (setting.kind === 'number' && !Number.isFinite(number)) {
      throw new LockstepError('input-invalid', `${setting.label} must be a number, not "${value}".`);
    }
    settings[id] = setting.kind === 'number' ? number : value;
  }
  const missing = manifest.settings.filter(({ id, required }) => required && settings[id] === undefined);
  if (missing.length > 0) {
    throw new LockstepError(
      'input-invalid',
      `${manifest.name} needs ${missing.map(({ label }) => label).join(', ')}.`,
      {
        action: `Give ${missing.map(({ id }) => `--set ${id}=...`).join(' ')}.`,
      },
    );
  }
  return settings;
}

function networkOf(input: ParsedInput<'connection.add'>): ConnectionRecord['network'] {
  const { timeoutMs, allowHttp, proxy = null, noProxy = null, caPem = null } = input;
  return { timeoutMs, allowHttp, proxy, noProxy, caPem };
}

function viewOf(record: ConnectionRecord, integrations: readonly string[]): ConnectionView {
  const { name, tracker, url, settings, secretSinceMs } = record;
  const { timeoutMs, allowHttp, proxy, caPem } = readNetworkSettings(record.network);
  return {
    name,
    tracker,
    url,
    timeoutMs,
    allowHttp,
    proxy: proxyWithoutPassword(proxy),
    ownCertificates: caPem !== null,
    settings: Object.fromEntries(Object.entries(settings).map(([id, value]) => [id, String(value)])),
    secretSinceMs,
    integrations,
  };
}

const rightWords: Readonly<Record<keyof Rights, string>> = {
  create: 'create items',
  edit: 'edit items',
  comment: 'add comments',
  editComments: 'edit comments',
  deleteComments: 'delete comments',
  seePrivateComments: 'see private comments',
};

type Schema = Awaited<ReturnType<ReturnType<Program['network']['open']>['connector']['discover']>>;

function scopeView(schema: Schema): ScopeView {
  const { scope, types, fields, users, rights, markup, markerField, notices } = schema;
  const named = ({ id, name }: { readonly id: string; readonly name: string }): { id: string; name: string } => ({
    id,
    name,
  });
  return {
    id: scope.id,
    key: scope.key,
    name: scope.name,
    types: types.map(named),
    fields: fields.map(({ id, name, type, required, writable, options }) => ({
      id,
      name,
      type,
      required,
      writable,
      options: (options ?? []).map(named),
    })),
    users: users.map((user) => ({ ...named(user), login: user.login ?? null })),
    markup,
    markerField,
    missingRights: (Object.keys(rightWords) as (keyof Rights)[])
      .filter((right) => !rights[right])
      .map((right) => rightWords[right]),
    notices,
  };
}
