import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import { FileTrigger } from 'react-aria-components';
import { appErrorOf, useCall, useCommand } from '../../app/query.js';
import { lineText } from '../../format/values.js';
import { Button } from '../../ui/button.js';
import { Dialog, DialogActions } from '../../ui/dialog.js';
import { TextField } from '../../ui/field.js';
import { CircleAlert, FileText } from '../../ui/icon.js';
import { ErrorNote, Notice } from '../../ui/states.js';
import { toast } from '../../ui/toast.js';
import styles from './integration.module.css';
import { problemWords } from './save-bar.js';

const typingMs = 400;

/** An integration out of a file: checked as it is typed, each problem with its line. */
export function FileImport({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }): ReactNode {
  return (
    <Dialog wide title="From a file" isOpen={isOpen} onClose={onClose}>
      <FileForm />
    </Dialog>
  );
}

function FileForm(): ReactNode {
  const navigate = useNavigate();
  const add = useCommand('integration.add');
  const [fileName, setFileName] = useState('integration.yaml');
  const [text, setText] = useState('');
  const [checked, setChecked] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => {
      setChecked(text);
    }, typingMs);
    return () => {
      clearTimeout(timer);
    };
  }, [text]);
  const check = useCall(
    'integration.check',
    { draft: { text: checked, fileName }, online: false },
    { enabled: checked.trim() !== '' },
  );
  const problems = check.data?.problems ?? [];
  const canAdd = checked === text && text.trim() !== '' && check.data !== undefined && problems.length === 0;
  return (
    <>
      <div className={styles['addRow']}>
        <FileTrigger
          acceptedFileTypes={['.yaml', '.yml', '.json']}
          onSelect={(files) => {
            const file = files?.[0];
            if (file === undefined) return;
            setFileName(file.name);
            void file.text().then(setText);
          }}
        >
          <Button icon={<FileText size={15} aria-hidden />}>Choose a file</Button>
        </FileTrigger>
        <span className={styles['mapNote']}>or paste its text</span>
      </div>
      <TextField label="YAML" mono rows={14} value={text} onChange={setText} />
      {problems.length === 0 ? null : (
        <ul className={styles['problems']}>
          {problems.slice(0, 8).map((problem) => (
            <li key={`${String(problem.line)} ${problem.message}`}>
              <CircleAlert size={14} aria-hidden /> {problemWords(problem)}
            </li>
          ))}
        </ul>
      )}
      {(check.data?.notices ?? []).map((notice) => (
        <Notice key={notice}>{lineText(notice, 300)}</Notice>
      ))}
      {check.isError ? <ErrorNote error={appErrorOf(check.error)} /> : null}
      {add.isError ? <ErrorNote error={appErrorOf(add.error)} /> : null}
      <DialogActions>
        <Button
          look="primary"
          isDisabled={!canAdd}
          isPending={add.isPending}
          onPress={() => {
            add.mutate(
              { fileName, text },
              {
                onSuccess: ({ name }) => {
                  toast({ tone: 'good', title: `${name} is added` });
                  void navigate({ to: '/integrations/$name', params: { name }, search: {} });
                },
              },
            );
          }}
        >
          {add.isPending ? 'Asking both trackers…' : 'Add'}
        </Button>
      </DialogActions>
    </>
  );
}
