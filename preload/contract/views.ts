import type { AppError } from './errors.js';
import type { ProgressView } from './progress.js';
import type { Schedule, Settings } from './settings.js';
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

/** Where the program runs and what it can do there; the first thing that a window asks for. */
export interface AppView {
  readonly host: 'desktop' | 'web' | 'terminal';
  readonly version: string;
  /** A viewer's commands are refused. */
  readonly role: 'admin' | 'viewer';
  /** As Node names it: linux, darwin, win32. */
  readonly platform: string;
  readonly dataFolder: string;
  readonly workspace: WorkspaceState;
  readonly can: {
    readonly notify: boolean;
    readonly startAtLogin: boolean;
    readonly keepInTray: boolean;
    /** `export.save` asks where to; otherwise the page reads the export and offers it as a download. */
    readonly saveFiles: boolean;
  };
  /** The integration of the practice trackers, where they are running. */
  readonly practice: string | null;
}

export interface WorkspaceState {
  /** blocked: it is there and cannot be opened, whatever key is given; `problem` says why. */
  readonly state: 'missing' | 'locked' | 'open' | 'blocked';
  readonly problem: AppError | null;
  /** Whether the host's own key store can hold the key, so that no passphrase has to be typed. */
  readonly keyStore: 'secure' | 'insecure' | 'none';
  /** The kinds of key slot that would open it; empty where there is no workspace. */
  readonly slots: readonly string[];
}

/** A connector's manifest, as far as a window needs it. */
export interface TrackerView {
  readonly id: string;
  readonly name: string;
  /** Address of the vendor's documentation. */
  readonly documentation: string;
  /** What the tracker calls the secret. */
  readonly secretLabel: string;
  readonly settings: readonly {
    readonly id: string;
    readonly label: string;
    readonly help: string;
    readonly kind: 'text' | 'number' | 'choice';
    readonly choices: readonly string[];
    readonly required: boolean;
  }[];
  /** What changes without being noticed at once, in the user's words. */
  readonly blindTo: readonly string[];
  readonly commentEdit: boolean;
  readonly commentVisibility: boolean;
  /** Whether policy `newest` can be told by the tracker's history. */
  readonly fieldHistory: boolean;
}

/** One thing that is wrong with a draft. */
export interface DraftProblem {
  /** Into the configuration, for example `['fields', 2, 'right']`; empty for the whole. */
  readonly path: readonly (string | number)[];
  /** From 1; null where the draft is no text. */
  readonly line: number | null;
  readonly message: string;
  /** The word that was probably meant. */
  readonly suggestion: string | null;
}

export interface IntegrationCheck {
  /** Null where it cannot be read at all. */
  readonly config: IntegrationConfig | null;
  readonly problems: readonly DraftProblem[];
  readonly notices: readonly string[];
}

/** Items that match the filter now, as each tracker counts them; null where it cannot tell. */
export interface MatchCount {
  readonly types: readonly { readonly type: Sided<string>; readonly items: Sided<number | null> }[];
  readonly items: Sided<number | null>;
}

export interface MappingSuggestion {
  /** Types, fields and users of equal names put together; its name is free. */
  readonly config: IntegrationConfig;
  /** Names of what found no twin. */
  readonly left: MappingRest;
  readonly right: MappingRest;
  readonly notices: readonly string[];
}

export interface MappingRest {
  readonly types: readonly string[];
  readonly fields: readonly string[];
  readonly users: readonly string[];
}

export interface PairView {
  readonly pairId: string;
  readonly refs: Sided<string | null>;
  readonly keys: Sided<string | null>;
  /** As last read on either side; null where the title is not mapped. */
  readonly title: string | null;
  readonly status: 'active' | 'resting' | 'frozen' | 'ended';
  readonly ended: Reason | null;
  /** Has unfinished work. */
  readonly dirty: boolean;
  readonly troubles: number;
  readonly conflicts: number;
}

export interface PairPage {
  /** Of all that match. */
  readonly total: number;
  readonly rows: readonly PairView[];
}

export interface ScheduleView {
  readonly integration: string;
  readonly schedule: Schedule;
  readonly paused: boolean;
  /** Null where nothing is due: manual, or paused. */
  readonly nextRunAtMs: number | null;
}

export interface ScheduleCheck {
  /** Why it cannot be used; null where it can. */
  readonly problem: string | null;
  /** The next five times; empty for manual. */
  readonly nextMs: readonly number[];
}

export interface RunningView {
  readonly runId: string;
  readonly integration: string;
  readonly mode: RunView['mode'];
  readonly startedAtMs: number;
  /** Null before the first. */
  readonly progress: ProgressView | null;
  readonly cancelling: boolean;
}

