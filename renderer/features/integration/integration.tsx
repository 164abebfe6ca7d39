import { useBlocker, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { useParam, useSearchOf } from '../../app/address.js';
import type { IntegrationConfig } from '../../../preload/contract/integration.js';
import { integrationTabs, type IntegrationTab, integrationSearch } from '../../app/search.js';
import { stateOf } from '../../app/health.js';
import { useRunning } from '../../app/live.js';
import { appErrorOf, useCall, useCommand } from '../../app/query.js';
import { useSync } from '../../app/sync.js';
import { Badge } from '../../ui/badge.js';
import { Button, ButtonLink } from '../../ui/button.js';
import { CopyButton } from '../../ui/copy.js';
import { Confirm, Dialog, DialogActions } from '../../ui/dialog.js';
import { ArrowLeftRight, Copy, Eye, FileText, RefreshCw, Trash2 } from '../../ui/icon.js';
import { MoreMenu } from '../../ui/menu.js';
import { Page } from '../../ui/page.js';
import { Answer } from '../../ui/states.js';
import { toast, toastError } from '../../ui/toast.js';
import { DraftPreview } from './draft-preview.js';
import styles from './integration.module.css';
import { SaveBar } from './save-bar.js';
import { FilterTab } from './tab-filter.js';
import { MappingTab } from './tab-mapping.js';
import { OverviewTab } from './tab-overview.js';
import { PairsTab } from './tab-pairs.js';
import { RunsTab } from './tab-runs.js';
import { ScheduleTab } from './tab-schedule.js';
import { UsersTab } from './tab-users.js';

const tabWords: Readonly<Record<IntegrationTab, string>> = {
  overview: 'Overview',
  mapping: 'Mapping',
  filter: 'Filter',
  users: 'Users',
  schedule: 'Schedule',
  pairs: 'Pairs',
  runs: 'Runs',
};

export function Integration(): ReactNode {
  const name = useParam('name');
  const detail = useCall('integration.get', { name });
  if (detail.data === undefined) {
    return (
      <Page title={name}>
        <Answer of={detail}>{() => null}</Answer>
      </Page>
    );
  }
  return <Editor key={name} saved={detail.data.config} file={detail.data.file} />;
}

function Editor({ saved, file }: { readonly saved: IntegrationConfig; readonly file: string }): ReactNode {
  const { name } = saved;
  const { tab = 'overview' } = useSearchOf(integrationSearch);
  const navigate = useNavigate();
  const app = useCall('app.get', {});
  const [draft, setDraft] = useState(saved);
  const [previewing, setPreviewing] = useState(false);
  const [showingFile, setShowingFile] = useState(false);
  const [removing, setRemoving] = useState(false);
  const remove = useCommand('integration.remove');
  const readOnly = app.data?.role === 'viewer';
  const isChanged = JSON.stringify(draft) !== JSON.stringify(saved);
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isChanged && !remove.isPending && current.pathname !== next.pathname,
    enableBeforeUnload: () => isChanged,
    withResolver: true,
  });

  if (previewing)
    return (
      <DraftPreview
        draft={draft}
        edits={name}
        onBack={() => {
          setPreviewing(false);
        }}
      />
    );
  const editor = { draft, onChange: setDraft, readOnly };
  const panels: Readonly<Record<IntegrationTab, ReactNode>> = {
    overview: <OverviewTab config={saved} />,
    mapping: <MappingTab {...editor} />,
    filter: <FilterTab {...editor} />,
    users: <UsersTab {...editor} />,
    schedule: <ScheduleTab name={name} readOnly={readOnly} />,
    pairs: <PairsTab name={name} />,
    runs: <RunsTab name={name} />,
  };
  return (
    <Page
      fill
      title={
        <>
          {name} <State name={name} />
        </>
      }
      subtitle={
        <span className={styles['sides']}>
          {saved.left.connection} / {saved.left.scope} <ArrowLeftRight size={13} aria-label="and" role="img" />{' '}
          {saved.right.connection} / {saved.right.scope}
        </span>
      }
      actions={
        readOnly ? undefined : (
          <>
            <Acts name={name} />
            <MoreMenu
              label={`More for ${name}`}
              entries={[
                {
                  id: 'file',
                  name: 'Show as a file',
                  icon: <FileText size={15} />,
                  onAction: () => {
                    setShowingFile(true);
                  },
                },
                {
                  id: 'copy',
                  name: 'Duplicate',
                  icon: <Copy size={15} />,
                  onAction: () => void navigate({ to: '/integrations/new', search: { from: name } }),
                },
                {
                  id: 'remove',
                  name: 'Remove',
                  icon: <Trash2 size={15} />,
                  danger: true,
                  onAction: () => {
                    setRemoving(true);
                  },
                },
              ]}
            />
          </>
        )
      }
    >
      <Tabs
        className={styles['tabs'] ?? ''}
        selectedKey={tab}
        onSelectionChange={(key) => {
          const chosen = integrationTabs.find((known) => known === key);
          void navigate({ to: '/integrations/$name', params: { name }, search: { tab: chosen }, replace: true });
        }}
      >
        <TabList aria-label="Parts of the integration" className={styles['tabList'] ?? ''}>
          {integrationTabs.map((id) => (
            <Tab key={id} id={id} className={styles['tab'] ?? ''}>
              {tabWords[id]}
            </Tab>
          ))}
        </TabList>
        {integrationTabs.map((id) => (
          <TabPanel key={id} id={id} className={id === 'pairs' ? (styles['fillPanel'] ?? '') : (styles['panel'] ?? '')}>
            {panels[id]}
          </TabPanel>
        ))}
      </Tabs>
      {isChanged ? (
        <SaveBar
          draft={draft}
          edits={name}
          onDiscard={() => {
            setDraft(saved);
          }}
          onPreview={() => {
            setPreviewing(true);
          }}
          onSaved={() => undefined}
        />
      ) : null}
      <Dialog
        wide
        title={`${name} as a file`}
        isOpen={showingFile}
        onClose={() => {
          setShowingFile(false);
        }}
      >
        <pre className={styles['file']} tabIndex={0} aria-label="The integration as YAML">
          {file}
        </pre>
        <DialogActions>
          <CopyButton text={file} />
        </DialogActions>
      </Dialog>
      <Confirm
        title={`Remove ${name}?`}
        action="Remove"
        isOpen={removing}
        isPending={remove.isPending}
        onClose={() => {
          setRemoving(false);
        }}
        onConfirm={() => {
          remove.mutate(
            { name },
            {
              onSuccess: () => {
                toast({ tone: 'good', title: `${name} is removed` });
                void navigate({ to: '/', ignoreBlocker: true });
              },
              onError: (thrown) => {
                toastError(`${name} was not removed`, appErrorOf(thrown));
              },
              onSettled: () => {
                setRemoving(false);
              },
            },
          );
        }}
      >
        <p>
          Items on both trackers stay as they are. What is known of their pairs is forgotten, and cannot be had back.
        </p>
      </Confirm>
      <Confirm
        title="Leave without saving?"
        action="Leave"
        isOpen={blocker.status === 'blocked'}
        onClose={() => {
          blocker.reset?.();
        }}
        onConfirm={() => {
          blocker.proceed?.();
        }}
      >
        <p>Your changes to the mapping would be lost.</p>
      </Confirm>
    </Page>
  );
}

