import type { CallName } from '../../preload/contract/calls.js';
import type { ChangedPart } from '../../preload/contract/events.js';

/** What a window should ask for again after a command; runs tell of themselves when they begin and end. */
const parts: Partial<Record<CallName, readonly ChangedPart[]>> = {
  'connection.add': ['connections'],
  'connection.replace-secret': ['connections'],
  'connection.remove': ['connections'],
  'integration.add': ['connections', 'integrations', 'schedules'],
  'integration.put': ['connections', 'integrations', 'schedules'],
  'integration.remove': ['connections', 'integrations', 'schedules', 'runs', 'conflicts'],
  'schedule.set': ['schedules'],
  'run.cancel': ['runs'],
  'conflict.resolve': ['integrations', 'conflicts'],
  'settings.put': ['settings', 'privacy'],
  'privacy.recovery-key': ['privacy'],
  'practice.start': ['connections', 'integrations', 'schedules'],
};

export function changedBy(name: CallName): readonly ChangedPart[] {
  return parts[name] ?? [];
}
