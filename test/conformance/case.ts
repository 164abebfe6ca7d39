import { expect } from 'vitest';
import type { Connector, Cursor, Head, Item, ReadPage, ScopeSelection } from '../../main/connectors/contract.js';
import { LockstepError } from '../../preload/contract/errors.js';
import type { ErrorCode } from '../../preload/contract/errors.js';
import type { Bench } from './site.js';

/** What a case needs beyond a tracker that answers. */
export type Need =
  | 'faults'
  | 'time'
  | 'putUnknown'
  | 'forbidPrivateComments'
  | 'commentEdit'
  | 'commentDelete'
  | 'commentVisibility'
  | 'conditionalWrite'
  | 'deltas'
  | 'fieldHistory'
  | 'marker';

export interface ConformanceCase {
  readonly name: string;
  readonly needs?: readonly Need[];
  run(bench: Bench): Promise<void>;
}

/** Everything that connectors threw in this process, so that a case can look for secrets in it. */
export const thrown: LockstepError[] = [];

/** Awaits a failure with one of these codes and gives it back. */
export async function failure(work: Promise<unknown>, ...codes: readonly ErrorCode[]): Promise<LockstepError> {
  let error: unknown;
  try {
    await work;
  } catch (caught) {
    error = caught;
  }
  if (!(error instanceof LockstepError)) throw new Error(`expected a failure, but got ${String(error)}`);
  thrown.push(error);
  expect(codes, `${error.code}: ${error.message}`).toContain(error.code);
  expect(error.message).not.toBe('');
  return error;
}

export interface Listing {
  readonly pages: readonly ReadPage[];
  readonly heads: readonly Head[];
  readonly refs: readonly string[];
  readonly cursor: Cursor;
}

export async function readAll(
  connector: Connector,
  selection: ScopeSelection,
  cursor: Cursor | null,
  betweenPages: (page: ReadPage) => Promise<void> = async () => {},
): Promise<Listing> {
  const pages: ReadPage[] = [];
  const signal = new AbortController().signal;
  for await (const page of connector.read({ ...selection, cursor, fields: [], signal })) {
    pages.push(page);
    await betweenPages(page);
  }
  const last = pages.at(-1);
  if (last === undefined) throw new Error('a reading has at least one page, for its cursor');
  const heads = pages.flatMap((page) => page.heads);
  return { pages, heads, refs: heads.map((head) => head.ref), cursor: last.cursor };
}

/** A second connector of the same site never knows what the first one learned. */
export function overJson(cursor: Cursor): Cursor {
  return JSON.parse(JSON.stringify(cursor)) as Cursor;
}

export async function itemOf(connector: Connector, ref: string): Promise<Item> {
  const [lookup] = await connector.getMany([ref], new AbortController().signal);
  if (lookup?.state !== 'present') throw new Error(`item ${ref} is ${lookup?.state ?? 'not answered'}`);
  return lookup.item;
}

/** Without what may differ between two readings of an unchanged item. */
export function lasting(item: Item): Omit<Item, 'stamp'> {
  const { stamp: _, ...rest } = item;
  return rest;
}
