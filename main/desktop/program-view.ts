import type { Application } from '../app.js';
import type { EventOf } from '../../preload/contract/events.js';
import type { Callable } from './callable.js';
import type { Destinations } from './open-link.js';

/** The application for the window: a call that has an id tells of its progress, as an event of that id. */
export function forWindow(application: Application, onProgress: (event: EventOf<'call.progress'>) => void): Callable {
  return {
    dispatch: (name, input, callId) =>
      application.dispatch(name as string, input, {
        role: 'admin',
        ...(callId === undefined
          ? {}
          : {
              callId,
              onProgress: (progress) => {
                onProgress({ callId, progress });
              },
            }),
      }),
    cancel: (callId) => {
      application.cancel(callId);
    },
    subscribe: (topic, listener) => application.subscribe(topic, listener),
  };
}

/** What the tray shows, and what quitting asks about. A workspace that is not open has neither. */
export interface Overview {
  readonly open: boolean;
  readonly integrations: readonly string[];
  readonly running: ReadonlySet<string>;
}

export async function readOverview(application: Application): Promise<Overview> {
  const [state, integrations, running] = await Promise.all([
    application.state(),
    application.dispatch('integration.list', {}),
    application.dispatch('run.current', {}),
  ]);
  return {
    open: state.state === 'open',
    integrations: integrations.ok ? integrations.value.map(({ name }) => name) : [],
    running: new Set(running.ok ? running.value.map(({ integration }) => integration) : []),
  };
}

export async function readDestinations(application: Application): Promise<Destinations> {
  const [connections, trackers] = await Promise.all([
    application.dispatch('connection.list', {}),
    application.dispatch('tracker.list', {}),
  ]);
  return {
    connections: connections.ok ? connections.value.map(({ url }) => url) : [],
    pages: trackers.ok ? trackers.value.map(({ documentation }) => documentation) : [],
  };
}
