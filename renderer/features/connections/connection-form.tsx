import type { ReactNode } from 'react';
import { useState } from 'react';
import { Disclosure, DisclosurePanel, Form } from 'react-aria-components';
import type { CallInput } from '../../../preload/contract/inputs.js';
import type { TrackerView } from '../../../preload/contract/views.js';
import { appErrorOf, useCommand } from '../../app/query.js';
import { Button } from '../../ui/button.js';
import { DialogActions } from '../../ui/dialog.js';
import { Checkbox, Select, TextField } from '../../ui/field.js';
import { ChevronRight } from '../../ui/icon.js';
import { ErrorNote } from '../../ui/states.js';
import { toast } from '../../ui/toast.js';
import styles from './connections.module.css';

const unset = '';

/** A new connection; which settings there are, the tracker's manifest says. */
export function ConnectionForm({
  trackers,
  onDone,
  onCancel,
}: {
  readonly trackers: readonly TrackerView[];
  readonly onDone: (name: string) => void;
  readonly onCancel: () => void;
}): ReactNode {
  const add = useCommand('connection.add');
  const [trackerId, setTrackerId] = useState(trackers[0]?.id ?? '');
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [secret, setSecret] = useState('');
  const [settings, setSettings] = useState<Readonly<Record<string, string>>>({});
  const [proxy, setProxy] = useState('');
  const [caPem, setCaPem] = useState('');
  const [allowHttp, setAllowHttp] = useState(false);
  const tracker = trackers.find(({ id }) => id === trackerId);
  const isHttp = /^http:/iu.test(url.trim());
  const nameError =
    name === '' || /^[a-z0-9][a-z0-9-]{0,62}$/u.test(name) ? undefined : 'Use small letters, digits and hyphens.';
  const missing = (tracker?.settings ?? []).some(({ id, required }) => required && (settings[id] ?? '') === '');
  const canSend =
    name !== '' && nameError === undefined && url.trim() !== '' && secret !== '' && !missing && (!isHttp || allowHttp);

  const send = (): void => {
    if (!canSend) return;
    const input: CallInput<'connection.add'> = {
      name,
      tracker: trackerId,
      url: url.trim(),
      secret,
      allowHttp: isHttp && allowHttp,
      settings: Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== '')),
      ...(proxy.trim() === '' ? {} : { proxy: proxy.trim() }),
      ...(caPem.trim() === '' ? {} : { caPem }),
    };
    add.mutate(input, {
      onSuccess: ({ account }) => {
        toast({
          tone: 'good',
          title: `${name} is connected`,
          text: account === null ? undefined : `The key is ${account}’s.`,
        });
        onDone(name);
      },
    });
  };

  return (
    <Form
      className={styles['form'] ?? ''}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Select
        label="Tracker"
        value={trackerId}
        onChange={(id) => {
          setTrackerId(id);
          setSettings({});
        }}
        options={trackers.map(({ id, name: called }) => ({ id, name: called }))}
      />
      <TextField label="Address" placeholder="https://tracker.example.com" value={url} onChange={setUrl} autoFocus />
      {isHttp ? (
        <Checkbox isSelected={allowHttp} onChange={setAllowHttp}>
          Send the key without encryption. Anybody on the way can read it.
        </Checkbox>
      ) : null}
      <TextField
        label={tracker?.secretLabel ?? 'Key'}
        type="password"
        value={secret}
        onChange={setSecret}
        help="Encrypted on this machine, and never shown again."
      />
      <TextField
        label="Name"
        placeholder="shop-redmine"
        value={name}
        onChange={setName}
        error={nameError}
        help="What you call it here."
      />
      {(tracker?.settings ?? []).map((setting) =>
        setting.kind === 'choice' ? (
          <Select
            key={setting.id}
            label={setting.label}
            help={setting.help}
            value={settings[setting.id] ?? unset}
            options={[
              ...(setting.required ? [] : [{ id: unset, name: 'Not set' }]),
              ...setting.choices.map((choice) => ({ id: choice, name: choice })),
            ]}
            onChange={(value) => {
              setSettings({ ...settings, [setting.id]: value });
            }}
          />
        ) : (
          <TextField
            key={setting.id}
            label={setting.required ? setting.label : `${setting.label} (optional)`}
            help={setting.help}
            value={settings[setting.id] ?? ''}
            onChange={(value) => {
              setSettings({ ...settings, [setting.id]: value });
            }}
          />
        ),
      )}
      <Disclosure className={styles['more'] ?? ''}>
        {({ isExpanded }) => (
          <>
            <Button
              slot="trigger"
              look="quiet"
              small
              icon={<ChevronRight size={14} aria-hidden data-open={isExpanded} />}
            >
              Proxy and certificates
            </Button>
            <DisclosurePanel>
              <div className={styles['form']}>
                <TextField
                  label="Proxy (optional)"
                  placeholder="http://proxy.example.com:3128"
                  value={proxy}
                  onChange={setProxy}
                />
                <TextField
                  label="Certificates (PEM, optional)"
                  rows={4}
                  mono
                  value={caPem}
                  onChange={setCaPem}
                  help="Trusted beside the system’s, for this connection only."
                />
              </div>
            </DisclosurePanel>
          </>
        )}
      </Disclosure>
      {add.isError ? <ErrorNote error={appErrorOf(add.error)} /> : null}
      <DialogActions>
        <Button onPress={onCancel}>Cancel</Button>
        <Button look="primary" type="submit" isDisabled={!canSend} isPending={add.isPending}>
          {add.isPending ? 'Asking the tracker…' : 'Test and connect'}
        </Button>
      </DialogActions>
    </Form>
  );
}
