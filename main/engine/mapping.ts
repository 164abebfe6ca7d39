import type { FieldSchema, OptionSchema, ScopeSchema, UserSchema } from '../connectors/contract.js';
import { LockstepError } from '../../preload/contract/errors.js';
import type {
  FieldMappingConfig,
  InitialRule,
  IntegrationConfig,
  OptionPair,
  Policy,
} from '../../preload/contract/integration.js';
import { otherSide, sides, type FieldType, type Side, type Sided } from '../../preload/contract/values.js';
import { identityLens, tableLens, type Lens } from './lens.js';

/** One mapped field, with every name of the configuration resolved against the trackers' schemas. */
export interface FieldMapping {
  /** The left field's id; names the mapping in plans, logs and commands. */
  readonly id: string;
  readonly fields: Sided<string>;
  readonly names: Sided<string>;
  readonly type: FieldType;
  /** Whether a change of this side may flow to the other. */
  readonly flowsFrom: Sided<boolean>;
  readonly policy: Policy;
  readonly newestElse: Side | null;
  readonly initial: InitialRule | null;
  readonly fillEmpty: boolean;
  /** Null for references to items: their lens needs the pairs and is made by the planner. */
  readonly lens: Lens | null;
  /** Options in which an item counts as closed; empty for other fields. */
  readonly closed: Sided<ReadonlySet<string>>;
  readonly optionNames: Sided<ReadonlyMap<string, string>>;
}

export interface Mapping {
  readonly name: string;
  readonly config: IntegrationConfig;
  readonly scopes: Sided<{ readonly scope: string; readonly types: readonly string[] }>;
  readonly fields: readonly FieldMapping[];
  readonly createsOn: Sided<boolean>;
  readonly match: { readonly fields: Sided<string>; readonly initial: 'left' | 'right' | 'ask' } | null;
  readonly usesMarker: Sided<boolean>;
}

/**
 * Resolves the configuration against what the trackers offer now.
 * @throws LockstepError `mapping-invalid`, naming the place in the configuration and what would be right.
 */
export function compileMapping(config: IntegrationConfig, schemas: Sided<ScopeSchema>): Mapping {
  const types = config.types.map((pair, index) =>
    resolvePair(pair, (side) => schemas[side].types, 'type', `types[${index}]`),
  );
  const users = config.users.map((pair, index) =>
    resolvePair(pair, (side) => schemas[side].users, 'user', `users[${index}]`),
  );
  const typeMapping = compileType(config, schemas, types);
  const fields = config.fields.map((field, index) => compileField(config, field, schemas, users, `fields[${index}]`));
  refuseDoubles([typeMapping, ...fields]);
  const createsOn = {
    left: config.create === 'both' || config.create === 'right-to-left',
    right: config.create === 'both' || config.create === 'left-to-right',
  };
  refuseUnfilled([typeMapping, ...fields], schemas, createsOn);
  return {
    name: config.name,
    config,
    scopes: {
      left: { scope: schemas.left.scope.id, types: [...new Set(types.map((pair) => pair.left))] },
      right: { scope: schemas.right.scope.id, types: [...new Set(types.map((pair) => pair.right))] },
    },
    fields: [typeMapping, ...fields],
    createsOn,
    match: config.match === undefined ? null : compileMatch(config.match, schemas),
    usesMarker: { left: schemas.left.markerField !== null, right: schemas.right.markerField !== null },
  };
}

function invalid(where: string, what: string, action: string): LockstepError {
  return new LockstepError('mapping-invalid', `${where}: ${what}`, { action, context: { where } });
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.slice(0, 30).join(', ');
}

function findField(schema: ScopeSchema, name: string, side: Side, where: string): FieldSchema {
  const found = schema.fields.find((field) => field.id === name) ?? schema.fields.find((field) => field.name === name);
  if (found !== undefined) return found;
  throw invalid(
    `${where}.${side}`,
    `${schema.scope.name} has no field "${name}"`,
    `Use one of: ${list(schema.fields.map((field) => field.id))}.`,
  );
}

