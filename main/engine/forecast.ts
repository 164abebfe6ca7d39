import type { Plan } from '../../preload/contract/plan.js';
import { sides, type Side, type Sided } from '../../preload/contract/values.js';
import type { Forecast } from './run-types.js';
import type { Session } from './session.js';

/** Requests and people that a plan's writes will take. Pure, from the connectors' own figures. */
export function forecastOf(session: Session, plan: Plan): Forecast {
  const requests = (side: Side): number => {
    const bound = session.deps.sides[side].callBound;
    const creates = plan.rows.filter((row) => row.side === side && row.kind === 'create').length;
    const updated = new Set(
      plan.rows
        .filter((row) => row.side === side && row.kind === 'set' && row.refs[side] !== null)
        .map((row) => row.pairId),
    ).size;
    const comments = plan.rows.filter(
      (row) =>
        row.side === side && row.commentId !== null && row.kind.endsWith('-comment') && row.kind !== 'drop-comment',
    ).length;
    return (
      creates * bound.create +
      updated * (bound.update + bound.reread) +
      comments * bound.comment +
      Math.ceil(updated / bound.inScopePage)
    );
  };
  const notified = (side: Side): number => {
    const users = plan.rows
      .filter(
        (row) =>
          row.side === side &&
          row.kind === 'set' &&
          session.mapping.fields.some((field) => field.id === row.field && field.type === 'user'),
      )
      .map((row) => String(row.after));
    return new Set(users).size;
  };
  const both = (of: (side: Side) => number): Sided<number> => ({ left: of(sides[0]), right: of(sides[1]) });
  return { requests: both(requests), notified: both(notified) };
}
