import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useSearchOf } from '../../app/address.js';
import { connectionSearch } from '../../app/search.js';
import type { ConnectionView, TrackerView } from '../../../preload/contract/views.js';
import { appErrorOf, useCall, useCommand, useTask } from '../../app/query.js';
import { duration } from '../../format/time.js';
import { counted, lineText } from '../../format/values.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { Confirm, Dialog } from '../../ui/dialog.js';
import { Cable, KeyRound, Plus, RefreshCw, Trash2 } from '../../ui/icon.js';
import { MoreMenu } from '../../ui/menu.js';
import { Facts, Page } from '../../ui/page.js';
import { ProgressLine } from '../../ui/progress.js';
import { Answer, Empty, ErrorNote } from '../../ui/states.js';
import { Time, useNow } from '../../ui/time.js';
import { toast, toastError } from '../../ui/toast.js';
import { ConnectionForm } from './connection-form.js';
import styles from './connections.module.css';
import { ReplaceSecret } from './replace-secret.js';

const oldSecretMs = 180 * 86_400_000;

export function Connections(): ReactNode {
  const { add } = useSearchOf(connectionSearch);
  const navigate = useNavigate();
  const connections = useCall('connection.list', {});
  const trackers = useCall('tracker.list', {});
  const app = useCall('app.get', {});
  const isAdmin = app.data?.role !== 'viewer';
  const open = (on: boolean): void =>
    void navigate({ to: '/connections', search: on ? { add: true } : {}, replace: true });
  const addButton = (
    <Button
      look="primary"
      icon={<Plus size={15} aria-hidden />}
      onPress={() => {
        open(true);
      }}
    >
      Connect a tracker
    </Button>
  );
  return (
    <Page
      title="Connections"
      subtitle="Accounts on trackers, and how they do"
      actions={isAdmin ? addButton : undefined}
    >
      <Answer of={connections}>
        {(list) =>
          list.length === 0 ? (
            <Empty
              icon={<Cable size={20} />}
              title="No tracker is connected"
              {...(isAdmin ? { actions: addButton } : {})}
            >
              A connection is one account on one tracker’s site. Its key is encrypted on this machine, and never shown
              again.
            </Empty>
          ) : (
            <ul className={styles['list']} aria-label="Connections">
              {list.map((connection) => (
                <ConnectionCard
                  key={connection.name}
                  connection={connection}
                  tracker={trackers.data?.find(({ id }) => id === connection.tracker)}
                  isAdmin={isAdmin}
                />
              ))}
            </ul>
          )
        }
      </Answer>
      <Dialog
        title="Connect a tracker"
        isOpen={add === true && isAdmin}
        onClose={() => {
          open(false);
        }}
      >
        <Answer of={trackers}>
          {(list) => (
            <ConnectionForm
              trackers={list}
              onDone={() => {
                open(false);
              }}
              onCancel={() => {
                open(false);
              }}
            />
          )}
        </Answer>
      </Dialog>
    </Page>
  );
}

function ConnectionCard({
  connection,
  tracker,
  isAdmin,
}: {
  readonly connection: ConnectionView;
  readonly tracker: TrackerView | undefined;
  readonly isAdmin: boolean;
}): ReactNode {
  const { name, integrations, secretSinceMs } = connection;
  const test = useTask('connection.test');
  const remove = useCommand('connection.remove');
  const [removing, setRemoving] = useState(false);
  const [replacing, setReplacing] = useState(false);
  const now = useNow();
  const result = test.value;
  const isOld = secretSinceMs !== null && now - secretSinceMs > oldSecretMs;
  return (
    <li className={styles['card']}>
      <div className={styles['head']}>
        <div className={styles['names']}>
          <h2 className={styles['name']}>{name}</h2>
          <p className={styles['soft']}>
            {tracker?.name ?? connection.tracker} · {lineText(connection.url, 120)}
          </p>
        </div>
        {secretSinceMs === null ? <Badge tone="bad">Key missing</Badge> : null}
        {test.state === 'done' ? <Badge tone="good">Answers</Badge> : null}
        {test.state === 'failed' ? <Badge tone="bad">Does not work</Badge> : null}
        <Button
          icon={<RefreshCw size={15} aria-hidden />}
          onPress={() => {
            if (test.state === 'running') test.cancel();
            else test.start({ name });
          }}
        >
          {test.state === 'running' ? 'Cancel' : 'Test'}
        </Button>
        {isAdmin ? (
          <MoreMenu
            label={`More for ${name}`}
            entries={[
              {
                id: 'secret',
                name: 'Replace the key',
                icon: <KeyRound size={15} />,
                onAction: () => {
                  setReplacing(true);
                },
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
        ) : null}
      </div>
      {test.state === 'running' ? (
        <ProgressLine compact progress={test.progress} startedAtMs={test.startedAtMs} />
      ) : null}
      {test.state === 'failed' && test.error !== null ? (
        <ErrorNote error={test.error}>
          {test.error.kind === 'auth' && isAdmin ? (
            <Button
              small
              icon={<KeyRound size={14} aria-hidden />}
              onPress={() => {
                setReplacing(true);
              }}
            >
              Replace the key
            </Button>
          ) : null}
        </ErrorNote>
      ) : null}
      <Facts
        rows={[
          [
            'Key given',
            secretSinceMs === null ? (
              'Enter it again'
            ) : (
              <>
                <Time atMs={secretSinceMs} />
                {isOld ? <span className={styles['warn']}> · over half a year old</span> : null}
              </>
            ),
          ],
          [
            'Used by',
            integrations.length === 0
              ? 'nothing yet'
              : integrations.map((one, index) => (
                  <span key={one}>
                    {index === 0 ? '' : ', '}
                    <Link to="/integrations/$name" params={{ name: one }} search={{}}>
                      {one}
                    </Link>
                  </span>
                )),
          ],
          ['Network', networkWords(connection)],
          ...(result === null
            ? []
            : [
                ['Account', lineText(result.account.name, 120)] as const,
                ['Sees', result.scopes.length === 0 ? 'no project' : counted(result.scopes.length, 'project')] as const,
                [
                  'Clock',
                  Math.abs(result.skewMs) < 2_000
                    ? 'agrees with this machine'
                    : `${duration(Math.abs(result.skewMs))} ${result.skewMs > 0 ? 'ahead' : 'behind'}`,
                ] as const,
              ]),
        ]}
      />
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
        <p>Its key is deleted from this machine. Nothing changes on the tracker.</p>
        {integrations.length === 0 ? null : (
          <p>
            It is used by {integrations.join(', ')}: remove {integrations.length === 1 ? 'that' : 'those'} first.
          </p>
        )}
      </Confirm>
      <Dialog
        title={`Replace the key of ${name}`}
        isOpen={replacing}
        onClose={() => {
          setReplacing(false);
        }}
      >
        <ReplaceSecret
          name={name}
          label={tracker?.secretLabel ?? 'Key'}
          onDone={() => {
            setReplacing(false);
          }}
        />
      </Dialog>
    </li>
  );
}

function networkWords({ proxy, allowHttp, ownCertificates, timeoutMs }: ConnectionView): string {
  return [
    proxy === null ? null : `proxy ${proxy}`,
    allowHttp ? 'not encrypted (http)' : null,
    ownCertificates ? 'own certificates' : null,
    `waits ${duration(timeoutMs)} at most`,
  ]
    .filter((part) => part !== null)
    .join(', ');
}