type Named = OptionSchema | UserSchema;

function aliases(entry: Named): readonly string[] {
  return 'login' in entry || 'mail' in entry
    ? [
        entry.id,
        entry.name,
        ...(entry.login === undefined ? [] : [entry.login]),
        ...(entry.mail === undefined ? [] : [entry.mail]),
      ]
    : [entry.id, entry.name];
}

function findNamed(entries: readonly Named[], name: string, what: string, where: string): Named {
  const exact = entries.filter((entry) => entry.name === name);
  const found = exact.length > 0 ? exact : entries.filter((entry) => aliases(entry).includes(name));
  const only = found[0];
  if (only === undefined)
    throw invalid(where, `there is no ${what} "${name}"`, `Use one of: ${list(entries.map((entry) => entry.name))}.`);
  if (found.length > 1)
    throw invalid(
      where,
      `"${name}" names ${found.length} ${what}s`,
      `Use the id: ${list(found.map((entry) => `${entry.id} (${entry.name})`))}.`,
    );
  return only;
}

function resolvePair(
  pair: OptionPair,
  entries: (side: Side) => readonly Named[],
  what: string,
  where: string,
): Sided<string> {
  return {
    left: findNamed(entries('left'), pair.left, what, `${where}.left`).id,
    right: findNamed(entries('right'), pair.right, what, `${where}.right`).id,
  };
}

function optionNames(options: readonly OptionSchema[] | undefined): ReadonlyMap<string, string> {
  return new Map((options ?? []).map((option) => [option.id, option.name]));
}

const noOptions: Sided<ReadonlySet<string>> = { left: new Set(), right: new Set() };

function compileType(
  config: IntegrationConfig,
  schemas: Sided<ScopeSchema>,
  types: readonly Sided<string>[],
): FieldMapping {
  return {
    id: 'type',
    fields: { left: 'type', right: 'type' },
    names: { left: 'Type', right: 'Type' },
    type: 'option',
    flowsFrom: { left: true, right: true },
    policy: config.policy,
    newestElse: config.newestElse ?? null,
    initial: null,
    fillEmpty: true,
    lens: tableLens(types, 'option-without-twin'),
    closed: noOptions,
    optionNames: { left: optionNames(schemas.left.types), right: optionNames(schemas.right.types) },
  };
}

const textual: ReadonlySet<FieldType> = new Set(['text', 'rich-text']);

function compileField(
  config: IntegrationConfig,
  field: FieldMappingConfig,
  schemas: Sided<ScopeSchema>,
  users: readonly Sided<string>[],
  where: string,
): FieldMapping {
  const found = {
    left: findField(schemas.left, field.left, 'left', where),
    right: findField(schemas.right, field.right, 'right', where),
  };
  const { left, right } = found;
  if (left.type !== right.type && !(textual.has(left.type) && textual.has(right.type))) {
    throw invalid(
      where,
      `"${left.name}" holds ${left.type}, "${right.name}" holds ${right.type}`,
      'Map fields of the same type.',
    );
  }
  if (left.type === 'rich-text' && right.type === 'rich-text' && schemas.left.markup !== schemas.right.markup) {
    throw invalid(
      where,
      `the left side writes ${schemas.left.markup}, the right side ${schemas.right.markup}`,
      'Both sides must use the same markup for now; if the setting of a connection is wrong, correct it.',
    );
  }
  if (field.left === 'type' || left.id === 'type')
    throw invalid(where, 'types are mapped under "types"', 'Remove this entry.');
  const direction = field.direction ?? 'both';
  const flowsFrom = { left: direction !== 'right-to-left', right: direction !== 'left-to-right' };
  for (const side of sides) {
    const target = side === 'left' ? 'right' : 'left';
    if (flowsFrom[side] && !found[target].writable) {
      throw invalid(
        where,
        `"${found[target].name}" cannot be written on the ${target}`,
        `Set direction: ${target}-to-${side}, or remove the field.`,
      );
    }
  }
  const policy = field.policy ?? config.policy;
  return {
    id: left.id,
    fields: { left: left.id, right: right.id },
    names: { left: left.name, right: right.name },
    type: left.type,
    flowsFrom,
    policy,
    newestElse: field.newestElse ?? config.newestElse ?? null,
    initial: field.initial ?? null,
    fillEmpty: field.fillEmpty ?? true,
    lens: compileLens(field, found, users, where),
    closed: {
      left: new Set((left.options ?? []).filter((option) => option.closed === true).map((option) => option.id)),
      right: new Set((right.options ?? []).filter((option) => option.closed === true).map((option) => option.id)),
    },
    optionNames: { left: optionNames(left.options), right: optionNames(right.options) },
  };
}

