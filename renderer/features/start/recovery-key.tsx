import type { ReactNode } from 'react';
import { useState } from 'react';
import { Button } from '../../ui/button.js';
import { CopyButton } from '../../ui/copy.js';
import { Checkbox } from '../../ui/field.js';
import styles from './start.module.css';

/** Shows the recovery key the one time that it is to be had. */
export function RecoveryKey({
  recoveryKey,
  isPending = false,
  onKept,
}: {
  readonly recoveryKey: string;
  readonly isPending?: boolean;
  readonly onKept: () => void;
}): ReactNode {
  const [kept, setKept] = useState(false);
  return (
    <>
      <p className={styles['soft']}>
        It opens your workspace when the passphrase or this machine’s key store is lost. It is shown this once. Keep it
        on paper or in a password manager, away from this machine.
      </p>
      <div className={styles['key']}>
        <code>{recoveryKey}</code>
        <CopyButton text={recoveryKey} />
      </div>
      <Checkbox isSelected={kept} onChange={setKept}>
        I have kept it in a safe place
      </Checkbox>
      <div className={styles['actions']}>
        <Button look="primary" isDisabled={!kept} isPending={isPending} onPress={onKept}>
          Continue
        </Button>
      </div>
    </>
  );
}
