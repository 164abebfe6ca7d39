import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { I18nProvider } from 'react-aria-components';
import type { Bridge } from '../../preload/contract/events.js';
import { Blocked, Unlock } from '../features/start/unlock.js';
import { Welcome } from '../features/start/welcome.js';
import { Answer } from '../ui/states.js';
import { Toasts } from '../ui/toast.js';
import styles from './app.module.css';
import { ErrorBoundary } from './error-boundary.js';
import { BridgeProvider, createQueryClient, useCall } from './query.js';
import { createAppRouter } from './router.js';
import { useTheme } from './theme.js';

/** Everything, given a way to the program. */
export function App({ bridge }: { readonly bridge: Bridge }): ReactNode {
  const [client] = useState(createQueryClient);
  return (
    <I18nProvider locale="en-GB">
      <BridgeProvider value={bridge}>
        <QueryClientProvider client={client}>
          <ErrorBoundary>
            <Gate />
          </ErrorBoundary>
          <Toasts />
        </QueryClientProvider>
      </BridgeProvider>
    </I18nProvider>
  );
}

/** What has to be open before there is anything to show. */
function Gate(): ReactNode {
  const app = useCall('app.get', {});
  const [router] = useState(createAppRouter);
  useTheme(app.data?.workspace.state === 'open');
  if (app.data?.workspace.state === 'open') return <RouterProvider router={router} />;
  return (
    <main className={styles['gate']}>
      <Answer of={app}>
        {({ workspace }) => {
          if (workspace.state === 'missing') return <Welcome workspace={workspace} />;
          if (workspace.state === 'locked') return <Unlock workspace={workspace} />;
          return <Blocked workspace={workspace} />;
        }}
      </Answer>
    </main>
  );
}
