import { writingKinds, type Brake, type BrakeName, type Plan, type PlanRow } from '../../preload/contract/plan.js';
import { otherSide, sides, type Side, type Sided } from '../../preload/contract/values.js';
import type { SideInfo } from './ports.js';
import type { Mapping } from './mapping.js';
import type { IntegrationState } from './state.js';

export interface BrakeFacts {
  readonly mapping: Mapping;
  readonly plan: Plan;
  readonly state: IntegrationState;
  readonly configFingerprint: string;
  readonly info: Sided<SideInfo>;
  readonly activePairs: number;
  /** Items of a full listing in this run; null where the listing was not full. */
  readonly listed: Sided<number | null>;
  /** Markers of other workspaces seen in this run, per side. */
  readonly foreignMarkers: Sided<number>;
  readonly recovered: string | null;
}

/** Another site behind the address: known before anything is read. Pure. */
export function siteBrakes(state: IntegrationState, info: Sided<SideInfo>): readonly Brake[] {
  return sides.flatMap((side): readonly Brake[] => {
    const known = state.siteIds[side];
    if (known === null || known === info[side].siteId) return [];
    const saw = `the address of the ${side} connection leads to another site than at the last run`;
    return [{ name: 'other-site', saw, releasable: true }];
  });
}

/** Rules that stop a run before it writes, because its plan looks like an accident. Pure. */
export function findBrakes(facts: BrakeFacts): readonly Brake[] {
  const { plan, state, mapping } = facts;
  const limits = mapping.config.brakes;
  const brakes: Brake[] = [...siteBrakes(state, facts.info)];
  const stop = (name: BrakeName, saw: string): void => {
    brakes.push({ name, saw, releasable: name !== 'recovered' });
  };
  const writes = plan.rows.some((row) => row.kind !== 'skip' && row.kind !== 'refresh');
  if (facts.recovered !== null)
    stop(
      'recovered',
      `the data folder is older than the trackers (${facts.recovered}); make a preview, look at it, and run it with sync --plan`,
    );
  for (const side of sides) {
    if (facts.foreignMarkers[side] > 0)
      stop(
        'other-lockstep',
        `${facts.foreignMarkers[side]} item(s) on the ${side} carry the marker of another Lockstep: it may already sync this scope`,
      );
    const skew = Math.abs(facts.info[side].skewMs);
    if (skew > limits.clockSkewSeconds * 1000)
      stop(
        'clock-skew',
        `the clock of the ${side} tracker differs from this machine's by ${Math.round(skew / 1000)} s`,
      );
    if (facts.listed[side] === 0 && (state.listed[side] ?? 0) > 0)
      stop('empty-listing', `the ${side} listing is empty; it had ${state.listed[side] ?? 0} item(s) before`);
  }
  if (state.configFingerprint === null) {
    if (writes) stop('first-run', `first run: ${describeCounts(plan)}${describeLookalikes(plan)}`);
  } else if (state.configFingerprint !== facts.configFingerprint && writes) {
    stop(
      'config-changed',
      `the mapping, or what the trackers offer for it, changed since the last run: ${describeCounts(plan)}`,
    );
  }
  const creates = plan.counts.creates.left + plan.counts.creates.right;
  if (creates > limits.creates) stop('creates', `${creates} items would be created (limit ${limits.creates})`);
  const closes = plan.rows.filter((row) => isClosing(mapping, row)).length;
  const closesShare = facts.activePairs >= 10 && closes * 100 > limits.closesPercent * facts.activePairs;
  if (closes > limits.closes || closesShare)
    stop(
      'closes',
      `${closes} items or comments would be closed, deleted or unpaired (limit ${limits.closes}, or ${limits.closesPercent} % of ${facts.activePairs} pairs)`,
    );
  const changed = new Set(
    plan.rows
      .filter((row) => writingKinds.includes(row.kind) && row.refs.left !== null && row.refs.right !== null)
      .map((row) => row.pairId),
  ).size;
  if (facts.activePairs >= 20 && changed * 100 > limits.changedPercent * facts.activePairs) {
    stop(
      'half-changed',
      `${changed} of ${facts.activePairs} pairs would change at once (limit ${limits.changedPercent} %)`,
    );
  }
  return brakes;
}

function describeCounts(plan: Plan): string {
  const { creates, sets, comments } = plan.counts;
  return sides
    .map((side) => `${side}: ${creates[side]} to create, ${sets[side]} fields to set, ${comments[side]} comments`)
    .join('; ');
}

/** A first run over two scopes that hold the same already would double them: said before, in words. */
function describeLookalikes(plan: Plan): string {
  const titles = (side: Side): ReadonlySet<string> =>
    new Set(
      plan.rows.filter((row) => row.kind === 'create' && row.side === side).map(({ title }) => withoutKey(title)),
    );
  const onRight = titles('right');
  const alike = [...titles('left')].filter((title) => onRight.has(title)).length;
  if (alike === 0) return '';
  const what = alike === 1 ? 'title stands' : 'titles stand';
  return `; ${alike} ${what} on both sides, and those items would be made a second time: to pair them instead, give the integration a match rule, such as match: {left: subject, right: subject, initial: ask}`;
}

function withoutKey(title: string): string {
  return title.slice(title.indexOf(' ') + 1).trim();
}

/** Closes, deletes or unpairs something that is open, there, or paired now. */
export function isClosing(mapping: Mapping, row: PlanRow): boolean {
  if (row.kind === 'delete-comment' || row.kind === 'unpair') return true;
  if (row.kind !== 'set' || row.refs[row.side] === null || row.refs[otherSide(row.side)] === null) return false;
  const closed = mapping.fields.find((field) => field.id === row.field)?.closed[row.side];
  return closed !== undefined && row.after !== null && closed.has(String(row.after)) && !closed.has(String(row.before));
}
