import type { Cursor, Head, Item, Lookup } from '../connectors/contract.js';
import { LockstepError } from '../../preload/contract/errors.js';
import { otherSide, sides, type Side, type Sided } from '../../preload/contract/values.js';
import { forEachLimit } from './limit.js';
import { mappedFields } from './mapping.js';
import { report, type Session } from './session.js';
import type { IntegrationState, PairState, StagedItem, StoreOp } from './state.js';

/** What the read phase found. In a preview nothing of it is stored. */
export interface Reading {
  readonly staged: Sided<Map<string, StagedItem>>;
  readonly state: IntegrationState;
  /** Refs whose place in the scope was asked of the tracker in this run. */
  readonly verified: Sided<Set<string>>;
  readonly notices: readonly string[];
  /** Pairs of which something was read that was not known before. */
  readonly fresh: ReadonlySet<string>;
  /** Items of a listing that came from the beginning; null where there was none. */
  readonly listed: Sided<number | null>;
}

export interface ReadOptions {
  readonly full: boolean;
  /** False in a preview: it reads, and moves nothing. */
  readonly keep: boolean;
}

/**
 * What changed on either side since the cursors. Each page's items enter the dirty set in the batch that moves the
 * cursor over them (invariant 2).
 */
export async function readSides(session: Session, before: IntegrationState, options: ReadOptions): Promise<Reading> {
  const reader = new Reader(session, before, options);
  await reader.readUnread();
  await Promise.all(sides.map((side) => reader.readSide(side)));
  if (options.full) for (const side of sides) await reader.lookForMissing(side);
  for (const side of sides) await reader.lookAtPartners(side);
  for (const side of sides) await reader.lookAtLeftovers(side);
  return reader.result();
}

class Reader {
  readonly #session: Session;
  readonly #options: ReadOptions;
  #state: IntegrationState;
  readonly #staged = { left: new Map<string, StagedItem>(), right: new Map<string, StagedItem>() };
  readonly #listed = { left: new Set<string>(), right: new Set<string>() };
  readonly #verified = { left: new Set<string>(), right: new Set<string>() };
  readonly #counts: { left: number | null; right: number | null } = { left: null, right: null };
  readonly #notices: string[] = [];
  readonly #fresh = new Set<string>();
  /** What was staged before this run, and the revisions of it. */
  readonly #waiting = { left: new Map<string, StagedItem>(), right: new Map<string, StagedItem>() };
  readonly #before = new Map<string, string>();

  constructor(session: Session, state: IntegrationState, options: ReadOptions) {
    this.#session = session;
    this.#state = state;
    this.#options = options;
  }

  result(): Reading {
    return {
      staged: this.#staged,
      state: this.#state,
      verified: this.#verified,
      notices: this.#notices,
      fresh: this.#fresh,
      listed: this.#counts,
    };
  }

  /** Items known to have changed that could not be read last time, and items that were out of sight and are back. */
  async readUnread(): Promise<void> {
    const { deps, mapping, signal } = this.#session;
    const waiting = await deps.store.staged();
    for (const staged of waiting) {
      const { side, ref, item } = staged;
      this.#waiting[side].set(ref, staged);
      if (item !== null) this.#before.set(side + ref, item.revision);
    }
    for (const side of sides) {
      const refs = (...seen: readonly StagedItem['seen'][]): readonly string[] =>
        waiting.filter((staged) => staged.side === side && seen.includes(staged.seen)).map((staged) => staged.ref);
      const away = refs('not-visible', 'out-of-scope');
      const back: string[] = [];
      for (let start = 0; start < away.length; start += scopePage) {
        back.push(
          ...(await deps.sides[side].connector.inScope(
            mapping.scopes[side],
            away.slice(start, start + scopePage),
            signal,
          )),
        );
      }
      const due = [...refs('unread'), ...back];
      if (due.length > 0) await this.#keep(side, await this.#fetch(side, due), null);
    }
  }

