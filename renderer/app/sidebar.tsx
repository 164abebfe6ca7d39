import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Count, Dot } from '../ui/badge.js';
import { IconButton } from '../ui/button.js';
import {
  ArrowLeftRight,
  Cable,
  House,
  Inbox,
  LoaderCircle,
  Plus,
  ScrollText,
  Search,
  Settings,
  ShieldCheck,
} from '../ui/icon.js';
import { stateOf } from './health.js';
import { useCall } from './query.js';
import styles from './shell.module.css';
import { useNavigate } from '@tanstack/react-router';

const isMac = navigator.userAgent.includes('Mac');

export function Sidebar({ onPalette }: { readonly onPalette: () => void }): ReactNode {
  const navigate = useNavigate();
  const integrations = useCall('integration.list', {});
  const running = useCall('run.current', {});
  const schedules = useCall('schedule.list', {});
  const app = useCall('app.get', {});
  const conflicts = integrations.data?.reduce((sum, { openConflicts }) => sum + openConflicts, 0) ?? 0;
  const link = styles['link'] ?? '';
  return (
    <nav className={styles['sidebar']} aria-label="Lockstep">
      <div className={styles['brand']}>
        <span className={styles['mark']} aria-hidden data-bar>
          <ArrowLeftRight size={14} strokeWidth={2.5} />
        </span>
        <span>Lockstep</span>
      </div>
      <button type="button" className={styles['search']} onClick={onPalette}>
        <Search size={14} aria-hidden />
        <span>Go to…</span>
        <kbd aria-hidden>{isMac ? '⌘K' : 'Ctrl K'}</kbd>
      </button>

      <Link to="/" className={link} activeOptions={{ exact: true }}>
        <Lead icon={<House size={16} />} />
        <span>Overview</span>
      </Link>
      <Link to="/conflicts" search={{}} className={link}>
        <Lead icon={<Inbox size={16} />} />
        <span>Conflicts</span>
        {conflicts > 0 ? <Count>{conflicts}</Count> : null}
      </Link>
      <Link to="/log" search={{}} className={link}>
        <Lead icon={<ScrollText size={16} />} />
        <span>Log</span>
      </Link>
      <Link to="/connections" search={{}} className={link}>
        <Lead icon={<Cable size={16} />} />
        <span>Connections</span>
      </Link>

      <div className={styles['group']}>
        <span id="integrations-label">Integrations</span>
        {app.data?.role === 'viewer' ? null : (
          <IconButton
            small
            label="New integration"
            icon={<Plus size={15} aria-hidden />}
            onPress={() => void navigate({ to: '/integrations/new', search: {} })}
          />
        )}
      </div>
      <ul aria-labelledby="integrations-label">
        {(integrations.data ?? []).map((integration) => {
          const run = running.data?.find((one) => one.integration === integration.name) ?? null;
          const schedule = schedules.data?.find((one) => one.integration === integration.name);
          const state = stateOf(integration, run, schedule?.paused === true);
          return (
            <li key={integration.name}>
              <Link
                to="/integrations/$name"
                params={{ name: integration.name }}
                search={{}}
                className={link}
                title={state.words}
              >
                <Lead
                  icon={
                    run === null ? (
                      <Dot tone={state.tone} />
                    ) : (
                      <LoaderCircle size={14} className={styles['spin'] ?? ''} />
                    )
                  }
                />
                <span>{integration.name}</span>
              </Link>
            </li>
          );
        })}
      </ul>

      <div className={styles['foot']}>
        {app.data?.role === 'viewer' ? <p className={styles['role']}>You may look, not change.</p> : null}
        <Link to="/privacy" className={link}>
          <Lead icon={<ShieldCheck size={16} />} />
          <span>Privacy</span>
        </Link>
        <Link to="/settings" className={link}>
          <Lead icon={<Settings size={16} />} />
          <span>Settings</span>
        </Link>
      </div>
    </nav>
  );
}

function Lead({ icon }: { readonly icon: ReactNode }): ReactNode {
  return (
    <span className={styles['lead']} aria-hidden>
      {icon}
    </span>
  );
}
