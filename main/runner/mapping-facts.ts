import { z } from 'zod';
import type { ScopeSchema } from '../connectors/contract.js';
import { compileMapping } from '../engine/mapping.js';
import type { Meta } from '../store/repositories/notes.js';
import type { IntegrationConfig } from '../../preload/contract/integration.js';
import { sides, type Side, type Sided } from '../../preload/contract/values.js';
import type { FieldNames, Names } from '../../preload/contract/views.js';

/**
 * What the trackers last told about an integration's fields: names for people, and which field of the right a mapping's
 * id stands for. Kept, so that logs and conflicts read well while no tracker is asked.
 */
export interface MappingFacts {
  readonly names: Names;
  /** By the mapping's id: the field's id on each side. */
  readonly fields: Readonly<Record<string, Sided<string>>>;
  /** Ids of the scopes that the configuration names. */
  readonly scopes: Sided<string>;
}

const sided = <T extends z.ZodType>(of: T) => z.object({ left: of, right: of });
const options = z.record(z.string(), z.string());
const factsSchema = z.object({
  names: z.record(z.string(), z.object({ name: z.string(), options: sided(options) })),
  fields: z.record(z.string(), sided(z.string())),
  scopes: sided(z.string()),
});

/** @throws LockstepError `mapping-invalid` where the configuration does not fit what the trackers offer */
export function mappingFacts(config: IntegrationConfig, schemas: Sided<ScopeSchema>): MappingFacts {
  const mapping = compileMapping(config, schemas);
  const users = (side: Side): Readonly<Record<string, string>> =>
    Object.fromEntries(schemas[side].users.map(({ id, name }) => [id, name]));
  const names = mapping.fields.map(({ id, names: name, optionNames, type }): [string, FieldNames] => {
    const optionsOf = (side: Side): Readonly<Record<string, string>> =>
      type === 'user' ? users(side) : Object.fromEntries(optionNames[side]);
    const shown = name.left === name.right ? name.left : `${name.left} ↔ ${name.right}`;
    return [id, { name: shown, options: { left: optionsOf('left'), right: optionsOf('right') } }];
  });
  return {
    names: Object.fromEntries(names),
    fields: Object.fromEntries(mapping.fields.map(({ id, fields }) => [id, fields])),
    scopes: { left: schemas.left.scope.id, right: schemas.right.scope.id },
  };
}

const keyOf = (integrationId: string): string => `mapping-facts:${integrationId}`;

export async function readMappingFacts(meta: Meta, integrationId: string): Promise<MappingFacts | null> {
  const text = await meta.get(keyOf(integrationId));
  if (text === null) return null;
  const parsed = factsSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : null;
}

/** Writes only what changed. */
export async function keepMappingFacts(meta: Meta, integrationId: string, facts: MappingFacts): Promise<void> {
  const text = JSON.stringify(facts);
  if ((await meta.get(keyOf(integrationId))) !== text) await meta.put(keyOf(integrationId), text);
}

export async function forgetMappingFacts(meta: Meta, integrationId: string): Promise<void> {
  await meta.remove(keyOf(integrationId));
}

/** In words: options and users of one side that no twin stands for; what holds them is reported and left alone. */
export function twinNotices(config: IntegrationConfig, schemas: Sided<ScopeSchema>): readonly string[] {
  const mapping = compileMapping(config, schemas);
  const notices: string[] = [];
  for (const field of mapping.fields) {
    if (field.lens === null || (field.type !== 'option' && field.type !== 'user') || field.id === 'type') continue;
    for (const side of sides) {
      if (!field.flowsFrom[side]) continue;
      const entries =
        field.type === 'user' ? schemas[side].users : (optionsOf(schemas[side], field.fields[side]) ?? []);
      const without = entries.filter(({ id }) => field.lens?.view(side, id).ok === false).map(({ name }) => name);
      if (without.length === 0) continue;
      const place = field.type === 'user' ? 'users' : `values of ${field.id}`;
      notices.push(
        `${field.names[side]}: ${String(without.length)} on the ${side} without a twin are left alone (add them under ${place}): ${listed(without)}.`,
      );
    }
  }
  return notices;
}

function optionsOf(schema: ScopeSchema, fieldId: string): ScopeSchema['fields'][number]['options'] {
  return schema.fields.find(({ id }) => id === fieldId)?.options;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10);
  return names.length > shown.length
    ? `${shown.join(', ')} and ${String(names.length - shown.length)} more`
    : shown.join(', ');
}