  async readSide(side: Side): Promise<void> {
    const { deps, mapping, signal } = this.#session;
    const cursor = this.#options.full ? null : this.#state.cursors[side];
    const pages = deps.sides[side].connector.read({
      ...mapping.scopes[side],
      cursor,
      fields: mappedFields(mapping, side),
      signal,
    });
    let seen = 0;
    for await (const page of pages) {
      if (signal.aborted) throw new LockstepError('cancelled', 'The run was cancelled.');
      seen += page.heads.length;
      for (const head of page.heads) {
        this.#listed[side].add(head.ref);
        this.#verified[side].add(head.ref);
      }
      const wanted = await this.#wanted(side, page.heads);
      const complete = wanted.flatMap((head): Lookup[] =>
        head.item === undefined ? [] : [{ state: 'present', ref: head.ref, item: head.item }],
      );
      const fetched = await this.#fetch(
        side,
        wanted.filter((head) => head.item === undefined).map((head) => head.ref),
      );
      await this.#keep(side, [...complete, ...fetched], page.cursor);
      report(this.#session, 'read', { side, done: seen });
    }
    // A listing that came from the beginning was complete, whatever asked for it.
    if (cursor === null) this.#counts[side] = this.#listed[side].size;
  }

  /** Heads whose item we do not know as it is now. */
  async #wanted(side: Side, heads: readonly Head[]): Promise<readonly Head[]> {
    if (this.#options.full) return heads;
    const known = await this.#session.deps.store.stamps(
      side,
      heads.map((head) => head.ref),
    );
    return heads.filter((head) => head.stamp === null || known.get(head.ref) !== head.stamp);
  }

  /** Reads items in full. One that cannot be read now is remembered as changed, and read next time. */
  async #fetch(side: Side, refs: readonly string[]): Promise<readonly Lookup[]> {
    const { deps, signal } = this.#session;
    const { connector, capabilities } = deps.sides[side];
    const size = Math.max(1, capabilities.batchRead) * Math.max(1, capabilities.concurrency);
    const found: Lookup[] = [];
    for (let start = 0; start < refs.length; start += size) {
      const chunk = refs.slice(start, start + size);
      try {
        found.push(...(await connector.getMany(chunk, signal)));
      } catch (thrown) {
        if (!spares(thrown)) throw thrown;
        await forEachLimit(chunk, 1, async (ref) => {
          found.push(...(await this.#fetchOne(side, ref)));
        });
      }
      if (refs.length > size) report(this.#session, 'read', { side, done: start + chunk.length, total: refs.length });
    }
    return found;
  }

  async #fetchOne(side: Side, ref: string): Promise<readonly Lookup[]> {
    const { deps, signal } = this.#session;
    try {
      return await deps.sides[side].connector.getMany([ref], signal);
    } catch (thrown) {
      if (!(thrown instanceof LockstepError) || !spares(thrown)) throw thrown;
      this.#notices.push(`${side} item ${ref} could not be read (${thrown.message}); it is read again in the next run`);
      await this.#stage(side, [{ side, ref, seen: 'unread', item: null }], null);
      return [];
    }
  }

  async #keep(side: Side, lookups: readonly Lookup[], cursor: Cursor | null): Promise<void> {
    const { scope, types } = this.#session.mapping.scopes[side];
    const inside = (item: Item): boolean => item.scope === scope && types.includes(String(item.fields['type']));
    const staged = lookups.map((lookup): StagedItem => {
      if (lookup.state !== 'present') return { side, ref: lookup.ref, seen: lookup.state, item: null };
      return { side, ref: lookup.ref, seen: inside(lookup.item) ? 'present' : 'out-of-scope', item: lookup.item };
    });
    await this.#stage(side, staged, cursor);
  }

  async #stage(side: Side, staged: readonly StagedItem[], cursor: Cursor | null): Promise<void> {
    const { store } = this.#session.deps;
    const pairs = await store.pairsByRef(
      side,
      staged.map((item) => item.ref),
    );
    const ops: StoreOp[] = [];
    for (const item of staged) {
      const pair = pairs.get(item.ref);
      if (pair?.status === 'ended') continue;
      // Without a pair, only an item that is there can lead to anything.
      if (pair === undefined && item.seen !== 'present' && item.seen !== 'unread') {
        if (!this.#waiting[side].has(item.ref)) continue;
        // It was there when it was staged: no twin is made of what is there no more.
        this.#staged[side].set(item.ref, item);
        ops.push({ op: 'unstage', side, ref: item.ref });
        continue;
      }
      this.#staged[side].set(item.ref, item);
      const known = this.#before.get(side + item.ref) ?? pair?.bases[side]?.revision;
      if (pair !== undefined && item.item?.revision !== known) this.#fresh.add(pair.id);
      ops.push({ op: 'stage', staged: item });
      if (pair !== undefined && !pair.dirty) ops.push({ op: 'set-dirty', pairId: pair.id });
    }
    if (cursor !== null) this.#setState({ ...this.#state, cursors: { ...this.#state.cursors, [side]: cursor } });
    if (!this.#options.keep || (ops.length === 0 && cursor === null)) return;
    await store.commit([...ops, { op: 'put-state', state: this.#state }], 'durable');
  }

  #setState(state: IntegrationState): void {
    this.#state = state;
  }

  /** The other item of every pair that changed: still there, still in the scope? A resting one may be back. */
  async lookAtPartners(side: Side): Promise<void> {
    const { store } = this.#session.deps;
    const other = otherSide(side);
    const changed = [...this.#staged[other].values()]
      .filter((staged) => staged.seen === 'present')
      .map((staged) => staged.ref);
    const pairs = await store.pairsByRef(other, changed);
    const partners = new Map<string, PairState>();
    for (const pair of pairs.values()) {
      const ref = pair.refs[side];
      if (ref !== null && pair.status !== 'ended' && (!this.#listed[side].has(ref) || pair.status === 'resting'))
        partners.set(ref, pair);
    }
    await this.#classify(side, partners);
  }

  /** What an earlier run staged and no listing showed since: a cursor does not tell of what left the scope or is gone. */
  async lookAtLeftovers(side: Side): Promise<void> {
    const { store } = this.#session.deps;
    const refs = [...this.#waiting[side].values()]
      .filter(({ seen, ref }) => seen === 'present' && !this.#listed[side].has(ref) && !this.#staged[side].has(ref))
      .map(({ ref }) => ref);
    if (refs.length === 0) return;
    const pairs = await store.pairsByRef(side, refs);
    await this.#classify(side, new Map(refs.map((ref) => [ref, pairs.get(ref) ?? null])));
  }

  /** After a full listing: pairs whose item was not in it. Absence proves nothing; each is asked for by its ref. */
  async lookForMissing(side: Side): Promise<void> {
    const missing = (await this.#session.deps.store.activeRefs()).filter(
      (pair) => pair.refs[side] !== null && !this.#listed[side].has(pair.refs[side]),
    );
    const pairs = await this.#session.deps.store.pairs(missing.map((pair) => pair.id));
    await this.#classify(
      side,
      new Map(
        [...pairs.values()].flatMap((pair) => (pair.refs[side] === null ? [] : [[pair.refs[side], pair] as const])),
      ),
    );
  }

  async #classify(side: Side, pairs: ReadonlyMap<string, PairState | null>): Promise<void> {
    const { deps, mapping, signal } = this.#session;
    const refs = [...pairs.keys()];
    for (let start = 0; start < refs.length; start += scopePage) {
      const page = refs.slice(start, start + scopePage);
      const inside =
        this.#known(side, page) ?? (await deps.sides[side].connector.inScope(mapping.scopes[side], page, signal));
      for (const ref of page) this.#verified[side].add(ref);
      const doubtful = page.filter((ref) => !inside.has(ref) || pairs.get(ref)?.status === 'resting');
      await this.#keep(
        side,
        await this.#fetch(
          side,
          doubtful.filter((ref) => !this.#staged[side].has(ref)),
        ),
        null,
      );
    }
  }

  /** All of the page was listed in this run: no need to ask. */
  #known(side: Side, page: readonly string[]): ReadonlySet<string> | null {
    return page.every((ref) => this.#listed[side].has(ref)) ? new Set(page) : null;
  }
}

const scopePage = 100;

/** Errors of one item that need not stop the others. */
function spares(thrown: unknown): boolean {
  return (
    thrown instanceof LockstepError &&
    ['transient', 'rate-limited', 'remote-invalid', 'permission', 'not-found'].includes(thrown.kind) &&
    thrown.code !== 'cancelled'
  );
}
