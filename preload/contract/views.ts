import type { Brake, BrakeName, PlanCounts, PlanRow, Reason, RowKind } from './plan.js';
import type { IntegrationConfig } from './integration.js';
import type { FieldValue, Sided } from './values.js';

/** What calls answer with: plain data for the screens, the terminal and scripts. Times are ms since 1970, UTC. */

export interface ConnectionView {
  readonly name: string;
  readonly tracker: string;
  readonly url: string;
  readonly timeoutMs: number;
  readonly allowHttp: boolean;
  /** Without its credentials. */
  readonly proxy: string | null;
  readonly ownCertificates: boolean;
  readonly settings: Readonly<Record<string, string>>;
  /** When the secret was given; the secret itself is never shown. */
  readonly secretSinceMs: number | null;
  readonly integrations: readonly string[];
}

export interface ConnectionTest {
  readonly name: string;
  readonly account: { readonly id: string; readonly name: string };
  readonly siteId: string;
  readonly skewMs: number;
  readonly scopes: readonly { readonly id: string; readonly key: string; readonly name: string }[];
  /** Only where a scope was asked for. */
  readonly scope: ScopeView | null;
}

export interface ScopeView {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly types: readonly NamedId[];
  readonly fields: readonly {
    readonly id: string;
    readonly name: string;
    readonly type: string;
    readonly required: boolean;
    readonly writable: boolean;
    readonly options: readonly NamedId[];
  }[];
  readonly users: readonly (NamedId & { readonly login: string | null })[];
  readonly markup: string;
  readonly markerField: string | null;
  readonly missingRights: readonly string[];
  readonly notices: readonly string[];
}

export interface NamedId {
  readonly id: string;
  readonly name: string;
}

/** What people call fields and options, as the trackers last told it; by the mapping's id (the left field's). */
export interface FieldNames {
  readonly name: string;
  readonly options: Sided<Readonly<Record<string, string>>>;
}
export type Names = Readonly<Record<string, FieldNames>>;

export interface IntegrationView {
  readonly name: string;
  readonly left: string;
  readonly right: string;
  readonly changedAtMs: number;
  readonly lastRun: RunView | null;
  readonly openConflicts: number;
  readonly recovered: string | null;
}

export interface IntegrationDetail {
  readonly name: string;
  readonly config: IntegrationConfig;
  /** YAML that gives the same integration again. */
  readonly file: string;
}

export interface IntegrationSaved {
  readonly name: string;
  readonly replaced: boolean;
  readonly notices: readonly string[];
}

export interface PreviewView {
  readonly id: string;
  readonly hash: string;
  readonly integration: string;
  readonly madeAtMs: number;
  readonly expiresAtMs: number;
  readonly rows: readonly PlanRow[];
  readonly counts: PlanCounts;
  readonly brakes: readonly Brake[];
  readonly notices: readonly string[];
  /** An upper guess per side: requests that write or check a write, and people who may be told of it. */
  readonly forecast: { readonly requests: Sided<number>; readonly notified: Sided<number> };
  readonly names: Names;
}

export type RunOutcomeName = 'done' | 'failures' | 'conflicts' | 'braked' | 'cancelled' | 'failed' | 'running';

export interface RunView {
  readonly id: string;
  readonly integration: string;
  readonly mode: 'sync' | 'full' | 'plan';
  readonly outcome: RunOutcomeName;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly brakes: readonly BrakeName[];
  readonly message: string | null;
  readonly checkedUpTo: Sided<string | null>;
}

export interface SyncView {
  readonly run: RunView;
  readonly brakes: readonly Brake[];
  readonly notices: readonly string[];
  /** What waits for the user in this integration. */
  readonly openConflicts: number;
}

export interface LogRowView {
  readonly seq: number;
  readonly runId: string;
  readonly atMs: number;
  readonly integration: string;
  readonly pairId: string | null;
  readonly side: 'left' | 'right' | null;
  readonly refs: Sided<string | null>;
  readonly title: string;
  readonly kind: RowKind | 'event';
  readonly field: string | null;
  readonly outcome: string;
  readonly reason: Reason | null;
  readonly before: FieldValue;
  readonly after: FieldValue;
  readonly sourceBefore: FieldValue;
  readonly source: FieldValue;
  readonly code: string | null;
  readonly message: string | null;
  readonly durationMs: number | null;
}

export interface LogPage {
  readonly run: RunView;
  readonly rows: readonly LogRowView[];
  readonly more: boolean;
  readonly names: Names;
}

export interface Explanation {
  readonly item: string;
  readonly pairs: readonly ExplainedPair[];
  readonly names: Readonly<Record<string, Names>>;
}

export interface ExplainedPair {
  readonly pairId: string;
  readonly integration: string;
  readonly refs: Sided<string | null>;
  readonly keys: Sided<string | null>;
  readonly status: string;
  readonly dirty: boolean;
  /** Why the pair ended, where it did. */
  readonly ended: Reason | null;
  /** Changes that did not succeed, and when they are tried again. */
  readonly troubles: readonly { readonly subject: string; readonly message: string; readonly retryable: boolean }[];
  readonly conflicts: readonly ConflictView[];
  readonly history: readonly LogRowView[];
}

export interface ConflictView {
  readonly id: string;
  readonly integration: string;
  readonly pairId: string;
  readonly kind: string;
  readonly field: string | null;
  readonly title: string;
  readonly left: FieldValue;
  readonly right: FieldValue;
  readonly base: FieldValue;
  readonly loserSide: 'left' | 'right' | null;
  readonly candidates: readonly string[];
  readonly atMs: number;
  readonly runId: string;
}

export interface ConflictList {
  readonly conflicts: readonly ConflictView[];
  readonly names: Readonly<Record<string, Names>>;
}

export interface StatusView {
  readonly dataFolder: string;
  readonly workspace: string;
  readonly mode: string;
  /** Why the state may be older than the trackers; empty in the normal case. */
  readonly recovered: readonly string[];
  readonly setAside: readonly string[];
  readonly schemaVersion: number;
  readonly databaseBytes: number;
  readonly journalBytes: number;
  readonly generations: readonly {
    readonly generation: number;
    readonly snapshotBytes: number;
    readonly journalBytes: number;
  }[];
  readonly runs: { readonly files: number; readonly bytes: number };
  readonly counts: Readonly<Record<string, number>>;
  readonly keys: {
    readonly state: string;
    readonly damaged: boolean;
    readonly slots: readonly { readonly kind: string; readonly createdAtMs: number; readonly usedNow: boolean }[];
  };
  readonly hosts: readonly {
    readonly host: string;
    readonly connection: string;
    readonly role: string;
    readonly firstMs: number;
    readonly lastMs: number;
    readonly contacts: number;
    readonly refusals: number;
  }[];
}

export interface CallOutputs {
  'connection.add': { readonly name: string; readonly replaced: boolean; readonly account: string | null };
  'connection.list': readonly ConnectionView[];
  'connection.test': ConnectionTest;
  'connection.remove': { readonly name: string };
  'integration.add': IntegrationSaved;
  'integration.list': readonly IntegrationView[];
  'integration.get': IntegrationDetail;
  'integration.remove': { readonly name: string };
  'preview.make': PreviewView;
  'sync.run': SyncView;
  'sync.plan': SyncView;
  'run.list': readonly RunView[];
  'run.log': LogPage;
  'item.explain': Explanation;
  'conflict.list': ConflictList;
  'conflict.resolve': { readonly id: string; readonly state: 'resolved' | 'discarded' };
  'status.get': StatusView;
}
