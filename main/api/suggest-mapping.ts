import type { FieldSchema, ScopeSchema, UserSchema } from '../connectors/contract.js';
import { integrationSchema, type OptionPair, type SideScope } from '../../preload/contract/integration.js';
import type { Sided } from '../../preload/contract/values.js';
import type { MappingRest, MappingSuggestion } from '../../preload/contract/views.js';

/** Types, fields and users of equal names (whatever the case) put together. Pure. */
export function suggestMapping(
  name: string,
  scopes: Sided<SideScope>,
  { left, right }: Sided<ScopeSchema>,
): MappingSuggestion {
  const types = twins(left.types, right.types, ({ name: own }) => [own]);
  const fields = twins(left.fields.filter(isMappable), right.fields.filter(isMappable), ({ id, name: own }) => [
    own,
    id,
  ]).both.filter(([of, to]) => sameKind(of, to));
  const users = twins(left.users, right.users, keysOfUser);
  const policy = 'ask';
  const config = integrationSchema.safeParse({
    name,
    ...scopes,
    types: types.both.map(pairOfNames),
    policy,
    fields: fields.map(([of, to]) => ({
      left: of.name,
      right: to.name,
      ...(of.writable && to.writable ? {} : { direction: to.writable ? 'left-to-right' : 'right-to-left' }),
    })),
    users: users.both.map(([of, to]): OptionPair => ({ left: of.login ?? of.name, right: to.login ?? to.name })),
  });
  const matched = { left: new Set(fields.map(([of]) => of)), right: new Set(fields.map(([, to]) => to)) };
  const rest = (schema: ScopeSchema, side: 'left' | 'right'): MappingRest => ({
    types: types.alone[side].map((type) => type.name),
    fields: schema.fields.filter((field) => isMappable(field) && !matched[side].has(field)).map((field) => field.name),
    users: users.alone[side].map((user) => user.name),
  });
  const notices = [
    ...(types.both.length === 0 ? ['No type has the same name on both sides: choose which ones belong together.'] : []),
    ...(fields.length === 0 ? ['No field has the same name on both sides: choose which ones belong together.'] : []),
  ];
  // An editor needs something to begin with, also where nothing has a twin: the first of each.
  const config0 = config.success
    ? config.data
    : integrationSchema.parse({
        name,
        ...scopes,
        types: types.both.length > 0 ? types.both.map(pairOfNames) : [firstPair(left.types, right.types)],
        fields:
          fields.length > 0 ? fields.map(([of, to]) => pairOfNames([of, to])) : [firstPair(left.fields, right.fields)],
      });
  return { config: config0, left: rest(left, 'left'), right: rest(right, 'right'), notices };
}

interface Twins<T> {
  readonly both: readonly (readonly [T, T])[];
  readonly alone: Sided<readonly T[]>;
}

function twins<T>(left: readonly T[], right: readonly T[], keysOf: (entry: T) => readonly string[]): Twins<T> {
  const free = new Set(right);
  const both: [T, T][] = [];
  for (const entry of left) {
    const keys = new Set(keysOf(entry).map(fold));
    const twin = [...free].find((candidate) => keysOf(candidate).some((key) => keys.has(fold(key))));
    if (twin === undefined) continue;
    free.delete(twin);
    both.push([entry, twin]);
  }
  const taken = new Set(both.map(([entry]) => entry));
  return { both, alone: { left: left.filter((entry) => !taken.has(entry)), right: [...free] } };
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim();
}

/** The type of an item is mapped by `types`. */
function isMappable({ id }: FieldSchema): boolean {
  return id !== 'type';
}

const textual: ReadonlySet<string> = new Set(['text', 'rich-text']);

function sameKind(left: FieldSchema, right: FieldSchema): boolean {
  const fits = left.type === right.type || (textual.has(left.type) && textual.has(right.type));
  return fits && (left.writable || right.writable);
}

function keysOfUser({ name, login, mail }: UserSchema): readonly string[] {
  return [...(mail === undefined ? [] : [mail]), ...(login === undefined ? [] : [login]), name];
}

function pairOfNames([left, right]: readonly [{ readonly name: string }, { readonly name: string }]): OptionPair {
  return { left: left.name, right: right.name };
}

function firstPair(
  left: readonly { readonly name: string }[],
  right: readonly { readonly name: string }[],
): OptionPair {
  return { left: left[0]?.name ?? '?', right: right[0]?.name ?? '?' };
}