function State({ name }: { readonly name: string }): ReactNode {
  const list = useCall('integration.list', {});
  const schedules = useCall('schedule.list', {});
  const running = useRunning(name);
  const view = list.data?.find((one) => one.name === name);
  if (view === undefined) return null;
  const state = stateOf(
    view,
    running,
    schedules.data?.find(({ integration }) => integration === name)?.paused === true,
  );
  return <Badge tone={state.tone}>{state.words}</Badge>;
}

function Acts({ name }: { readonly name: string }): ReactNode {
  const running = useRunning(name);
  const list = useCall('integration.list', {});
  const lastRun = list.data?.find((one) => one.name === name)?.lastRun;
  const sync = useSync();
  if (running !== null) {
    return (
      <ButtonLink look="primary" to="/runs/$runId" params={{ runId: running.runId }}>
        Watch the run
      </ButtonLink>
    );
  }
  const previewFirst = lastRun === null || lastRun?.outcome === 'braked';
  return (
    <>
      <ButtonLink
        look={previewFirst ? 'primary' : 'plain'}
        to="/integrations/$name/preview"
        params={{ name }}
        search={{}}
        icon={<Eye size={15} aria-hidden />}
      >
        Preview
      </ButtonLink>
      {previewFirst ? null : (
        <Button
          look="primary"
          icon={<RefreshCw size={15} aria-hidden />}
          onPress={() => {
            sync(name);
          }}
        >
          Sync now
        </Button>
      )}
    </>
  );
}