export interface RunDetail {
  readonly run: RunView;
  /** What stopped it, with what each one saw. */
  readonly brakes: readonly Brake[];
  readonly notices: readonly string[];
  /** Log rows by outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly running: RunningView | null;
}

export interface RunDays {
  readonly integration: string;
  /** Oldest first, one for each day asked for. */
  readonly days: readonly RunDay[];
}

export interface RunDay {
  /** YYYY-MM-DD, the viewer's. */
  readonly day: string;
  readonly runs: number;
  /** Changes made. */
  readonly changes: number;
  readonly failures: number;
  /** The worst outcome of the day; null where nothing ran. */
  readonly worst: RunOutcomeName | null;
}

export interface LogWindow {
  /** Of all that match. */
  readonly total: number;
  /** Newest first, from the offset that was asked for. */
  readonly rows: readonly LogRowView[];
  /** By integration. */
  readonly names: Readonly<Record<string, Names>>;
  /** Give it along with the next offset, so that new rows move nothing. */
  readonly upTo: string;
}

/** A file that is ready to be saved. Kept in memory for an hour, or until the workspace is closed. */
export interface ExportView {
  readonly id: string;
  readonly format: 'csv' | 'jsonl' | 'bundle';
  readonly fileName: string;
  readonly mimeType: string;
  readonly bytes: number;
  /** Log rows in it. */
  readonly rows: number;
  /** For a bundle: what is in it. */
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly text: string }[];
  /** For a bundle: what the verifier found that must not leave the house; such a bundle cannot be saved. */
  readonly refusals: readonly string[];
}

export interface ExportChunk {
  readonly base64: string;
  /** Null at the end. */
  readonly nextOffset: number | null;
}

export interface ItemLink {
  /** Null where the tracker told none. */
  readonly url: string | null;
  /** Whether the host opened it; otherwise the page may show it as a link. */
  readonly opened: boolean;
}

/** What lies on disk, beside what `status.get` tells. */
export interface PrivacyView {
  readonly parts: readonly {
    readonly part: 'state' | 'runs' | 'spool' | 'backups' | 'logs' | 'settings' | 'keys';
    /** Absolute. */
    readonly path: string;
    readonly files: number;
    readonly bytes: number;
    readonly encrypted: boolean;
  }[];
  readonly retentionDays: number;
  readonly oldestRunAtMs: number | null;
}

export interface CallOutputs {
  'app.get': AppView;
  /** The recovery key is shown once, and kept nowhere. */
  'workspace.create': { readonly recoveryKey: string };
  'workspace.unlock': WorkspaceState;
  'workspace.close': WorkspaceState;
  'tracker.list': readonly TrackerView[];
  'connection.add': { readonly name: string; readonly replaced: boolean; readonly account: string | null };
  'connection.list': readonly ConnectionView[];
  'connection.test': ConnectionTest;
  'connection.replace-secret': { readonly name: string; readonly account: string | null };
  'connection.remove': { readonly name: string };
  'integration.add': IntegrationSaved;
  'integration.list': readonly IntegrationView[];
  'integration.get': IntegrationDetail;
  'integration.check': IntegrationCheck;
  'integration.put': IntegrationSaved;
  'integration.count': MatchCount;
  'integration.suggest': MappingSuggestion;
  'integration.pairs': PairPage;
  'integration.remove': { readonly name: string };
  'schedule.list': readonly ScheduleView[];
  'schedule.check': ScheduleCheck;
  'schedule.set': ScheduleView;
  'preview.make': PreviewView;
  'preview.draft': PreviewView;
  'preview.get': PreviewView;
  'sync.run': SyncView;
  'sync.plan': SyncView;
  'run.list': readonly RunView[];
  'run.log': LogPage;
  'run.get': RunDetail;
  'run.current': readonly RunningView[];
  'run.cancel': { readonly runId: string };
  'run.days': readonly RunDays[];
  'log.search': LogWindow;
  'export.make': ExportView;
  /** `path` is null where the user thought better of it. */
  'export.save': { readonly path: string | null };
  'export.read': ExportChunk;
  'item.explain': Explanation;
  'item.open': ItemLink;
  'conflict.list': ConflictList;
  'conflict.resolve': { readonly id: string; readonly state: 'resolved' | 'discarded' };
  'status.get': StatusView;
  'settings.get': Settings;
  'settings.put': Settings;
  'privacy.get': PrivacyView;
  /** Shown once, and kept nowhere. */
  'privacy.recovery-key': { readonly recoveryKey: string };
  'practice.start': { readonly integration: string; readonly connections: readonly string[] };
}
