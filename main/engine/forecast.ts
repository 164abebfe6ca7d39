import { writingKinds, type Plan, type PlanRow } from '../../preload/contract/plan.js';
import type { Side, Sided } from '../../preload/contract/values.js';
import { presentItem, type PairReading } from './plan-context.js';
import type { Forecast } from './run-types.js';
import type { Session } from './session.js';

/** Requests and people that a plan's writes will take. Pure, from the connectors' own figures. */
export function forecastOf(session: Session, plan: Plan, readings: ReadonlyMap<string, PairReading>): Forecast {
  const writes = plan.rows.filter((row) => writingKinds.includes(row.kind));
  const of = (side: Side): { readonly requests: number; readonly notified: number } => {
    const rows = writes.filter((row) => row.side === side);
    return { requests: requestsOf(session, side, rows), notified: peopleOf(session, side, rows, readings).size };
  };
  const both = { left: of('left'), right: of('right') };
  const sided = (name: 'requests' | 'notified'): Sided<number> => ({ left: both.left[name], right: both.right[name] });
  return { requests: sided('requests'), notified: sided('notified') };
}

function requestsOf(session: Session, side: Side, rows: readonly PlanRow[]): number {
  const bound = session.deps.sides[side].callBound;
  const pairsOf = (test: (row: PlanRow) => boolean): number => new Set(rows.filter(test).map((row) => row.pairId)).size;
  const existing = pairsOf((row) => row.refs[side] !== null);
  return (
    pairsOf((row) => row.kind === 'create') * bound.create +
    pairsOf((row) => row.kind === 'set' && row.refs[side] !== null) * bound.update +
    rows.filter((row) => row.commentId !== null).length * bound.comment +
    existing * bound.reread +
    Math.ceil(existing / bound.inScopePage)
  );
}

/** Authors and users of the items written to, before and after; our own account is told nothing. */
function peopleOf(
  session: Session,
  side: Side,
  rows: readonly PlanRow[],
  readings: ReadonlyMap<string, PairReading>,
): ReadonlySet<string> {
  const userFields = session.mapping.fields.filter((field) => field.type === 'user');
  const people = new Set<string>();
  const add = (value: unknown): void => {
    if (typeof value === 'string') people.add(value);
  };
  for (const row of rows) {
    const item = presentItem(readings.get(row.pairId)?.staged[side] ?? null);
    add(item?.createdBy);
    for (const field of userFields) {
      add(item?.fields[field.fields[side]]);
      if (row.field === field.id) add(row.after);
    }
  }
  people.delete(session.info[side].accountId);
  return people;
}
