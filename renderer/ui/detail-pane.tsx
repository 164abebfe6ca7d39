import type { ReactNode } from 'react';
import { IconButton } from './button.js';
import styles from './detail-pane.module.css';
import { X } from './icon.js';

/** What stands beside a list: the active row in full. */
export function DetailPane({
  title,
  onClose,
  actions,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <aside className={styles['pane']} aria-label="Details">
      <header className={styles['head']}>
        <h2>{title}</h2>
        <IconButton small label="Close details" icon={<X size={15} aria-hidden />} onPress={onClose} />
      </header>
      <div className={styles['body']} tabIndex={0} role="region" aria-label={title}>
        {children}
      </div>
      {actions === undefined ? null : <footer className={styles['foot']}>{actions}</footer>}
    </aside>
  );
}
