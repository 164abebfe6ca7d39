import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import type { IntegrationConfig } from '../../../preload/contract/integration.js';
import type { DraftProblem } from '../../../preload/contract/views.js';
import { appErrorOf, useCall, useCommand } from '../../app/query.js';
import { counted, safeText } from '../../format/values.js';
import { Button } from '../../ui/button.js';
import { CircleAlert, CircleCheck, Eye } from '../../ui/icon.js';
import { ErrorNote } from '../../ui/states.js';
import { toast } from '../../ui/toast.js';
import styles from './integration.module.css';

const typingMs = 350;

/** Draft → check → preview → save, always in sight while there is something to save. */
export function SaveBar({
  draft,
  edits,
  onDiscard,
  onPreview,
  onSaved,
}: {
  readonly draft: IntegrationConfig;
  readonly edits: string | null;
  readonly onDiscard: () => void;
  readonly onPreview: () => void;
  readonly onSaved: (name: string) => void;
}): ReactNode {
  const put = useCommand('integration.put');
  const [checked, setChecked] = useState(draft);
  useEffect(() => {
    const timer = setTimeout(() => {
      setChecked(draft);
    }, typingMs);
    return () => {
      clearTimeout(timer);
    };
  }, [draft]);
  const check = useCall('integration.check', { draft: { config: checked }, online: false }, { keepPrevious: true });
  const problems = check.data?.problems ?? [];
  const isSettled = checked === draft && !check.isPending && !check.isPlaceholderData;
  const canGo = isSettled && problems.length === 0;
  return (
    <section className={styles['save']} aria-label="Unsaved changes">
      {put.isError ? <ErrorNote error={appErrorOf(put.error)} /> : null}
      {check.isError ? <ErrorNote error={appErrorOf(check.error)} /> : null}
      {problems.length === 0 ? null : (
        <ul className={styles['problems']}>
          {problems.slice(0, 5).map((problem) => (
            <li key={`${problem.path.join('.')} ${problem.message}`}>
              <CircleAlert size={14} aria-hidden /> {problemWords(problem)}
            </li>
          ))}
          {problems.length > 5 ? <li>and {counted(problems.length - 5, 'more problem')}</li> : null}
        </ul>
      )}
      <div className={styles['saveRow']}>
        <p role="status" className={styles['saveWords']}>
          {!isSettled ? (
            'Checking…'
          ) : problems.length > 0 ? (
            counted(problems.length, 'problem')
          ) : (
            <>
              <CircleCheck size={15} aria-hidden /> Not saved yet. The draft has no problem.
            </>
          )}
        </p>
        <Button look="quiet" onPress={onDiscard}>
          Discard
        </Button>
        <Button icon={<Eye size={15} aria-hidden />} isDisabled={!canGo} onPress={onPreview}>
          Preview the draft
        </Button>
        <Button
          look="primary"
          isDisabled={!canGo}
          isPending={put.isPending}
          onPress={() => {
            put.mutate(
              { config: draft, edits },
              {
                onSuccess: ({ name, notices }) => {
                  toast({
                    tone: 'good',
                    title: `${name} is saved`,
                    text: notices.length === 0 ? 'The next run stops for your approval first.' : notices.join(' '),
                  });
                  onSaved(name);
                },
              },
            );
          }}
        >
          {put.isPending ? 'Asking both trackers…' : 'Save'}
        </Button>
      </div>
    </section>
  );
}

export function problemWords({ path, line, message, suggestion }: DraftProblem): string {
  const where =
    line !== null
      ? `Line ${String(line)}: `
      : path.length === 0
        ? ''
        : `${path.map((step) => (typeof step === 'number' ? String(step + 1) : step)).join(' › ')}: `;
  return safeText(`${where}${message}${suggestion === null ? '' : ` Did you mean “${suggestion}”?`}`, 400);
}
