import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useMemo } from 'react';
import {
  Autocomplete,
  Dialog,
  Input,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from 'react-aria-components';
import {
  ArrowLeftRight,
  Cable,
  Eye,
  House,
  Inbox,
  Lock,
  Play,
  Plus,
  ScrollText,
  Search,
  Settings,
  ShieldCheck,
} from '../ui/icon.js';
import styles from './palette.module.css';
import { useCall, useCommand } from './query.js';
import { useSync } from './sync.js';

interface Command {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  readonly icon: ReactNode;
  readonly run: () => void;
}

/** Everything that can be gone to or done from anywhere, by a few letters. */
export function Palette({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }): ReactNode {
  const { contains } = useFilter({ sensitivity: 'base' });
  const commands = useCommands();
  return (
    <ModalOverlay
      isOpen={isOpen}
      isDismissable
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      className={styles['scrim'] ?? ''}
    >
      <Modal className={styles['modal'] ?? ''}>
        <Dialog aria-label="Search and commands" className={styles['dialog'] ?? ''}>
          <Autocomplete filter={(text, input) => input.split(/\s+/u).every((word) => contains(text, word))}>
            <SearchField autoFocus aria-label="Search and commands" className={styles['field'] ?? ''}>
              <Search size={16} aria-hidden />
              <Input placeholder="Go to a screen, sync, preview…" className={styles['input'] ?? ''} />
            </SearchField>
            <Menu
              aria-label="Commands"
              items={commands}
              className={styles['menu'] ?? ''}
              renderEmptyState={() => <p className={styles['none']}>Nothing of that name.</p>}
            >
              {(command) => (
                <MenuItem
                  id={command.id}
                  textValue={`${command.name} ${command.hint}`}
                  className={styles['item'] ?? ''}
                  onAction={() => {
                    onClose();
                    command.run();
                  }}
                >
                  {command.icon}
                  <span>{command.name}</span>
                  <span className={styles['hint']}>{command.hint}</span>
                </MenuItem>
              )}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function useCommands(): readonly Command[] {
  const navigate = useNavigate();
  const sync = useSync();
  const close = useCommand('workspace.close');
  const integrations = useCall('integration.list', {});
  const app = useCall('app.get', {});
  const isAdmin = app.data?.role !== 'viewer';
  return useMemo(() => {
    const icon = 15;
    const screens: readonly Command[] = [
      {
        id: 'overview',
        name: 'Overview',
        hint: 'Screen',
        icon: <House size={icon} />,
        run: () => void navigate({ to: '/' }),
      },
      {
        id: 'conflicts',
        name: 'Conflicts',
        hint: 'Screen',
        icon: <Inbox size={icon} />,
        run: () => void navigate({ to: '/conflicts', search: {} }),
      },
      {
        id: 'log',
        name: 'Log',
        hint: 'Screen',
        icon: <ScrollText size={icon} />,
        run: () => void navigate({ to: '/log', search: {} }),
      },
      {
        id: 'connections',
        name: 'Connections',
        hint: 'Screen',
        icon: <Cable size={icon} />,
        run: () => void navigate({ to: '/connections', search: {} }),
      },
      {
        id: 'privacy',
        name: 'Privacy',
        hint: 'Screen',
        icon: <ShieldCheck size={icon} />,
        run: () => void navigate({ to: '/privacy' }),
      },
      {
        id: 'settings',
        name: 'Settings',
        hint: 'Screen',
        icon: <Settings size={icon} />,
        run: () => void navigate({ to: '/settings' }),
      },
    ];
    const ofIntegrations = (integrations.data ?? []).flatMap(({ name }): readonly Command[] => [
      {
        id: `open ${name}`,
        name,
        hint: 'Integration',
        icon: <ArrowLeftRight size={icon} />,
        run: () => void navigate({ to: '/integrations/$name', params: { name }, search: {} }),
      },
      ...(isAdmin
        ? [
            {
              id: `sync ${name}`,
              name: `Sync ${name} now`,
              hint: 'Run',
              icon: <Play size={icon} />,
              run: () => {
                sync(name);
              },
            },
            {
              id: `preview ${name}`,
              name: `Preview ${name}`,
              hint: 'Writes nothing',
              icon: <Eye size={icon} />,
              run: () => void navigate({ to: '/integrations/$name/preview', params: { name }, search: {} }),
            },
          ]
        : []),
    ]);
    const acts: readonly Command[] = isAdmin
      ? [
          {
            id: 'new',
            name: 'New integration',
            hint: 'Create',
            icon: <Plus size={icon} />,
            run: () => void navigate({ to: '/integrations/new', search: {} }),
          },
          {
            id: 'connect',
            name: 'Connect a tracker',
            hint: 'Create',
            icon: <Cable size={icon} />,
            run: () => void navigate({ to: '/connections', search: { add: true } }),
          },
          {
            id: 'lock',
            name: 'Lock the workspace',
            hint: 'Runs end',
            icon: <Lock size={icon} />,
            run: () => {
              close.mutate({});
            },
          },
        ]
      : [];
    return [...screens, ...ofIntegrations, ...acts];
  }, [navigate, sync, close, integrations.data, isAdmin]);
}
