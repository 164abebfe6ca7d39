import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
} from '@tanstack/react-router';
import { BrokenScreen } from './error-boundary.js';
import { conflictSearch, connectionSearch, integrationSearch, logSearch, newIntegrationSearch, previewSearch } from './search.js';
import { Shell } from './shell.js';

const root = createRootRoute({
  component: Shell,
  errorComponent: ({ error, reset }) => <BrokenScreen thrown={error} onReset={reset} />,
  notFoundComponent: () => <Navigate to="/" />,
});

const errorComponent = ({ error, reset }: { readonly error: unknown; readonly reset: () => void }): React.ReactNode => (
  <BrokenScreen thrown={error} onReset={reset} />
);

const routes = root.addChildren([
  createRoute({
    getParentRoute: () => root,
    path: '/',
    errorComponent,
    component: lazyRouteComponent(() => import('../features/overview/overview.js'), 'Overview'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/integrations/new',
    validateSearch: newIntegrationSearch,
    errorComponent,
    component: lazyRouteComponent(() => import('../features/integration/new-integration.js'), 'NewIntegration'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/integrations/$name',
    validateSearch: integrationSearch,
    errorComponent,
    component: lazyRouteComponent(() => import('../features/integration/integration.js'), 'Integration'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/integrations/$name/preview',
    validateSearch: previewSearch,
    errorComponent,
    component: lazyRouteComponent(() => import('../features/preview/preview.js'), 'Preview'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/runs/$runId',
    errorComponent,
    component: lazyRouteComponent(() => import('../features/run/run.js'), 'Run'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/log',
    validateSearch: logSearch,
    errorComponent,
    component: lazyRouteComponent(() => import('../features/log/log.js'), 'Log'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/conflicts',
    validateSearch: conflictSearch,
    errorComponent,
    component: lazyRouteComponent(() => import('../features/conflicts/conflicts.js'), 'Conflicts'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/connections',
    validateSearch: connectionSearch,
    errorComponent,
    component: lazyRouteComponent(() => import('../features/connections/connections.js'), 'Connections'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/privacy',
    errorComponent,
    component: lazyRouteComponent(() => import('../features/privacy/privacy.js'), 'Privacy'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings',
    errorComponent,
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
