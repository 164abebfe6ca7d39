import type {
  Capabilities,
  Comment,
  Connector,
  FieldChange,
  FieldSchema,
  FieldValues,
  Item,
  Lookup,
  NotEditable,
  Rights,
  ScopeSchema,
  WriteResult,
} from '../../main/connectors/contract.js';
import { LockstepError } from '../../preload/contract/errors.js';
import { sameValue, type FieldValue } from '../../preload/contract/values.js';

/**
 * A tracker in memory with the habits that hurt: whole-second times, silent refusals, derived fields of parents,
 * comments whose edits move nothing. Tests own its clock and its faults.
 */
export interface MemoryTrackerOptions {
  readonly name: string;
  readonly marker: boolean;
  /** Server's time in ms. */
  readonly now: () => number;
  /** Called around each request; a throw before means it never arrived, a throw after means its answer was lost. */
  readonly around?: (event: {
    readonly when: 'before' | 'after';
    readonly request: string;
    readonly writes: boolean;
    /** The item that is written to; null for a create and for what only reads. */
    readonly ref: string | null;
  }) => void | Promise<void>;
  readonly rights?: Partial<Rights>;
  readonly capabilities?: Partial<Capabilities>;
  /** Priority of an item with children is that of its highest child. */
  readonly derivedPriority?: boolean;
  /** Status of a new item is always the first one, whatever is asked. */
  readonly fixedFirstStatus?: boolean;
  readonly account?: string;
}

interface Row {
  ref: string;
  scope: string;
  fields: Record<string, FieldValue>;
  marker: string | null;
  createdAt: number;
  createdBy: string;
  updatedAt: number;
  private: boolean;
  comments: { ref: string; body: string; visibility: 'public' | 'private'; author: string; createdAt: number }[];
  history: FieldChange[];
  journal: number;
}

export const memoryFields = [
  'type',
  'subject',
  'description',
  'status',
  'priority',
  'assignee',
  'due',
  'parent',
] as const;
const statuses = ['new', 'open', 'done'];
const closedStatuses = ['done'];
const priorities = ['1', '2', '3', '4', '5'];
const users = ['ann', 'ben', 'cho', 'dee'];

export class MemoryTracker {
  readonly rows = new Map<string, Row>();
  readonly #gone = new Set<string>();
  readonly hidden = new Set<string>();
  /** Reading one of these fails. */
  readonly unreadable = new Set<string>();
  /** A listing that is empty though the items are there. */
  listsNothing = false;
  /** What the connector says of the clocks. */
  skewMs = 0;
  readonly options: MemoryTrackerOptions;
  writes = 0;
  requests = 0;
  siteId: string;
  /** Silent refusals that a test orders: `ref.field`. */
  readonly frozenFields = new Set<string>();
  #next = 1;
  #nextComment = 1000;

  constructor(options: MemoryTrackerOptions) {
    this.options = options;
    this.siteId = `site-${options.name}`;
  }

  // What people do.

