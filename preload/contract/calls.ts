/**
 * Names of everything a window, a browser page or the command line may ask of the program. Without zod, so that what
 * only passes calls on stays tiny. A query changes nothing of the user's; a command may.
 */
export const calls = {
  'app.get': 'query',
  'workspace.create': 'command',
  'workspace.unlock': 'command',
  'workspace.close': 'command',
  'tracker.list': 'query',
  'connection.add': 'command',
  'connection.list': 'query',
  'connection.test': 'query',
  'connection.replace-secret': 'command',
  'connection.remove': 'command',
  'integration.add': 'command',
  'integration.list': 'query',
  'integration.get': 'query',
  'integration.check': 'query',
  'integration.put': 'command',
  'integration.count': 'query',
  'integration.suggest': 'query',
  'integration.pairs': 'query',
  'integration.remove': 'command',
  'schedule.list': 'query',
  'schedule.check': 'query',
  'schedule.set': 'command',
  'preview.make': 'command',
  'preview.draft': 'command',
  'preview.get': 'query',
  'sync.run': 'command',
  'sync.plan': 'command',
  'run.list': 'query',
  'run.log': 'query',
  'run.get': 'query',
  'run.current': 'query',
  'run.cancel': 'command',
  'run.days': 'query',
  'log.search': 'query',
  'export.make': 'command',
  'export.save': 'command',
  'export.read': 'query',
  'item.explain': 'query',
  'item.open': 'query',
  'conflict.list': 'query',
  'conflict.resolve': 'command',
  'status.get': 'query',
  'settings.get': 'query',
  'settings.put': 'command',
  'privacy.get': 'query',
  'privacy.recovery-key': 'command',
  'practice.start': 'command',
} as const satisfies Record<string, 'query' | 'command'>;

export type CallName = keyof typeof calls;

export function isCallName(name: string): name is CallName {
  return Object.hasOwn(calls, name);
}

/** What the program tells a window without being asked; `events.ts` has their shapes. */
export const topics = [
  'run.progress',
  'run.ended',
  'call.progress',
  'data.changed',
  'workspace.changed',
  'screen.show',
] as const;
export type Topic = (typeof topics)[number];

export function isTopic(name: string): name is Topic {
  return (topics as readonly string[]).includes(name);
}
