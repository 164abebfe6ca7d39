import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { RunningView } from '../../preload/contract/views.js';
import { refetchParts, useBridge, useCall } from './query.js';

/** Keeps what the screens show in step with what the program tells. Once, at the root. */
export function useLiveData(onScreen: (screen: string, id: string | undefined) => void): void {
  const bridge = useBridge();
  const client = useQueryClient();
  useEffect(() => {
    const key = ['run.current', {}];
    const stops = [
      bridge.subscribe('run.progress', ({ runId, integration, progress }) => {
        const known = client.getQueryData<readonly RunningView[]>(key);
        if (known?.some((run) => run.runId === runId) !== true) {
          // A run that began elsewhere: ask once, do not guess when it started.
          void client.invalidateQueries({ queryKey: key });
          return;
        }
        client.setQueryData<readonly RunningView[]>(key, (runs) =>
          runs?.map((run) => (run.runId === runId ? { ...run, integration, progress } : run)),
        );
      }),
      bridge.subscribe('run.ended', ({ runId }) => {
        client.setQueryData<readonly RunningView[]>(key, (runs) => runs?.filter((run) => run.runId !== runId));
        refetchParts(client, ['runs', 'conflicts']);
        refetchLog(client, runId);
      }),
      bridge.subscribe('data.changed', ({ parts }) => {
        refetchParts(client, parts);
      }),
      bridge.subscribe('workspace.changed', () => {
        void client.invalidateQueries({ queryKey: ['app.get'] });
      }),
      bridge.subscribe('screen.show', ({ screen, id }) => {
        onScreen(screen, id);
      }),
    ];
    return () => {
      stops.forEach((stop) => {
        stop();
      });
    };
  }, [bridge, client, onScreen]);
}

/** The ended run's own rows at once; a search that somebody is reading stays still, and is asked anew the next time. */
function refetchLog(client: QueryClient, runId: string): void {
  void client.invalidateQueries({ queryKey: ['log.search'], refetchType: 'none' });
  void client.invalidateQueries({ queryKey: ['log.search', { filter: { runId } }] });
}

/** The run of an integration that is going on, if any. */
export function useRunning(integration: string): RunningView | null {
  const { data } = useCall('run.current', {});
  return data?.find((run) => run.integration === integration) ?? null;
}
