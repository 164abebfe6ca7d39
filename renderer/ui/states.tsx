import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import type { AppError } from '../../preload/contract/errors.js';
import type { ProgressView } from '../../preload/contract/progress.js';
import { appErrorOf } from '../app/query.js';
import { safeText } from '../format/values.js';
import { Button } from './button.js';
import { CircleAlert, RefreshCw } from './icon.js';
import { ProgressLine } from './progress.js';
import styles from './states.module.css';

/** What stands in the place of an empty list: what would be here, and the way to it. */
export function Empty({
  icon,
  title,
  children,
  actions,
}: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}): ReactNode {
  return (
    <div className={styles['empty']}>
      <div className={styles['emptyIcon']} aria-hidden>
        {icon}
      </div>
      <h2>{title}</h2>
      {children === undefined ? null : <p>{children}</p>}
      {actions === undefined ? null : <div className={styles['actions']}>{actions}</div>}
    </div>
  );
}

/** An error in the user's words, with what to do. */
export function ErrorNote({
  error,
  onRetry,
  children,
}: {
  readonly error: AppError;
  readonly onRetry?: (() => void) | undefined;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <div className={styles['error']} role="alert">
      <CircleAlert size={16} aria-hidden />
      <div>
        <p className={styles['message']}>{safeText(error.message, 2_000)}</p>
        {error.action === undefined ? null : <p className={styles['action']}>{safeText(error.action, 2_000)}</p>}
        {onRetry === undefined && children === undefined ? null : (
          <div className={styles['actions']}>
            {onRetry === undefined ? null : (
              <Button small icon={<RefreshCw size={14} aria-hidden />} onPress={onRetry}>
                Try again
              </Button>
            )}
            {children}
          </div>
        )}
      </div>
    </div>
  );
}

/** Grey lines in the shape of what comes, after a moment: what comes at once must not flicker. */
export function Loading({
  label = 'Loading',
  lines = 6,
}: {
  readonly label?: string;
  readonly lines?: number;
}): ReactNode {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setShown(true);
    }, 150);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return (
    <div className={styles['loading']} role="status" aria-label={label}>
      {shown ? Array.from({ length: lines }, (_, index) => <span key={index} className={styles['line']} />) : null}
    </div>
  );
}

/** The states of a query around its answer. */
export function Answer<Value>({
  of,
  lines,
  children,
}: {
  readonly of: UseQueryResult<Value>;
  readonly lines?: number;
  readonly children: (value: Value) => ReactNode;
}): ReactNode {
  if (of.data !== undefined) return children(of.data);
  if (of.isError) {
    return (
      <ErrorNote
        error={appErrorOf(of.error)}
        onRetry={() => {
          void of.refetch();
        }}
      />
    );
  }
  return <Loading {...(lines === undefined ? {} : { lines })} />;
}

/** A long task in the middle of a screen, with its way out. */
export function Working({
  title,
  progress,
  startedAtMs,
  onCancel,
}: {
  readonly title: string;
  readonly progress: ProgressView | null;
  readonly startedAtMs: number;
  readonly onCancel: () => void;
}): ReactNode {
  return (
    <div className={styles['working']}>
      <h2>{title}</h2>
      <ProgressLine progress={progress} startedAtMs={startedAtMs} />
      <Button onPress={onCancel}>Cancel</Button>
    </div>
  );
}

/** A remark that needs no action. */
export function Notice({
  tone = 'quiet',
  children,
}: {
  readonly tone?: 'quiet' | 'warn' | 'good';
  readonly children: ReactNode;
}): ReactNode {
  return <div className={`${styles['notice'] ?? ''} ${styles[tone] ?? ''}`}>{children}</div>;
}
