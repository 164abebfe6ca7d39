import type { Scene } from './fake-bridge.js';

const running = (startedAtMs: number): NonNullable<Scene['running']> => ({
  runId: 'run-live',
  integration: 'web-shop',
  mode: 'sync',
  startedAtMs,
  progress: {
    phase: 'apply',
    side: 'right',
    done: 412,
    total: 1_280,
    item: '#17 Basket is empty after the language is switched',
    waiting: null,
  },
  cancelling: false,
});

/** Every screen, in the states that a user meets, with what tells that it is there. */
export const screens: readonly {
  readonly name: string;
  readonly path: string;
  readonly ready: string;
  readonly scene?: Scene;
}[] = [
  {
    name: 'welcome',
    path: '/',
    ready: 'text=Keep two trackers in step',
    scene: { app: { workspace: { state: 'missing', problem: null, keyStore: 'secure', slots: [] } } },
  },
  {
    name: 'unlock',
    path: '/',
    ready: 'text=Lockstep is locked',
    scene: {
      app: { workspace: { state: 'locked', problem: null, keyStore: 'none', slots: ['passphrase', 'recovery'] } },
    },
  },
  {
    name: 'blocked',
    path: '/',
    ready: 'text=The workspace cannot be opened',
    scene: {
      app: {
        workspace: {
          state: 'blocked',
          keyStore: 'secure',
          slots: ['safeStorage'],
          problem: {
            kind: 'storage',
            code: 'store-locked',
            message: 'Lockstep is open already, pid 4711.',
            action: 'Close it there first.',
            retryable: true,
            context: {},
          },
        },
      },
    },
  },
  { name: 'overview', path: '/', ready: 'text=attention', scene: { running: running(Date.now() - 64_000) } },
  { name: 'overview-empty', path: '/', ready: 'text=Begin in one of two ways', scene: { empty: true } },
  { name: 'integration', path: '/integrations/web-shop', ready: 'text=Last 30 days' },
  { name: 'mapping', path: '/integrations/web-shop?tab=mapping', ready: '[aria-label="Field mapping"]' },
  { name: 'filter', path: '/integrations/web-shop?tab=filter', ready: 'text=Together' },
  { name: 'users', path: '/integrations/web-shop?tab=users', ready: 'text=Who is who' },
  { name: 'schedule', path: '/integrations/web-shop?tab=schedule', ready: 'text=When it runs' },
  { name: 'pairs', path: '/integrations/web-shop?tab=pairs', ready: 'text=214 pairs' },
  { name: 'runs', path: '/integrations/web-shop?tab=runs', ready: '[aria-label="Runs"]' },
  { name: 'new-integration', path: '/integrations/new', ready: 'text=Suggest a mapping' },
  { name: 'preview', path: '/integrations/web-shop/preview?id=preview-1', ready: '[role=grid]' },
  {
    name: 'preview-working',
    path: '/integrations/web-shop/preview',
    ready: 'text=Finding out',
    scene: { hangs: ['preview.make'] },
  },
  { name: 'run', path: '/runs/run-1', ready: '[role=grid]' },
  {
    name: 'run-live',
    path: '/runs/run-live',
    ready: 'text=Cancel run',
    scene: { running: running(Date.now() - 64_000), logRows: 400 },
  },
  { name: 'log', path: '/log', ready: '[role=grid]' },
  { name: 'log-empty', path: '/log?q=nothing', ready: 'text=Nothing here' },
  { name: 'log-error', path: '/log', ready: 'role=alert', scene: { fails: { 'log.search': 'store-damaged' } } },
  { name: 'conflicts', path: '/conflicts', ready: '[role=listbox]' },
  { name: 'conflicts-empty', path: '/conflicts', ready: 'text=No conflicts', scene: { empty: true } },
  { name: 'connections', path: '/connections', ready: 'text=agency-redmine' },
  { name: 'connection-form', path: '/connections?add=true', ready: '[role=dialog]' },
  { name: 'privacy', path: '/privacy', ready: 'text=Whom it talked to' },
  { name: 'settings', path: '/settings', ready: 'text=Appearance' },
];