function compileLens(
  field: FieldMappingConfig,
  found: Sided<FieldSchema>,
  users: readonly Sided<string>[],
  where: string,
): Lens | null {
  const type = found.left.type;
  if (type === 'item-ref') return null;
  if (type === 'user') return tableLens(users, 'user-without-twin');
  if (type === 'option') {
    const options = (side: Side): readonly OptionSchema[] => found[side].options ?? [];
    const given = field.values ?? 'by-name';
    const rows =
      given === 'by-name'
        ? options('left').flatMap((left) =>
            options('right')
              .filter((right) => right.name === left.name)
              .map((right) => ({ left: left.id, right: right.id })),
          )
        : given.map((pair, index) => resolvePair(pair, options, 'option', `${where}.values[${index}]`));
    return tableLens(rows, 'option-without-twin');
  }
  if (type === 'option-set' || type === 'user-set' || type === 'labels') {
    throw invalid(
      where,
      `"${found.left.name}" holds a set of values, which cannot be mapped yet`,
      'Remove this field.',
    );
  }
  if (field.values !== undefined) throw invalid(where, `"${found.left.name}" has no options`, 'Remove "values".');
  return identityLens;
}

function compileMatch(match: NonNullable<IntegrationConfig['match']>, schemas: Sided<ScopeSchema>): Mapping['match'] {
  const left = findField(schemas.left, match.left, 'left', 'match');
  const right = findField(schemas.right, match.right, 'right', 'match');
  return { fields: { left: left.id, right: right.id }, initial: match.initial };
}

function refuseDoubles(fields: readonly FieldMapping[]): void {
  for (const side of sides) {
    const seen = new Set<string>();
    for (const field of fields) {
      if (seen.has(field.fields[side]))
        throw invalid('fields', `"${field.names[side]}" on the ${side} is mapped twice`, 'Remove one of the two.');
      seen.add(field.fields[side]);
    }
  }
}

/** A created item must have every field that its tracker requires. */
function refuseUnfilled(fields: readonly FieldMapping[], schemas: Sided<ScopeSchema>, createsOn: Sided<boolean>): void {
  for (const side of sides) {
    if (!createsOn[side]) continue;
    const filled = new Set(
      fields.filter((field) => field.flowsFrom[otherSide(side)]).map((field) => field.fields[side]),
    );
    const open = schemas[side].fields.filter((field) => field.required && !filled.has(field.id));
    if (open.length === 0) continue;
    throw invalid(
      'fields',
      `new items on the ${side} need ${open.map((field) => `"${field.name}"`).join(', ')}, which nothing fills`,
      `Map the field, or let no item be created on the ${side} (create: ...).`,
    );
  }
}

/** The ids of fields a side is asked for. */
export function mappedFields(mapping: Mapping, side: Side): readonly string[] {
  return [
    ...new Set([
      ...mapping.fields.map((field) => field.fields[side]),
      ...(mapping.match === null ? [] : [mapping.match.fields[side]]),
    ]),
  ];
}
