import type { Plan, PlanCounts, PlanRow, RowKind } from '../../preload/contract/plan.js';
import type { RowDraft } from './plan-context.js';

const commentKinds: ReadonlySet<RowKind> = new Set(['add-comment', 'edit-comment', 'hide-comment', 'delete-comment']);

/** The rows of a plan in their order: numbered and counted as they come, so that nothing walks over all of them later. */
export class PlanRows {
  readonly #rows: PlanRow[] = [];
  readonly #counter = new RowCounter();

  add(drafts: readonly RowDraft[]): void {
    for (const draft of drafts) {
      const row = numberRow(this.#rows.length, draft);
      this.#rows.push(row);
      this.#counter.add(row);
    }
  }

  plan(): Plan {
    return { rows: this.#rows, counts: this.#counter.counts() };
  }
}

export function countRows(rows: readonly PlanRow[]): PlanCounts {
  const counter = new RowCounter();
  for (const row of rows) counter.add(row);
  return counter.counts();
}

class RowCounter {
  readonly #creates = { left: 0, right: 0 };
  readonly #sets = { left: 0, right: 0 };
  readonly #comments = { left: 0, right: 0 };
  readonly #pairs = new Set<string>();
  #conflicts = 0;
  #skipped = 0;
  #lastPair: string | null = null;

  add({ kind, side, pairId }: PlanRow): void {
    if (kind === 'create') this.#creates[side] += 1;
    else if (kind === 'set') this.#sets[side] += 1;
    else if (kind === 'conflict') this.#conflicts += 1;
    else if (kind === 'skip') this.#skipped += 1;
    else if (commentKinds.has(kind)) this.#comments[side] += 1;
    // The rows of a pair stand together: most are of the pair of the row before.
    if (pairId !== this.#lastPair) this.#pairs.add(pairId);
    this.#lastPair = pairId;
  }

  counts(): PlanCounts {
    return {
      creates: { ...this.#creates },
      sets: { ...this.#sets },
      comments: { ...this.#comments },
      conflicts: this.#conflicts,
      skipped: this.#skipped,
      pairs: this.#pairs.size,
    };
  }
}

/** Written out: to spread an object of this size costs many times as much, and a first sync has a row for each field. */
function numberRow(seq: number, draft: RowDraft): PlanRow {
  return {
    seq,
    field: draft.field,
    before: draft.before,
    after: draft.after,
    sourceBefore: draft.sourceBefore,
    source: draft.source,
    loser: draft.loser,
    half: draft.half,
    commentId: draft.commentId,
    note: draft.note,
    pairId: draft.pairId,
    refs: draft.refs,
    title: draft.title,
    kind: draft.kind,
    side: draft.side,
    reason: draft.reason,
  };
}
