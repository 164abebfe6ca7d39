import type { ReactNode } from 'react';
import { useState } from 'react';
import { Form } from 'react-aria-components';
import { appErrorOf, useCommand } from '../../app/query.js';
import { Button } from '../../ui/button.js';
import { DialogActions } from '../../ui/dialog.js';
import { TextField } from '../../ui/field.js';
import { ErrorNote } from '../../ui/states.js';
import { toast } from '../../ui/toast.js';
import styles from './connections.module.css';

export function ReplaceSecret({
  name,
  label,
  onDone,
}: {
  readonly name: string;
  readonly label: string;
  readonly onDone: () => void;
}): ReactNode {
  const replace = useCommand('connection.replace-secret');
  const [secret, setSecret] = useState('');
  return (
    <Form
      className={styles['form'] ?? ''}
      onSubmit={(event) => {
        event.preventDefault();
        if (secret === '') return;
        replace.mutate(
          { name, secret },
          {
            onSuccess: ({ account }) => {
              toast({
                tone: 'good',
                title: 'The new key works',
                text: account === null ? undefined : `It is ${account}’s.`,
              });
              onDone();
            },
          },
        );
      }}
    >
      <TextField
        autoFocus
        label={label}
        type="password"
        value={secret}
        onChange={setSecret}
        help="The tracker is asked before the old one is forgotten."
      />
      {replace.isError ? <ErrorNote error={appErrorOf(replace.error)} /> : null}
      <DialogActions>
        <Button onPress={onDone}>Cancel</Button>
        <Button look="primary" type="submit" isDisabled={secret === ''} isPending={replace.isPending}>
          {replace.isPending ? 'Asking the tracker…' : 'Replace'}
        </Button>
      </DialogActions>
    </Form>
  );
}
