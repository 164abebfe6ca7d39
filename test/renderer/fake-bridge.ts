import type { CallName, Topic } from '../../preload/contract/calls.js';
import { LockstepError, type AppError, type ErrorCode } from '../../preload/contract/errors.js';
import type { Bridge, CallResult, EventOf } from '../../preload/contract/events.js';
import { inputSchemas, type ParsedInput } from '../../preload/contract/inputs.js';
import type { AppView, CallOutputs, RunningView } from '../../preload/contract/views.js';
import * as data from './fake-data.js';

type Answers = { readonly [Name in CallName]: (input: ParsedInput<Name>) => CallOutputs[Name] | AppError };

/** What a test makes different from the ordinary case. */
export interface Scene {
  readonly app?: Partial<AppView>;
  readonly empty?: boolean;
  readonly logRows?: number;
  readonly running?: RunningView;
  readonly theme?: 'light' | 'dark' | 'contrast';
  /** These calls fail. */
  readonly fails?: Readonly<Partial<Record<CallName, ErrorCode>>>;
  /** These calls never answer. */
  readonly hangs?: readonly CallName[];
  readonly override?: Partial<Answers>;
}

export interface FakeBridge extends Bridge {
  /** Every call, in order, as the program would have got it. */
  readonly calls: readonly { readonly name: CallName; readonly input: unknown }[];
  emit<Name extends Topic>(topic: Name, event: EventOf<Name>): void;
  readonly onEmit: (listener: (topic: Topic, event: unknown) => void) => void;
}

/** The program as a window sees it, in memory. Inputs are held to the contract, as the dispatcher holds them. */
export function createFakeBridge(scene: Scene = {}, nowMs = Date.now()): FakeBridge {
  const calls: { readonly name: CallName; readonly input: unknown }[] = [];
  const emitted: ((topic: Topic, event: unknown) => void)[] = [];
  const listeners = new Map<Topic, Set<(event: never) => void>>();
  const waiting = new Map<string, (result: CallResult<never>) => void>();
  const answers = { ...createAnswers(scene, nowMs), ...scene.override };

  return {
    calls,
    onEmit: (listener) => void emitted.push(listener),
    emit(topic, event) {
      emitted.forEach((listener) => listener(topic, event));
      for (const listener of listeners.get(topic) ?? []) (listener as (event: unknown) => void)(event);
    },
    async call(name, input, callId) {
      const parsed = inputSchemas[name].safeParse(input);
      calls.push({ name, input });
      if (!parsed.success) return failure('input-invalid', `${name}: ${parsed.error.message}`);
      if (scene.hangs?.includes(name) === true) {
        return new Promise((resolve) => {
          if (callId !== undefined) waiting.set(callId, resolve);
        });
      }
      const code = scene.fails?.[name];
      if (code !== undefined) return failure(code, 'The tracker does not answer at redmine.shop.example.');
      const answer = answers[name] as (input: unknown) => unknown;
      const value = answer(parsed.data);
      if (typeof value === 'object' && value !== null && 'retryable' in value)
        return { ok: false, error: value as AppError };
      return { ok: true, value: value as never };
    },
    cancel(callId) {
      waiting.get(callId)?.(failure('cancelled', 'Cancelled.'));
    },
    subscribe(topic, listener) {
      const of = listeners.get(topic) ?? new Set();
      listeners.set(topic, of.add(listener));
      return () => void of.delete(listener);
    },
  };
}

function failure(code: ErrorCode, message: string): CallResult<never> {
  const error = new LockstepError(code, message, { action: 'See whether it is up, then try again.' }).toAppError();
  return { ok: false, error };
}

