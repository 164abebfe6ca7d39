import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
} from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { BrokenScreen } from './error-boundary.js';
import {
  conflictSearch,
  connectionSearch,
  integrationSearch,
  logSearch,
  newIntegrationSearch,
  previewSearch,
} from './search.js';
import { Shell } from './shell.js';

// With their types written out: inferred, they would ask for the type of the router that is being made of them.
function Broken({ error, reset }: { readonly error: unknown; readonly reset: () => void }): ReactNode {
  return <BrokenScreen thrown={error} onReset={reset} />;
}

function Lost(): ReactNode {
  return <Navigate to="/" />;
}

const root = createRootRoute({
  component: Shell,
  errorComponent: Broken,
  notFoundComponent: Lost,
});

const routes = root.addChildren([
  createRoute({
    getParentRoute: () => root,
    path: '/',
    errorComponent: Broken,
    component: lazyRouteComponent(() => import('../features/overview/overview.js'), 'Overview'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/integrations/new',
    validateSearch: newIntegrationSearch,
    errorComponent: Broken,
    component: lazyRouteComponent(() => import('../features/integration/new-integration.js'), 'NewIntegration'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/integrations/$name',
    validateSearch: integrationSearch,
    errorComponent: Broken,
    component: lazyRouteComponent(() => import('../features/integration/integration.js'), 'Integration'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/integrations/$name/preview',
    validateSearch: previewSearch,
    errorComponent: Broken,
    component: lazyRouteComponent(() => import('../features/preview/preview.js'), 'Preview'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/runs/$runId',
    errorComponent: Broken,
    component: lazyRouteComponent(() => import('../features/run/run.js'), 'Run'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/log',
    validateSearch: logSearch,
    errorComponent: Broken,
    component: lazyRouteComponent(() => import('../features/log/log.js'), 'Log'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/conflicts',
    validateSearch: conflictSearch,
    errorComponent: Broken,
    component: lazyRouteComponent(() => import('../features/conflicts/conflicts.js'), 'Conflicts'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/connections',
    validateSearch: connectionSearch,
    errorComponent: Broken,
    component: lazyRouteComponent(() => import('../features/connections/connections.js'), 'Connections'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/privacy',
    errorComponent: Broken,
    component: lazyRouteComponent(() => import('../features/privacy/privacy.js'), 'Privacy'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings',
    errorComponent: Broken,
    component: lazyRouteComponent(() => import('../features/settings/settings.js'), 'Settings'),
  }),
]);

/** The address is in the fragment: it works under any scheme, and a reload asks no server for a path. */
export function createAppRouter() {
  return createRouter({ routeTree: routes, history: createHashHistory(), defaultPreload: false });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
