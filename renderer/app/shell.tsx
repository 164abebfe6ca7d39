import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { RouterProvider as AriaRouterProvider } from 'react-aria-components';
import { Loading } from '../ui/states.js';
import { useLiveData } from './live.js';
import { Palette } from './palette.js';
import styles from './shell.module.css';
import { Sidebar } from './sidebar.js';

/** Sidebar, screen, command palette. */
export function Shell(): ReactNode {
  const navigate = useNavigate();
  const [paletteOpen, setPaletteOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: ({ location }) => location.pathname });

  const showScreen = useCallback(
    (screen: string, id: string | undefined) => {
      if (screen === 'integration' && id !== undefined)
        void navigate({ to: '/integrations/$name', params: { name: id } });
      else if (screen === 'run' && id !== undefined) void navigate({ to: '/runs/$runId', params: { runId: id } });
      else if (screen === 'log') void navigate({ to: '/log', search: {} });
      else if (screen === 'conflicts') void navigate({ to: '/conflicts', search: {} });
      else if (screen === 'connections') void navigate({ to: '/connections', search: {} });
      else if (screen === 'privacy') void navigate({ to: '/privacy' });
      else if (screen === 'settings') void navigate({ to: '/settings' });
      else void navigate({ to: '/' });
    },
    [navigate],
  );
  useLiveData(showScreen);

  // The reading position follows the screen, so that a keyboard or a screen reader goes on in the new one.
  const lastPath = useRef(path);
  useEffect(() => {
    if (lastPath.current === path) return;
    lastPath.current = path;
    main.current?.focus({ preventScroll: true });
  }, [path]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      setPaletteOpen((open) => !open);
    };
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
    };
  }, []);

  return (
    <AriaRouterProvider navigate={(to) => void navigate({ to })}>
      <div className={styles['shell']}>
        <a
          className={styles['skip']}
          href="#main"
          onClick={(event) => {
            event.preventDefault();
            main.current?.focus();
          }}
        >
          Skip to the screen
        </a>
        <Sidebar
          onPalette={() => {
            setPaletteOpen(true);
          }}
        />
        <main ref={main} id="main" tabIndex={-1} className={styles['main']}>
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </main>
        <Palette
          isOpen={paletteOpen}
          onClose={() => {
            setPaletteOpen(false);
          }}
        />
      </div>
    </AriaRouterProvider>
  );
}
