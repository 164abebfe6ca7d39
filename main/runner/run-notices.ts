import type { EventOf } from '../../preload/contract/events.js';
import type { Settings } from '../../preload/contract/settings.js';
import type { Host, Notification } from '../app-host.js';
import type { ProgramPorts } from './program-ports.js';
import type { RunListener } from './run-registry.js';

/** Tells windows and the user of runs. */
export function createRunNotices(host: Host, ports: ProgramPorts): RunListener {
  return {
    started() {
      ports.emit('data.changed', { parts: ['runs'] });
    },
    progressed(event) {
      ports.emit('run.progress', event);
    },
    ended(event, changes) {
      ports.emit('run.ended', event);
      ports.emit('data.changed', { parts: ['integrations', 'schedules', 'runs', 'conflicts', 'privacy'] });
      const notification = notificationOf(event, changes, ports.settings().notifications);
      if (notification !== null) host.notify?.(notification);
    },
  };
}

/** Null where the user does not want to be told, or did it himself. */
export function notificationOf(
  { runId, integration, outcome }: EventOf<'run.ended'>,
  changes: number,
  wanted: Settings['notifications'],
): Notification | null {
  switch (outcome) {
    case 'failed':
      return wanted.failures ? onRun(`${integration} could not be synced`, 'Nothing is lost. See why.') : null;
    case 'failures':
      return wanted.failures ? onRun(`${integration}: some changes failed`, 'They are tried again. See which.') : null;
    case 'braked':
      return wanted.failures ? onRun(`${integration} was stopped by a brake`, 'Nothing was changed. See why.') : null;
    case 'conflicts':
      return wanted.conflicts
        ? { title: `${integration} has conflicts`, body: 'Decide which value counts.', screen: 'conflicts', id: null }
        : null;
    case 'done':
      return wanted.done && changes > 0 ? onRun(`${integration} is in step`, changesWords(changes)) : null;
    case 'cancelled':
      return null;
  }

  function onRun(title: string, body: string): Notification {
    return { title, body, screen: 'run', id: runId };
  }
}

function changesWords(changes: number): string {
  return changes === 1 ? '1 change.' : `${String(changes)} changes.`;
}
