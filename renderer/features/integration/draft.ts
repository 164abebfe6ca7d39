import type {
  FieldMappingConfig,
  IntegrationConfig,
  OptionPair,
  SideScope,
} from '../../../preload/contract/integration.js';
import type { Side } from '../../../preload/contract/values.js';
import type { NamedId, ScopeView } from '../../../preload/contract/views.js';
import { useCall } from '../../app/query.js';

/** What the editor's parts share: the draft, what both trackers have, and whether it may be changed. */
export interface EditorProps {
  readonly draft: IntegrationConfig;
  readonly onChange: (draft: IntegrationConfig) => void;
  readonly readOnly: boolean;
}

export interface Discovered {
  readonly scope: ScopeView | null;
  readonly error: unknown;
  readonly isLoading: boolean;
  readonly retry: () => void;
}

/** What a side's tracker has: types, fields, options, users. Asked once for a scope. */
export function useDiscovered(side: SideScope): Discovered {
  const test = useCall('connection.test', { name: side.connection, scope: side.scope });
  return {
    scope: test.data?.scope ?? null,
    error: test.error,
    isLoading: test.isPending,
    retry: () => void test.refetch(),
  };
}

type FieldView = ScopeView['fields'][number];

/** A field by what the configuration calls it: its id, else its name. */
export function findField(scope: ScopeView | null, called: string): FieldView | null {
  return find(scope?.fields ?? [], called);
}

export function find<Entry extends NamedId>(entries: readonly Entry[], called: string): Entry | null {
  const folded = called.toLowerCase();
  return entries.find(({ id }) => id === called) ?? entries.find(({ name }) => name.toLowerCase() === folded) ?? null;
}

/** What the configuration calls an option, type or user: its name where that is the only one, so that files stay readable. */
export function calledAs(entries: readonly NamedId[], entry: NamedId): string {
  return entries.filter(({ name }) => name === entry.name).length === 1 ? entry.name : entry.id;
}

/** Changes one member of a list, or takes it out where it becomes null. */
export function changedAt<Member>(list: readonly Member[], at: number, member: Member | null): Member[] {
  return list.flatMap((old, index) => (index !== at ? [old] : member === null ? [] : [member]));
}

/** The pairs as a table by one side: every option of it, with its twin where there is one. */
export function twinOf(
  pairs: readonly OptionPair[],
  options: readonly NamedId[],
  option: NamedId,
  side: Side,
): OptionPair | null {
  return pairs.find((pair) => find(options, pair[side])?.id === option.id) ?? null;
}

/** Whether options of both sides have to be told apart for this field. */
export function hasOptions(left: FieldView | null, right: FieldView | null): boolean {
  return left !== null && right !== null && left.options.length > 0 && right.options.length > 0;
}

export function withoutUndefined(field: {
  readonly [Key in keyof FieldMappingConfig]: FieldMappingConfig[Key] | undefined;
}): FieldMappingConfig {
  return Object.fromEntries(Object.entries(field).filter(([, value]) => value !== undefined)) as FieldMappingConfig;
}
