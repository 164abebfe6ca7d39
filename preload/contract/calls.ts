/**
 * Names of everything a window, a browser page or the command line may ask of the program. Without zod, so that what
 * only passes calls on stays tiny. A query changes nothing of the user's; a command may.
 */
export const calls = {
  'connection.add': 'command',
  'connection.list': 'query',
  'connection.test': 'query',
  'connection.remove': 'command',
  'integration.add': 'command',
  'integration.list': 'query',
  'integration.get': 'query',
  'integration.remove': 'command',
  'preview.make': 'command',
  'sync.run': 'command',
  'sync.plan': 'command',
  'run.list': 'query',
  'run.log': 'query',
  'item.explain': 'query',
  'conflict.list': 'query',
  'conflict.resolve': 'command',
  'status.get': 'query',
} as const satisfies Record<string, 'query' | 'command'>;

export type CallName = keyof typeof calls;

export function isCallName(name: string): name is CallName {
  return Object.hasOwn(calls, name);
}
