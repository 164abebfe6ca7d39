import { createEngineStore } from '../store/repositories/engine-store.js';
import type { IntegrationRecord } from '../store/repositories/integrations.js';
import {
  integrationFileError,
  parseIntegrationFile,
  placeInFile,
  withSchemaLine,
  writeIntegrationFile,
} from '../integration-file.js';
import { freshId } from '../ids.js';
import { forgetMappingFacts, keepMappingFacts, mappingFacts, twinNotices } from '../runner/mapping-facts.js';
import { forgetSchedule } from '../runner/schedules.js';
import type { Program } from '../runner/program.js';
import { hasCode, LockstepError } from '../../preload/contract/errors.js';
import type { IntegrationConfig } from '../../preload/contract/integration.js';
import { sides } from '../../preload/contract/values.js';
import { withDiscovered } from './discover-sides.js';
import type { FeatureHandlers } from './dispatcher.js';
import { noSuch } from './no-such.js';
import { runView } from './run-view.js';

type Calls = 'integration.add' | 'integration.list' | 'integration.get' | 'integration.remove';

export function integrationHandlers(program: Program): FeatureHandlers<Calls> {
  const { stored, host, workspace } = program;
  return {
    async 'integration.add'({ fileName, text, check, replace }, { signal }) {
      const parsed = parseIntegrationFile(text);
      if (!parsed.ok) throw integrationFileError(fileName, parsed.problems);
      try {
        const known = replace ? await stored.integrations.byName(parsed.config.name) : null;
        return await saveIntegration(program, parsed.config, text, { check, edits: known?.name ?? null, signal });
      } catch (thrown) {
        throw withPlace(thrown, fileName, text);
      }
    },

    async 'integration.list'() {
      const views = [];
      for (const { id, name, config, changedAtMs } of await stored.integrations.list()) {
        const [last] = await stored.runs.list({ integrationId: id, limit: 1 });
        views.push({
          name,
          left: `${config.left.connection}/${config.left.scope}`,
          right: `${config.right.connection}/${config.right.scope}`,
          changedAtMs,
          lastRun: last === undefined ? null : runView(last),
          openConflicts: await stored.conflicts.openCount(id),
          recovered: (await createEngineStore(workspace.database, id).state()).recovered,
        });
      }
      return views;
    },

    async 'integration.get'({ name }) {
      const { config, source } = await findIntegration(program, name);
      return { name, config, file: withSchemaLine(source === '' ? writeIntegrationFile(config) : source) };
    },

    async 'integration.remove'({ name }) {
      const { id } = await findIntegration(program, name);
      if (program.queue.running().includes(id)) {
        throw new LockstepError('run-under-way', `A run of "${name}" is under way.`, {
          action: 'Wait for its end, or cancel it.',
        });
      }
      const now = host.clock.now();
      await stored.integrations.remove(id, now);
      await forgetMappingFacts(stored.meta, id);
      await forgetSchedule(stored.meta, id);
      const detail = { integration: name, removed: true };
      await stored.acts.add({ atMs: now, kind: 'configuration-changed', integrationId: id, detail });
      return { name };
    },
  };
}

export async function findIntegration({ stored }: Program, name: string): Promise<IntegrationRecord> {
  const record = await stored.integrations.byName(name);
  if (record !== null) return record;
  const known = (await stored.integrations.list()).map((integration) => integration.name);
  throw noSuch('integration-unknown', 'integration', name, known);
}

interface SaveOptions {
  readonly check: boolean;
  /** The integration that is edited, whose name may change; null for a new one. */
  readonly edits: string | null;
  readonly signal: AbortSignal;
}

/** Keeps a configuration, after both trackers were asked whether they have what it names. */
export async function saveIntegration(
  program: Program,
  config: IntegrationConfig,
  source: string,
  options: SaveOptions,
) {
  const { stored, host } = program;
  const edited = options.edits === null ? null : await findIntegration(program, options.edits);
  const holder = await stored.integrations.byName(config.name);
  if (holder !== null && holder.id !== edited?.id) {
    throw new LockstepError('name-taken', `There is an integration "${config.name}" already.`, {
      action: 'Choose another name, or say that it is to be replaced (--replace).',
    });
  }
  for (const side of sides) await demandConnection(program, config[side].connection, side);
  await refuseCollision(program, config, edited?.id ?? null);
  // Markers of its pairs may be out in a tracker: ids of pairs are derived from the integration's.
  const id = edited?.id ?? (await stored.integrations.removedId(config.name)) ?? freshId(host.random);
  const notices = options.check ? await checkMapping(program, id, config, options.signal) : [];
  const now = host.clock.now();
  await stored.integrations.put({ id, config, source }, now);
  const detail = { integration: config.name };
  await stored.acts.add({ atMs: now, kind: 'configuration-changed', integrationId: id, detail });
  return { name: config.name, replaced: edited !== null, notices };
}

async function demandConnection({ stored }: Program, name: string, side: string): Promise<void> {
  if ((await stored.connections.byName(name)) !== null) return;
  const known = (await stored.connections.list()).map((connection) => connection.name);
  const error = noSuch('connection-unknown', 'connection', name, known);
  throw new LockstepError(error.code, error.message, {
    ...(error.action === undefined ? {} : { action: error.action }),
    context: { where: `${side}.connection` },
  });
}

/** Two integrations over the same two scopes and types would write the same fields in turns. */
async function refuseCollision({ stored }: Program, config: IntegrationConfig, ownId: string | null): Promise<void> {
  const scopesOf = (of: IntegrationConfig): string =>
    sides
      .map((side) => `${of[side].connection}/${of[side].scope}`)
      .sort()
      .join('\n');
  const typesOf = (of: IntegrationConfig): readonly string[] => of.types.flatMap(({ left, right }) => [left, right]);
  for (const other of await stored.integrations.list()) {
    if (other.id === ownId || scopesOf(other.config) !== scopesOf(config)) continue;
    const shared = typesOf(other.config).find((type) => typesOf(config).includes(type));
    if (shared === undefined) continue;
    throw new LockstepError(
      'integrations-collide',
      `Integration "${other.name}" keeps ${shared} of the same two scopes in step already.`,
      {
        action: `Change "${other.name}", or leave the types that it has out of this one.`,
        context: { where: 'types' },
      },
    );
  }
}

async function checkMapping(
  program: Program,
  id: string,
  config: IntegrationConfig,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return withDiscovered(program, config, signal, async ({ left, right }) => {
    const schemas = { left: left.schema, right: right.schema };
    await keepMappingFacts(program.stored.meta, id, mappingFacts(config, schemas));
    return [
      ...sides.flatMap((side) => schemas[side].notices.map((notice) => `${side}: ${notice}`)),
      ...twinNotices(config, schemas),
    ];
  });
}

/** What the trackers refused of a file, with the line that says it. */
function withPlace(thrown: unknown, fileName: string, text: string): unknown {
  if (!hasCode(thrown, 'mapping-invalid', 'connection-unknown', 'integrations-collide', 'scope-unknown')) return thrown;
  const { where } = thrown.context;
  if (typeof where !== 'string') return thrown;
  const { line, column } = placeInFile(text, where);
  return new LockstepError(thrown.code, `${fileName}:${String(line)}:${String(column)}: ${thrown.message}`, {
    ...(thrown.action === undefined ? {} : { action: thrown.action }),
    context: { ...thrown.context, file: fileName, line },
    cause: thrown,
  });
}
