import type { ReactNode } from 'react';
import { useState } from 'react';
import type { PrivacyView, StatusView } from '../../../preload/contract/views.js';
import { appErrorOf, useCall, useCommand } from '../../app/query.js';
import { byteText, counted, number } from '../../format/values.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { Confirm, Dialog } from '../../ui/dialog.js';
import { KeyRound, Lock } from '../../ui/icon.js';
import { Facts, Page, Part } from '../../ui/page.js';
import { Answer, Notice } from '../../ui/states.js';
import { Table } from '../../ui/table.js';
import { Time } from '../../ui/time.js';
import { toastError } from '../../ui/toast.js';
import { RecoveryKey } from '../start/recovery-key.js';
import styles from './privacy.module.css';

const partWords: Readonly<Record<PrivacyView['parts'][number]['part'], string>> = {
  state: 'What is known of your items, and the configuration',
  runs: 'Values of the log',
  spool: 'Attachments on their way',
  backups: 'Backups',
  logs: 'The program’s own log, without your data',
  settings: 'Preferences, no secret among them',
  keys: 'The key, sealed',
};
const slotWords: Readonly<Record<string, string>> = {
  passphrase: 'Passphrase',
  recovery: 'Recovery key',
  keyring: 'The system’s keyring',
  safeStorage: 'The system’s key store',
};

/** What is kept, where, for how long, who could open it, and whom the program talked to. */
export function Privacy(): ReactNode {
  const privacy = useCall('privacy.get', {});
  const status = useCall('status.get', {});
  const close = useCommand('workspace.close');
  const app = useCall('app.get', {});
  return (
    <Page
      title="Privacy"
      subtitle="Everything stays on this machine. Lockstep talks to your trackers, and to nobody else."
      actions={
        app.data?.role === 'viewer' ? undefined : (
          <Button
            icon={<Lock size={15} aria-hidden />}
            isPending={close.isPending}
            onPress={() => {
              close.mutate({});
            }}
          >
            Lock now
          </Button>
        )
      }
    >
      <Answer of={status}>
        {(view) => (
          <>
            {view.recovered.length === 0 ? null : (
              <Notice tone="warn">
                The store was recovered: {view.recovered.join('; ')}. Integrations wait for an approved preview.
              </Notice>
            )}
            <Part title="On this disk" hint={<code>{view.dataFolder}</code>}>
              <Answer of={privacy}>{(disk) => <Disk disk={disk} status={view} />}</Answer>
            </Part>
            <Keys status={view} isAdmin={app.data?.role !== 'viewer'} />
            <Ledger status={view} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function Disk({ disk, status }: { readonly disk: PrivacyView; readonly status: StatusView }): ReactNode {
  const total = disk.parts.reduce((sum, { bytes }) => sum + bytes, 0);
  return (
    <>
      <Table
        label="What is on this disk"
        columns={[
          { name: 'What' },
          { name: 'Where' },
          { name: 'Files', align: 'end' },
          { name: 'Size', align: 'end' },
          { name: 'Encrypted' },
        ]}
      >
        {disk.parts.map(({ part, path, files, bytes, encrypted }) => (
          <tr key={part}>
            <td>{partWords[part]}</td>
            <td className={styles['path']}>
              <code title={path}>
                {path.startsWith(status.dataFolder) ? `…${path.slice(status.dataFolder.length)}` : path}
              </code>
            </td>
            <td data-end>{number(files)}</td>
            <td data-end>{byteText(bytes)}</td>
            <td>{encrypted ? 'yes' : 'no'}</td>
          </tr>
        ))}
      </Table>
      <Facts
        rows={[
          ['Together', byteText(total)],
          ['Values of the log are deleted after', counted(disk.retentionDays, 'day')],
          [
            'Oldest run that is kept',
            disk.oldestRunAtMs === null ? 'none yet' : <Time key="t" atMs={disk.oldestRunAtMs} />,
          ],
          ['Set aside as damaged', status.setAside.length === 0 ? 'nothing' : counted(status.setAside.length, 'file')],
        ]}
      />
    </>
  );
}

function Keys({ status, isAdmin }: { readonly status: StatusView; readonly isAdmin: boolean }): ReactNode {
  const renew = useCommand('privacy.recovery-key');
  const [asking, setAsking] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  return (
    <Part
      title="Who can open it"
      hint="Each of these opens the workspace by itself."
      actions={
        isAdmin ? (
          <Button
            small
            icon={<KeyRound size={14} aria-hidden />}
            onPress={() => {
              setAsking(true);
            }}
          >
            New recovery key
          </Button>
        ) : undefined
      }
    >
      <Table label="Key slots" columns={[{ name: 'Key' }, { name: 'Since' }, { name: 'Used now' }]}>
        {status.keys.slots.map(({ kind, createdAtMs, usedNow }) => (
          <tr key={`${kind} ${String(createdAtMs)}`}>
            <td>{slotWords[kind] ?? kind}</td>
            <td>
              <Time atMs={createdAtMs} />
            </td>
            <td>{usedNow ? <Badge tone="good">Opened this session</Badge> : ''}</td>
          </tr>
        ))}
      </Table>
      <Confirm
        title="Make a new recovery key?"
        action="Make a new one"
        isOpen={asking}
        isPending={renew.isPending}
        onClose={() => {
          setAsking(false);
        }}
        onConfirm={() => {
          renew.mutate(
            {},
            {
              onSuccess: ({ recoveryKey }) => {
                setMade(recoveryKey);
              },
              onError: (thrown) => {
                toastError('No recovery key was made', appErrorOf(thrown));
              },
              onSettled: () => {
                setAsking(false);
              },
            },
          );
        }}
      >
        <p>
          The recovery key that you have now opens this workspace no more. Copies made before, elsewhere, it still
          opens.
        </p>
      </Confirm>
      <Dialog
        title="Your new recovery key"
        isOpen={made !== null}
        onClose={() => {
          setMade(null);
        }}
      >
        {made === null ? null : (
          <RecoveryKey
            recoveryKey={made}
            onKept={() => {
              setMade(null);
            }}
          />
        )}
      </Dialog>
    </Part>
  );
}

function Ledger({ status }: { readonly status: StatusView }): ReactNode {
  return (
    <Part title="Whom it talked to" hint="Every host that was ever contacted, and by which connection.">
      {status.hosts.length === 0 ? (
        <Notice>No host was contacted yet.</Notice>
      ) : (
        <Table
          label="Hosts"
          columns={[
            { name: 'Host' },
            { name: 'Connection' },
            { name: 'As' },
            { name: 'First' },
            { name: 'Last' },
            { name: 'Requests', align: 'end' },
            { name: 'Refused', align: 'end' },
          ]}
        >
          {status.hosts.map((host) => (
            <tr key={`${host.host} ${host.connection} ${host.role}`}>
              <td>
                <code>{host.host}</code>
              </td>
              <td>{host.connection}</td>
              <td>{host.role}</td>
              <td>
                <Time atMs={host.firstMs} />
              </td>
              <td>
                <Time atMs={host.lastMs} />
              </td>
              <td data-end>{number(host.contacts)}</td>
              <td data-end>{number(host.refusals)}</td>
            </tr>
          ))}
        </Table>
      )}
    </Part>
  );
}
