import type { Capabilities, Item, Rights } from '../connectors/contract.js';
import type { Side, Sided } from '../../preload/contract/values.js';
import type { Mapping } from './mapping.js';
import type { PairReading } from './plan-context.js';

/** What a plan depends on apart from what was read. */
export interface PlanFacts {
  readonly mapping: Mapping;
  readonly rights: Sided<Rights>;
  readonly capabilities: Sided<Capabilities>;
  readonly skewMs: Sided<number>;
  readonly readers: Sided<number>;
  readonly nowMs: number;
  readonly configFingerprint: string;
  readonly pairId: (side: Side, ref: string) => string;
  readonly commentCode: (side: Side, itemRef: string, commentRef: string) => string;
  readonly ownsCode: (code: string) => boolean;
  readonly hash: (text: string) => string;
}

/** What decisions about pairs need besides. */
export interface PairFacts extends PlanFacts {
  readonly readings: readonly PairReading[];
  /** Members of pairs that these items refer to, and of every pair in `readings`; of none that ended. */
  readonly members: Sided<ReadonlyMap<string, string>>;
  readonly waiting: ReadonlySet<string>;
  /** See `PlanContext`. */
  readonly twins: ReadonlyMap<string, string>;
  readonly unclearTwins: ReadonlySet<string>;
}

/** Everything a plan depends on. Same input, same plan, byte for byte. */
export interface PlanInput extends PairFacts {
  readonly unpaired: Sided<readonly Item[]>;
  /** Unpaired items that may be what a lost create made: nobody touches them before that is known. */
  readonly suspects: Sided<ReadonlySet<string>>;
  /** Pairs of which something was read in this run that was not known before. */
  readonly fresh: ReadonlySet<string>;
  readonly recovered: boolean;
  readonly knownPair: (id: string) => boolean;
  readonly ownMarker: (marker: string) => string | null;
}