  add(
    fields: FieldValues,
    by = 'ann',
    more: { scope?: string; private?: boolean; marker?: string | null } = {},
  ): string {
    const now = this.options.now();
    const ref = `${this.options.name}${this.#next++}`;
    const row: Row = {
      ref,
      scope: more.scope ?? 'scope',
      fields: {
        type: 'bug',
        subject: null,
        description: null,
        status: 'new',
        priority: '2',
        assignee: null,
        due: null,
        parent: null,
        ...fields,
      },
      marker: more.marker ?? null,
      createdAt: now,
      createdBy: by,
      updatedAt: now,
      private: more.private ?? false,
      comments: [],
      history: [],
      journal: 0,
    };
    if (this.#refuses(row, 'parent', row.fields['parent'] ?? null)) row.fields['parent'] = null;
    this.rows.set(ref, row);
    this.#derive();
    return ref;
  }

  edit(ref: string, fields: FieldValues, by = 'ann'): void {
    const row = this.row(ref);
    const revision = row.journal + 1;
    let changed = false;
    for (const [field, value] of Object.entries(fields)) {
      const from = row.fields[field] ?? null;
      if (this.#refuses(row, field, value) || sameValue(from, value)) continue;
      row.fields[field] = value;
      row.history.push({ field, from, to: value, at: this.#iso(), by, revision: String(revision) });
      changed = true;
    }
    if (!changed) return;
    row.journal = revision;
    row.updatedAt = this.options.now();
    this.#derive();
  }

  comment(ref: string, body: string, by = 'ann', visibility: 'public' | 'private' = 'public'): string {
    const row = this.row(ref);
    const id = String(this.#nextComment++);
    row.comments.push({ ref: id, body, visibility, author: by, createdAt: this.options.now() });
    row.journal += 1;
    row.updatedAt = this.options.now();
    return id;
  }

  /** Does not move the item's time: no cursor sees it. */
  editComment(ref: string, comment: string, change: { body?: string; visibility?: 'public' | 'private' }): void {
    const row = this.row(ref);
    const found = row.comments.find((candidate) => candidate.ref === comment);
    if (found === undefined) throw new Error(`no comment ${comment}`);
    Object.assign(found, change);
  }

  deleteComment(ref: string, comment: string): void {
    const row = this.row(ref);
    row.comments = row.comments.filter((candidate) => candidate.ref !== comment);
  }

  remove(ref: string): void {
    this.rows.delete(ref);
    this.#gone.add(ref);
    for (const row of this.rows.values()) if (row.fields['parent'] === ref) row.fields['parent'] = null;
  }

  restore(ref: string, row: Row): void {
    this.#gone.delete(ref);
    this.rows.set(ref, row);
  }

  move(ref: string, scope: string): void {
    const row = this.row(ref);
    row.scope = scope;
    row.updatedAt = this.options.now();
  }

  row(ref: string): Row {
    const row = this.rows.get(ref);
    if (row === undefined) throw new Error(`no item ${ref}`);
    return row;
  }

  #iso(): string {
    return new Date(Math.floor(this.options.now() / 1000) * 1000).toISOString();
  }

  #children(ref: string): readonly Row[] {
    return [...this.rows.values()].filter((row) => row.fields['parent'] === ref);
  }

  /** `ref` is `item` or one of its ancestors: as a parent it would close a ring, which every tracker refuses. */
  #isAncestor(ref: string, item: FieldValue): boolean {
    for (let current = item; typeof current === 'string'; current = this.rows.get(current)?.fields['parent'] ?? null)
      if (current === ref) return true;
    return false;
  }

  #isDerived(row: Row, field: string): boolean {
    return field === 'priority' && this.options.derivedPriority === true && this.#children(row.ref).length > 0;
  }

  #refuses(row: Row, field: string, value: FieldValue): boolean {
    if (this.frozenFields.has(`${row.ref}.${field}`) || this.#isDerived(row, field)) return true;
    if (field === 'parent' && this.#isAncestor(row.ref, value)) return true;
    const isClosed = (status: FieldValue | undefined): boolean => closedStatuses.includes(String(status));
    // An open item may not stand under a closed parent.
    const parent = field === 'parent' ? value : row.fields['parent'];
    const underClosed =
      parent !== null && parent !== undefined && isClosed(this.rows.get(String(parent))?.fields['status']);
    if (field === 'parent' && underClosed && !isClosed(row.fields['status'])) return true;
    if (field === 'status' && underClosed && !isClosed(value)) return true;
    const closes = field === 'status' && isClosed(value);
    return closes && this.#children(row.ref).some((child) => !closedStatuses.includes(String(child.fields['status'])));
  }

  #derive(): void {
    if (this.options.derivedPriority !== true) return;
    for (let round = 0; round < 5; round += 1) {
      for (const row of this.rows.values()) {
        const children = this.#children(row.ref);
        if (children.length === 0) continue;
        const highest =
          children
            .map((child) => String(child.fields['priority']))
            .sort()
            .at(-1) ?? '2';
        if (row.fields['priority'] !== highest) {
          row.fields['priority'] = highest;
          row.updatedAt = this.options.now();
        }
      }
    }
  }

  // What the engine sees.

  item(row: Row): Item {
    const times = Object.fromEntries(
      memoryFields.map((field) => [
        field,
        row.history.filter((change) => change.field === field).at(-1)?.at ?? new Date(row.createdAt).toISOString(),
      ]),
    );
    const notEditable: Record<string, NotEditable> = {};
    if (this.#isDerived(row, 'priority')) notEditable['priority'] = 'derived';
    const second = (ms: number): number => Math.floor(ms / 1000);
    return {
      ref: row.ref,
      key: row.ref.toUpperCase(),
      url: `https://${this.options.name}.test/${row.ref}`,
      scope: row.scope,
      fields: { ...row.fields },
      raws: {},
      notEditable,
      fieldTimes: times,
      revision: String(row.journal),
      stamp: second(this.options.now()) > second(row.updatedAt) ? String(second(row.updatedAt)) : null,
      createdAt: new Date(row.createdAt).toISOString(),
      createdBy: row.createdBy,
      private: row.private,
      marker: row.marker,
      comments: row.comments.map((comment): Comment => ({
        ref: comment.ref,
        body: comment.body,
        visibility: comment.visibility,
        authorId: comment.author,
        authorName: comment.author,
        createdAt: new Date(comment.createdAt).toISOString(),
      })),
      commentsComplete: this.rights.seePrivateComments,
    };
  }

  get rights(): Rights {
    return {
      create: true,
      edit: true,
      comment: true,
      editComments: true,
      deleteComments: true,
      seePrivateComments: true,
      ...this.options.rights,
    };
  }

  get capabilities(): Capabilities {
    return {
      conditionalWrite: false,
      deltas: true,
      listingIsComplete: false,
      batchRead: 10,
      commentEdit: true,
      commentDelete: true,
      commentVisibility: true,
      fieldHistory: true,
      cursorBlindTo: ['comment edits'],
      settleMs: 0,
      maxPageSize: 5,
      concurrency: 1,
      writeConcurrency: 1,
      ...this.options.capabilities,
    };
  }

  get schema(): ScopeSchema {
    const field = (id: string, type: FieldSchema['type'], more: Partial<FieldSchema> = {}): FieldSchema => ({
      id,
      name: id,
      type,
      required: false,
      writable: true,
      ...more,
    });
    return {
      scope: { id: 'scope', key: 'scope', name: 'Scope' },
      types: [
        { id: 'bug', name: 'Bug' },
        { id: 'task', name: 'Task' },
      ],
      fields: [
        field('subject', 'text', { required: true }),
        field('description', 'text'),
        field('status', 'option', {
          options: statuses.map((id) => ({ id, name: id, closed: closedStatuses.includes(id) })),
        }),
        field('priority', 'option', { options: priorities.map((id) => ({ id, name: id })) }),
        field('assignee', 'user'),
        field('due', 'date'),
        field('parent', 'item-ref'),
      ],
      users: users.map((id) => ({ id, name: id })),
      rights: this.rights,
      markup: 'plain',
      markerField: this.options.marker ? 'marker' : null,
      notices: [],
    };
  }

  connector(): Connector {
    const account = this.options.account ?? 'bot';
    const request = async <T>(name: string, writes: boolean, work: () => T, ref: string | null = null): Promise<T> => {
      this.requests += 1;
      await this.options.around?.({ when: 'before', request: name, writes, ref });
      if (writes) this.writes += 1;
      const result = work();
      await this.options.around?.({ when: 'after', request: name, writes, ref });
      return result;
    };
    const lookup = (ref: string): Lookup => {
      const row = this.rows.get(ref);
      if (this.hidden.has(ref)) return { state: 'not-visible', ref };
      return row === undefined ? { state: 'gone', ref } : { state: 'present', ref, item: this.item(row) };
    };
    const written = (row: Row, since: string): WriteResult => ({
      item: this.item(row),
      changes: row.history.filter((change) => Number(change.revision) > Number(since)),
    });
    const missing = (ref: string): LockstepError =>
      new LockstepError('gone', `item ${ref} is gone`, { context: { outcome: 'answered' } });
    const rowOf = (ref: string): Row => {
      const row = this.rows.get(ref);
      if (row === undefined) throw missing(ref);
      return row;
    };
    const visible = (): Row[] => [...this.rows.values()].filter((row) => !this.hidden.has(row.ref));
    const inside = (row: Row, types: readonly string[]): boolean =>
      row.scope === 'scope' && types.includes(String(row.fields['type']));
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- a generator method has its own `this`
    const tracker = this;
    return {
      check: () =>
        request('check', false, () => ({
          account: { id: account, name: account },
          siteId: this.siteId,
          skewMs: this.skewMs,
        })),
      listScopes: () => request('scopes', false, () => [this.schema.scope]),
      discover: () => request('discover', false, () => this.schema),
      async *read({ cursor, types }) {
        const since = Number(cursor?.['sinceMs'] ?? 0);
        const ceiling = tracker.options.now();
        let after = -1;
        for (;;) {
          const page = await request('list', false, () =>
            (tracker.listsNothing ? [] : visible())
              .filter(
                (row) => inside(row, types) && Math.floor(row.updatedAt / 1000) >= Math.floor((since - 120_000) / 1000),
              )
              .map((row) => ({ row, order: Number(row.ref.replace(/\D/gu, '')) }))
              .filter(({ order }) => order > after)
              .sort((a, b) => a.order - b.order)
              .slice(0, 5),
          );
          const last = page.at(-1);
          const more = page.length === 5;
          yield {
            heads: page.map(({ row }) => ({ ref: row.ref, stamp: tracker.item(row).stamp, marker: row.marker })),
            cursor: more ? { sinceMs: since } : { sinceMs: ceiling },
          };
          if (last === undefined || !more) return;
          after = last.order;
        }
      },
      getMany: (refs) =>
        request('get', false, () => {
          if (refs.some((ref) => this.unreadable.has(ref))) throw new LockstepError('server-error', 'status 500');
          return refs.map(lookup);
        }),
      create: (draft) =>
        request('create', true, () => {
          const { status, ...rest } = draft.fields;
          const ref = this.add(
            { ...rest, ...(this.options.fixedFirstStatus === true ? {} : { status: status ?? 'new' }) },
            account,
            { marker: draft.marker },
          );
          return written(this.row(ref), '0');
        }),
      update: (ref, fields, since) =>
        request(
          'update',
          true,
          () => {
            rowOf(ref);
            const parent = fields['parent'] ?? null;
            if (this.#isAncestor(ref, parent) || (parent !== null && !this.rows.has(String(parent))))
              throw new LockstepError('rejected-by-tracker', 'Parent is invalid', { context: { outcome: 'answered' } });
            this.edit(ref, fields, account);
            return written(rowOf(ref), since);
          },
          ref,
        ),
      addComment: (ref, comment, since) =>
        request(
          'add-comment',
          true,
          () => {
            rowOf(ref);
            this.comment(ref, comment.body, account, comment.visibility);
            return written(rowOf(ref), since);
          },
          ref,
        ),
      editComment: (ref, id, change, since) =>
        request(
          'edit-comment',
          true,
          () => {
            this.editComment(ref, id, change);
            return written(rowOf(ref), since);
          },
          ref,
        ),
      deleteComment: (ref, id, since) =>
        request(
          'delete-comment',
          true,
          () => {
            this.deleteComment(ref, id);
            return written(rowOf(ref), since);
          },
          ref,
        ),
      findCreated: ({ marker, sinceMs }) =>
        request('find-created', false, () => ({
          items: visible()
            .filter(
              (row) =>
                row.scope === 'scope' &&
                row.createdBy === account &&
                row.createdAt >= Math.floor(sinceMs / 1000) * 1000 &&
                (marker === null || row.marker === marker),
            )
            .map((row) => this.item(row)),
          listedAtMs: this.options.now(),
        })),
      inScope: ({ types }, refs) =>
        request(
          'in-scope',
          false,
          () =>
            new Set(
              visible()
                .filter((row) => refs.includes(row.ref) && inside(row, types))
                .map((row) => row.ref),
            ),
        ),
      count: ({ types }) => request('count', false, () => visible().filter((row) => inside(row, types)).length),
      history: (ref, since) =>
        request('history', false, () =>
          rowOf(ref).history.filter((change) => since === null || Number(change.revision) > Number(since)),
        ),
      normalise: (_field, value) => value,
    };
  }
}
