import type { Brake, BrakeName, Plan } from '../../preload/contract/plan.js';
import type { IntegrationConfig } from '../../preload/contract/integration.js';
import type { Sided } from '../../preload/contract/values.js';
import type { RunState, StagedItem, IntegrationState } from './state.js';

export interface RunRequest {
  readonly runId: string;
  readonly config: IntegrationConfig;
  /** Read everything again, whatever the cursors say. */
  readonly full: boolean;
  /** Brakes that the user releases for this run. */
  readonly released: readonly BrakeName[];
}

/** The phases up to the brakes, held in memory: nothing has moved. Plain data; it is stored encrypted for 24 hours. */
export interface Preview {
  readonly id: string;
  readonly integration: string;
  readonly madeAtMs: number;
  readonly plan: Plan;
  readonly brakes: readonly Brake[];
  readonly notices: readonly string[];
  readonly forecast: Forecast;
  /** Over configuration, schemas, sites, state and rows: executing it refuses when one of them differs. */
  readonly hash: string;
  readonly configFingerprint: string;
  readonly generation: number;
  /** What was read, and the state as it is once that is staged. */
  readonly staged: readonly StagedItem[];
  /** Pairs of which something new was read. */
  readonly fresh: readonly string[];
  readonly state: IntegrationState;
}

export interface Forecast {
  /** Requests that the writes will take, per side. */
  readonly requests: Sided<number>;
  /** People who may be notified: assignees and authors of the items written to. An upper guess. */
  readonly notified: Sided<number>;
}

export interface RunReport {
  readonly run: RunState;
  /** Null where the run ended before there was one. */
  readonly plan: Plan | null;
  readonly brakes: readonly Brake[];
  readonly notices: readonly string[];
  /** Open conflicts of the integration after the run. */
  readonly openConflicts: number;
}
