import type { IntegrationConfig } from '../../preload/contract/integration.js';
import { LockstepError } from '../../preload/contract/errors.js';
import type { ScopeSchema } from '../connectors/contract.js';
import { sides, type Side, type Sided } from '../../preload/contract/values.js';
import { compileMapping, type Mapping } from './mapping.js';
import type { EngineDeps, SideInfo } from './ports.js';

export interface Preflight {
  readonly info: Sided<SideInfo>;
  readonly mapping: Mapping;
  readonly configFingerprint: string;
  readonly notices: readonly string[];
}

/**
 * Both connections answer, the mapping fits what the trackers offer now, and the account may do what it needs.
 * @throws LockstepError of kind config, auth, permission or transient, naming the side.
 */
export async function preflight(deps: EngineDeps, config: IntegrationConfig, signal: AbortSignal): Promise<Preflight> {
  const [left, right] = await Promise.all(sides.map((side) => readInfo(deps, config, side, signal)));
  if (left === undefined || right === undefined) throw new LockstepError('internal', 'A side did not answer.');
  const info = { left, right };
  const mapping = compileMapping(config, { left: left.schema, right: right.schema });
  for (const side of sides) demandRights(mapping, info[side].schema, side);
  return {
    info,
    mapping,
    configFingerprint: fingerprint(deps, config, info),
    notices: sides.flatMap((side) => info[side].schema.notices.map((notice) => `${side}: ${notice}`)),
  };
}

async function readInfo(
  deps: EngineDeps,
  config: IntegrationConfig,
  side: Side,
  signal: AbortSignal,
): Promise<SideInfo> {
  const { connector } = deps.sides[side];
  const checked = await connector.check(signal);
  const schema = await connector.discover(config[side].scope, signal);
  return { accountId: checked.account.id, siteId: checked.siteId, skewMs: checked.skewMs, schema };
}

function demandRights(mapping: Mapping, schema: ScopeSchema, side: Side): void {
  const other = side === 'left' ? 'right' : 'left';
  const writes = mapping.fields.some((field) => field.flowsFrom[other]);
  const { rights } = schema;
  const missing = [
    ...(mapping.createsOn[side] && !rights.create ? ['create items'] : []),
    ...(writes && !rights.edit ? ['edit items'] : []),
    ...(commentsFlowTo(mapping, side) && !rights.comment ? ['add comments'] : []),
  ];
  if (missing.length === 0) return;
  throw new LockstepError(
    'forbidden',
    `The account of the ${side} connection may not ${missing.join(' nor ')} in ${schema.scope.name}.`,
    {
      action:
        'Give the account the right, use another account, or change the direction so that nothing is written there.',
      context: { side },
    },
  );
}

function commentsFlowTo(mapping: Mapping, side: Side): boolean {
  const { direction } = mapping.config.comments;
  return direction === 'both' || direction === (side === 'right' ? 'left-to-right' : 'right-to-left');
}

/** Over the configuration and the part of the schemas that gives it meaning. Brakes and names of people do not count. */
function fingerprint(deps: EngineDeps, config: IntegrationConfig, info: Sided<SideInfo>): string {
  const schema = (side: Side): unknown => {
    const { scope, types, fields, rights, markup, markerField } = info[side].schema;
    const options = (field: ScopeSchema['fields'][number]): readonly string[] =>
      (field.options ?? []).map((option) => option.id);
    return [
      scope.id,
      types.map((type) => type.id),
      fields.map((field) => [field.id, field.type, field.writable, options(field)]),
      rights,
      markup,
      markerField,
    ];
  };
  const { brakes: _brakes, ...rest } = config;
  return deps.ids.hash(JSON.stringify([rest, schema('left'), schema('right')]));
}
