import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { Form } from 'react-aria-components';
import type { WorkspaceState } from '../../../preload/contract/views.js';
import { appErrorOf, useCommand } from '../../app/query.js';
import { Button } from '../../ui/button.js';
import { TextField } from '../../ui/field.js';
import { Lock, OctagonPause } from '../../ui/icon.js';
import { ErrorNote } from '../../ui/states.js';
import styles from './start.module.css';

export function Unlock({ workspace }: { readonly workspace: WorkspaceState }): ReactNode {
  const unlock = useCommand('workspace.unlock');
  const client = useQueryClient();
  const [by, setBy] = useState<'passphrase' | 'recovery'>(
    workspace.slots.includes('passphrase') ? 'passphrase' : 'recovery',
  );
  const [typed, setTyped] = useState('');
  const hasStore = workspace.slots.some((slot) => slot === 'keyring' || slot === 'safeStorage');
  const opened = (): void => {
    setTyped('');
    void client.invalidateQueries();
  };
  return (
    <Form
      className={styles['card'] ?? ''}
      onSubmit={(event) => {
        event.preventDefault();
        if (typed === '') return;
        unlock.mutate(by === 'passphrase' ? { passphrase: typed } : { recoveryKey: typed }, { onSuccess: opened });
      }}
    >
      <Lock size={22} aria-hidden />
      <h1>Lockstep is locked</h1>
      <p className={styles['soft']}>
        {by === 'passphrase'
          ? 'Everything it keeps is encrypted. Your passphrase opens it.'
          : 'The recovery key was shown when the workspace was made.'}
      </p>
      <TextField
        key={by}
        autoFocus
        label={by === 'passphrase' ? 'Passphrase' : 'Recovery key'}
        type={by === 'passphrase' ? 'password' : 'text'}
        mono={by === 'recovery'}
        value={typed}
        onChange={setTyped}
      />
      {unlock.isError ? <ErrorNote error={appErrorOf(unlock.error)} /> : null}
      <div className={styles['actions']}>
        {workspace.slots.includes('passphrase') ? (
          <Button
            look="quiet"
            onPress={() => {
              setBy(by === 'passphrase' ? 'recovery' : 'passphrase');
              setTyped('');
              unlock.reset();
            }}
          >
            {by === 'passphrase' ? 'Use the recovery key' : 'Use the passphrase'}
          </Button>
        ) : null}
        {hasStore ? (
          <Button
            onPress={() => {
              unlock.mutate({}, { onSuccess: opened });
            }}
          >
            Ask the system again
          </Button>
        ) : null}
        <Button look="primary" type="submit" isPending={unlock.isPending} isDisabled={typed === ''}>
          {unlock.isPending ? 'Opening…' : 'Unlock'}
        </Button>
      </div>
    </Form>
  );
}

/** It is there and no key would open it: say why, and what to do. */
export function Blocked({ workspace }: { readonly workspace: WorkspaceState }): ReactNode {
  const client = useQueryClient();
  return (
    <div className={styles['card']}>
      <OctagonPause size={22} aria-hidden />
      <h1>The workspace cannot be opened</h1>
      <ErrorNote
        error={
          workspace.problem ?? {
            kind: 'storage',
            code: 'internal',
            message: 'The program does not say why.',
            retryable: true,
            context: {},
          }
        }
        onRetry={() => void client.invalidateQueries({ queryKey: ['app.get'] })}
      />
      <p className={styles['soft']}>Nothing was changed. Your data is as it was.</p>
    </div>
  );
}