function createAnswers(scene: Scene, nowMs: number): Answers {
  let app = data.appView(scene.app);
  let settings = { ...data.settings, theme: scene.theme ?? 'light' } as typeof data.settings;
  let conflicts = scene.empty === true ? [] : data.conflictViews(nowMs);
  let practising = scene.empty !== true;
  const open = (): AppView => (app = { ...app, workspace: { ...app.workspace, state: 'open' } });
  const integrations = () => (practising ? data.integrationViews(nowMs) : []);
  const run = data.runView(nowMs, { outcome: 'conflicts' });
  const sync = { run, brakes: [], notices: [], openConflicts: 3 };
  const schedule = (integration: string, minutes: number, paused = false) => ({
    integration,
    schedule: { kind: 'every', minutes } as const,
    paused,
    nextRunAtMs: paused ? null : nowMs + 3 * data.minuteMs,
  });
  const total = scene.logRows ?? 4_812;
  return {
    'app.get': () => app,
    'workspace.create': () => {
      return { recoveryKey: 'K7QD-2M4X-9HTR-PC3W-6FVJ-8ZNB-Y5EA-LG1S' };
    },
    'workspace.unlock': ({ passphrase }) =>
      passphrase === 'wrong'
        ? new LockstepError('passphrase-wrong', 'This passphrase does not open the workspace.').toAppError()
        : open().workspace,
    'workspace.close': () => (app = { ...app, workspace: { ...app.workspace, state: 'locked' } }).workspace,
    'tracker.list': () => [
      {
        id: 'redmine',
        name: 'Redmine',
        documentation: 'https://www.redmine.org',
        secretLabel: 'API access key',
        settings: [
          {
            id: 'markerField',
            label: 'Marker field',
            help: 'A custom field for Lockstep alone.',
            kind: 'text',
            choices: [],
            required: false,
          },
          {
            id: 'markup',
            label: 'Text formatting',
            help: 'As Redmine’s administration says.',
            kind: 'choice',
            choices: ['textile', 'markdown'],
            required: false,
          },
        ],
        blindTo: ['edited comments'],
        commentEdit: true,
        commentVisibility: true,
        fieldHistory: true,
      },
    ],
    'connection.add': ({ name }) => ({ name, replaced: false, account: 'Alice Moreau' }),
    'connection.list': () =>
      practising
        ? ['shop-redmine', 'agency-redmine'].map((name, index) => ({
            name,
            tracker: 'redmine',
            url: index === 0 ? 'https://redmine.shop.example' : 'https://issues.agency.example',
            timeoutMs: 30_000,
            allowHttp: false,
            proxy: null,
            ownCertificates: index === 1,
            settings: {},
            secretSinceMs: nowMs - (index === 0 ? 40 : 230) * data.dayMs,
            integrations: ['web-shop'],
          }))
        : [],
    'connection.test': ({ name, scope }) => ({
      name,
      account: { id: '5', name: 'Alice Moreau' },
      siteId: name,
      skewMs: 400,
      scopes: [
        { id: '1', key: 'web-shop', name: 'Web shop' },
        { id: '2', key: 'shop-relaunch', name: 'Shop relaunch' },
      ],
      scope: scope === undefined ? null : data.scope,
    }),
    'connection.replace-secret': ({ name }) => ({ name, account: 'Alice Moreau' }),
    'connection.remove': ({ name }) => ({ name }),
    'integration.add': () => ({ name: 'web-shop', replaced: false, notices: [] }),
    'integration.list': integrations,
    'integration.get': ({ name }) => ({
      name,
      config: { ...data.config, name },
      file: `name: ${name}\nleft:\n  connection: shop-redmine\n`,
    }),
    'integration.check': ({ draft }) => ({ config: 'config' in draft ? data.config : null, problems: [], notices: [] }),
    'integration.put': ({ config }) => ({ name: config.name, replaced: true, notices: [] }),
    'integration.count': ({ types }) => ({
      types: types.map((type) => ({ type, items: { left: 108, right: 96 } })),
      items: { left: 108 * types.length, right: null },
    }),
    'integration.suggest': ({ left, right }) => ({
      config: { ...data.config, name: 'web-shop-2', left, right },
      left: { types: ['Support'], fields: ['Target version'], users: [] },
      right: { types: [], fields: [], users: [] },
      notices: [],
    }),
    'integration.pairs': ({ limit }) => ({
      total: 214,
      rows: Array.from({ length: Math.min(limit, 50) }, (_, index) => ({
        pairId: `pair-${String(index)}`,
        refs: { left: String(12 + index), right: String(40 + index) },
        keys: { left: `#${String(12 + index)}`, right: `#${String(40 + index)}` },
        title: data.titles[index % data.titles.length]?.replace(/^#\d+ /u, '') ?? null,
        status: index === 3 ? 'frozen' : index === 5 ? 'resting' : 'active',
        ended: null,
        dirty: index === 2,
        troubles: 0,
        conflicts: index === 1 ? 1 : 0,
      })),
    }),
    'integration.remove': ({ name }) => ({ name }),
    'schedule.list': () => integrations().map(({ name }, index) => schedule(name, 15, index === 1)),
    'schedule.check': () => ({
      problem: null,
      nextMs: [1, 2, 3, 4, 5].map((step) => nowMs + step * 15 * data.minuteMs),
    }),
    'schedule.set': ({ name, paused }) => schedule(name, 15, paused),
    'preview.make': ({ name }) => data.preview(nowMs, { integration: name }),
    'preview.draft': () => data.preview(nowMs),
    'preview.get': () => data.preview(nowMs),
    'sync.run': () => sync,
    'sync.plan': () => sync,
    'run.list': () =>
      Array.from({ length: 12 }, (_, index) =>
        data.runView(nowMs - index * 3_600_000, { id: `run-${String(index + 1)}` }),
      ),
    'run.log': () => ({ run, rows: [], more: false, names: data.names }),
    'run.get': ({ runId }) => ({
      run: {
        ...run,
        id: runId,
        ...(scene.running?.runId === runId
          ? { outcome: 'running', endedAtMs: null, startedAtMs: scene.running.startedAtMs }
          : {}),
      },
      brakes: [],
      notices: [],
      outcomes: { done: 14, parked: 3, skipped: 5 },
      running: scene.running ?? null,
    }),
    'run.current': () => (scene.running === undefined ? [] : [scene.running]),
    'run.cancel': ({ runId }) => ({ runId }),
    'run.days': () =>
      integrations().map(({ name }, index) => ({ integration: name, days: data.runDays(nowMs, index) })),
    'log.search': ({ filter, offset, limit }) => {
      const of = filter.text === 'nothing' ? 0 : total;
      const rows = Array.from({ length: Math.max(0, Math.min(limit, of - offset)) }, (_, index) =>
        data.logRow(offset + index, nowMs),
      );
      return { total: of, rows, names: { 'web-shop': data.names }, upTo: 'x' };
    },
    'export.make': ({ format }) => ({
      id: 'export-1',
      format,
      fileName: `lockstep-log.${format === 'bundle' ? 'zip' : format}`,
      mimeType: 'text/plain',
      bytes: 52_000,
      rows: 4_812,
      files: format === 'bundle' ? [{ name: 'run.json', bytes: 2_100, text: '{"item": "stand-in-1"}' }] : [],
      refusals: [],
    }),
    'export.save': () => ({ path: '/home/sam/lockstep-log.csv' }),
    'export.read': () => ({ base64: 'YSxiCg==', nextOffset: null }),
    'item.explain': ({ item }) => ({ item, pairs: [], names: {} }),
    'item.open': () => ({ url: 'https://redmine.shop.example/issues/12', opened: false }),
    'conflict.list': () => ({ conflicts, names: { 'web-shop': data.names } }),
    'conflict.resolve': ({ id }) => {
      conflicts = conflicts.filter((conflict) => conflict.id !== id);
      return { id, state: 'resolved' };
    },
    'status.get': () => data.status(nowMs),
    'settings.get': () => settings,
    'settings.put': (part) => (settings = { ...settings, ...part } as typeof settings),
    'privacy.get': () => ({
      parts: (['state', 'runs', 'keys', 'settings', 'logs'] as const).map((part, index) => ({
        part,
        path: `/home/sam/.local/share/lockstep/${part}`,
        files: 3 + index * 20,
        bytes: 31_000_000 / (index + 1),
        encrypted: index < 3,
      })),
      retentionDays: 90,
      oldestRunAtMs: nowMs - 40 * data.dayMs,
    }),
    'privacy.recovery-key': () => ({ recoveryKey: 'K7QD-2M4X-9HTR-PC3W' }),
    'practice.start': () => {
      practising = true;
      open();
      return { integration: 'web-shop', connections: ['practice-left', 'practice-right'] };
    },
  };
}
