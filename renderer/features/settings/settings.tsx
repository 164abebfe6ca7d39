import type { ReactNode } from 'react';
import { useState } from 'react';
import { Form } from 'react-aria-components';
import { themes, type Settings as SettingsValue, type Theme } from '../../../preload/contract/settings.js';
import type { AppView } from '../../../preload/contract/views.js';
import { appErrorOf, useCall, useCommand } from '../../app/query.js';
import { Button } from '../../ui/button.js';
import { Select, Switch, TextField } from '../../ui/field.js';
import { Page, Part } from '../../ui/page.js';
import { Answer, ErrorNote, Notice } from '../../ui/states.js';
import { toast, toastError } from '../../ui/toast.js';
import styles from './settings.module.css';

const themeWords: Readonly<Record<Theme, string>> = {
  system: 'As the system',
  light: 'Light',
  dark: 'Dark',
  contrast: 'High contrast',
};

export function Settings(): ReactNode {
  const settings = useCall('settings.get', {});
  const app = useCall('app.get', {});
  return (
    <Page title="Settings">
      <Answer of={settings}>
        {(value) => <Answer of={app}>{(view) => <SettingsForm value={value} app={view} />}</Answer>}
      </Answer>
    </Page>
  );
}

function SettingsForm({ value, app }: { readonly value: SettingsValue; readonly app: AppView }): ReactNode {
  const put = useCommand('settings.put');
  const readOnly = app.role === 'viewer';
  const change = (part: Partial<SettingsValue>): void => {
    put.mutate(part, {
      onError: (thrown) => {
        toastError('The setting was not kept', appErrorOf(thrown));
      },
    });
  };
  const { notifications } = value;
  return (
    <div className={styles['column']}>
      {readOnly ? <Notice>You may look, not change.</Notice> : null}
      <Part title="Appearance">
        <div className={styles['narrow']}>
          <Select
            label="Theme"
            value={value.theme}
            isDisabled={readOnly}
            options={themes.map((id) => ({ id, name: themeWords[id] }))}
            onChange={(theme) => {
              change({ theme });
            }}
          />
        </div>
      </Part>
      {app.can.startAtLogin || app.can.keepInTray ? (
        <Part title="In the background" hint="Schedules go on while the program runs.">
          {app.can.startAtLogin ? (
            <Switch
              isDisabled={readOnly}
              isSelected={value.startAtLogin}
              onChange={(startAtLogin) => {
                change({ startAtLogin });
              }}
            >
              Start when I log in
            </Switch>
          ) : null}
          {app.can.keepInTray ? (
            <Switch
              isDisabled={readOnly}
              isSelected={value.keepInTray}
              onChange={(keepInTray) => {
                change({ keepInTray });
              }}
            >
              Stay in the tray when the window is closed
            </Switch>
          ) : null}
        </Part>
      ) : null}
      {app.can.notify ? (
        <Part title="Tell me when">
          <Switch
            isDisabled={readOnly}
            isSelected={notifications.failures}
            onChange={(failures) => {
              change({ notifications: { ...notifications, failures } });
            }}
          >
            a run fails, or a brake stops it
          </Switch>
          <Switch
            isDisabled={readOnly}
            isSelected={notifications.conflicts}
            onChange={(conflicts) => {
              change({ notifications: { ...notifications, conflicts } });
            }}
          >
            conflicts wait for me
          </Switch>
          <Switch
            isDisabled={readOnly}
            isSelected={notifications.done}
            onChange={(done) => {
              change({ notifications: { ...notifications, done } });
            }}
          >
            a run changed something
          </Switch>
        </Part>
      ) : null}
      <Stored key={JSON.stringify([value.retentionDays, value.proxy, value.caPem])} value={value} readOnly={readOnly} />
      <p className={styles['version']}>
        Lockstep {app.version} · {app.platform} · {app.host === 'desktop' ? 'desktop app' : 'local web page'}
      </p>
    </div>
  );
}

/** What is typed rather than switched: kept when asked to, not letter by letter. */
function Stored({ value, readOnly }: { readonly value: SettingsValue; readonly readOnly: boolean }): ReactNode {
  const put = useCommand('settings.put');
  const [days, setDays] = useState(String(value.retentionDays));
  const [mode, setMode] = useState(value.proxy.mode);
  const [url, setUrl] = useState(value.proxy.mode === 'manual' ? value.proxy.url : '');
  const [except, setExcept] = useState(value.proxy.mode === 'manual' ? value.proxy.except : '');
  const [caPem, setCaPem] = useState(value.caPem);
  const retentionDays = Number(days);
  const daysOk = Number.isInteger(retentionDays) && retentionDays >= 1 && retentionDays <= 3_650;
  const proxy: SettingsValue['proxy'] = mode === 'manual' ? { mode, url: url.trim(), except: except.trim() } : { mode };
  const isChanged =
    retentionDays !== value.retentionDays ||
    caPem !== value.caPem ||
    JSON.stringify(proxy) !== JSON.stringify(value.proxy);
  const canSave = isChanged && daysOk && (mode !== 'manual' || url.trim() !== '') && !readOnly;
  return (
    <Form
      className={styles['form'] ?? ''}
      onSubmit={(event) => {
        event.preventDefault();
        if (canSave)
          put.mutate(
            { retentionDays, proxy, caPem },
            {
              onSuccess: () => {
                toast({ tone: 'good', title: 'Kept' });
              },
            },
          );
      }}
    >
      <Part title="History">
        <div className={styles['narrow']}>
          <TextField
            label="Keep values of the log for (days)"
            isDisabled={readOnly}
            inputMode="numeric"
            value={days}
            onChange={setDays}
            error={daysOk ? undefined : 'A whole number from 1 to 3650.'}
            help="What happened stays known; what the values were is deleted."
          />
        </div>
      </Part>
      <Part title="Network" hint="For every connection that has no setting of its own.">
        <div className={styles['narrow']}>
          <Select
            label="Proxy"
            isDisabled={readOnly}
            value={mode}
            options={[
              { id: 'system', name: 'As the system' },
              { id: 'none', name: 'None' },
              { id: 'manual', name: 'This one' },
            ]}
            onChange={setMode}
          />
          {mode === 'manual' ? (
            <>
              <TextField
                label="Address of the proxy"
                isDisabled={readOnly}
                placeholder="http://proxy.example.com:3128"
                value={url}
                onChange={setUrl}
              />
              <TextField
                label="Not for (hosts, with commas)"
                isDisabled={readOnly}
                value={except}
                onChange={setExcept}
              />
            </>
          ) : null}
          <TextField
            label="Certificates to trust beside the system’s (PEM)"
            isDisabled={readOnly}
            rows={4}
            mono
            value={caPem}
            onChange={setCaPem}
          />
        </div>
      </Part>
      {put.isError ? <ErrorNote error={appErrorOf(put.error)} /> : null}
      <div>
        <Button type="submit" look={isChanged ? 'primary' : 'plain'} isDisabled={!canSave} isPending={put.isPending}>
          Save
        </Button>
      </div>
    </Form>
  );
}
