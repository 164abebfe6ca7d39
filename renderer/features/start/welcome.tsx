import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { Form } from 'react-aria-components';
import type { WorkspaceState } from '../../../preload/contract/views.js';
import { appErrorOf, useCommand } from '../../app/query.js';
import { Button } from '../../ui/button.js';
import { TextField } from '../../ui/field.js';
import { ArrowLeftRight, Cable, FlaskConical } from '../../ui/icon.js';
import { ErrorNote, Notice } from '../../ui/states.js';
import { RecoveryKey } from './recovery-key.js';
import styles from './start.module.css';

type Way = 'practice' | 'connect';

/** Nothing is here yet: two ways to begin, the workspace and its recovery key on the way. */
export function Welcome({ workspace }: { readonly workspace: WorkspaceState }): ReactNode {
  const [way, setWay] = useState<Way | null>(null);
  const [recoveryKey, setRecoveryKey] = useState<string | null>(null);
  const create = useCommand('workspace.create');
  const practice = useCommand('practice.start');
  const client = useQueryClient();
  const needsPassphrase = workspace.keyStore !== 'secure';

  const begin = (chosen: Way, passphrase?: string): void => {
    setWay(chosen);
    if (needsPassphrase && passphrase === undefined) return;
    create.mutate(passphrase === undefined ? {} : { passphrase }, {
      onSuccess: (made) => {
        setRecoveryKey(made.recoveryKey);
      },
    });
  };

  const enter = (): void => {
    const open = (hash: string): void => {
      window.location.hash = hash;
      void client.invalidateQueries();
    };
    if (way === 'connect') open('#/connections?add=true');
    else
      practice.mutate(
        {},
        {
          onSuccess: ({ integration }) => {
            open(`#/integrations/${encodeURIComponent(integration)}/preview`);
          },
        },
      );
  };

  if (recoveryKey !== null) {
    return (
      <div className={styles['card']}>
        <h1>Keep your recovery key</h1>
        <RecoveryKey recoveryKey={recoveryKey} isPending={practice.isPending} onKept={enter} />
        {practice.isError ? <ErrorNote error={appErrorOf(practice.error)} onRetry={enter} /> : null}
      </div>
    );
  }
  if (way !== null && needsPassphrase) {
    return (
      <NewPassphrase
        keyStore={workspace.keyStore}
        isPending={create.isPending}
        error={create.isError ? appErrorOf(create.error) : null}
        onBack={() => {
          setWay(null);
        }}
        onGiven={(passphrase) => {
          begin(way, passphrase);
        }}
      />
    );
  }
  return (
    <div className={styles['welcome']}>
      <span className={styles['mark']} aria-hidden data-bar>
        <ArrowLeftRight size={26} strokeWidth={2.5} />
      </span>
      <h1 className={styles['big']}>Keep two trackers in step</h1>
      <p className={styles['lead']}>
        Lockstep shows every change before it makes it, and keeps every value that lost. It runs on this machine and
        talks to your trackers only.
      </p>
      <Ways isPending={create.isPending} onChoose={begin} />
      {create.isError ? <ErrorNote error={appErrorOf(create.error)} /> : null}
    </div>
  );
}

/** The two ways to begin; also shown where the workspace is there and still empty. */
export function Ways({
  isPending,
  onChoose,
}: {
  readonly isPending: boolean;
  readonly onChoose: (way: Way) => void;
}): ReactNode {
  return (
    <div className={styles['ways']}>
      <section className={styles['way']} aria-labelledby="way-practice">
        <FlaskConical size={20} aria-hidden />
        <h2 id="way-practice">Try it on practice trackers</h2>
        <p>Two small trackers on this machine, with items in them. Nothing to type, nothing to break.</p>
        <Button
          look="primary"
          isPending={isPending}
          onPress={() => {
            onChoose('practice');
          }}
        >
          Start practising
        </Button>
      </section>
      <section className={styles['way']} aria-labelledby="way-connect">
        <Cable size={20} aria-hidden />
        <h2 id="way-connect">Connect a tracker</h2>
        <p>Have its address and an API key at hand. Nothing is written before you have seen what.</p>
        <Button
          isPending={isPending}
          onPress={() => {
            onChoose('connect');
          }}
        >
          Connect a tracker
        </Button>
      </section>
    </div>
  );
}

function NewPassphrase({
  keyStore,
  isPending,
  error,
  onBack,
  onGiven,
}: {
  readonly keyStore: WorkspaceState['keyStore'];
  readonly isPending: boolean;
  readonly error: ReturnType<typeof appErrorOf> | null;
  readonly onBack: () => void;
  readonly onGiven: (passphrase: string) => void;
}): ReactNode {
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const differ = again !== '' && again !== passphrase;
  return (
    <Form
      className={styles['card'] ?? ''}
      onSubmit={(event) => {
        event.preventDefault();
        if (passphrase !== '' && again === passphrase) onGiven(passphrase);
      }}
    >
      <h1>Choose a passphrase</h1>
      <p className={styles['soft']}>It encrypts everything that Lockstep keeps: access keys, history, values.</p>
      {keyStore === 'insecure' ? (
        <Notice tone="warn">This system has a key store, but it protects nothing. So a passphrase is needed.</Notice>
      ) : null}
      <TextField label="Passphrase" type="password" autoFocus value={passphrase} onChange={setPassphrase} />
      <TextField
        label="The same again"
        type="password"
        value={again}
        onChange={setAgain}
        error={differ ? 'The two are not the same.' : undefined}
      />
      {error === null ? null : <ErrorNote error={error} />}
      <div className={styles['actions']}>
        <Button onPress={onBack}>Back</Button>
        <Button
          look="primary"
          type="submit"
          isPending={isPending}
          isDisabled={passphrase === '' || again !== passphrase}
        >
          Make the workspace
        </Button>
      </div>
    </Form>
  );
}
