import type { ReactNode } from 'react';
import styles from './table.module.css';

export interface TableColumn {
  readonly name: string;
  /** The name is for screen readers only. */
  readonly bare?: boolean;
  readonly align?: 'end';
}

/** A small table: up to some hundred rows, all of them laid out. */
export function Table({
  label,
  columns,
  children,
}: {
  readonly label: string;
  readonly columns: readonly TableColumn[];
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div className={styles['frame']} role="region" aria-label={label} tabIndex={0}>
      <table className={styles['table']}>
        <thead>
          <tr>
            {columns.map(({ name, bare = false, align }) => (
              <th key={name} scope="col" className={align === 'end' ? styles['end'] : ''}>
                {bare ? <span className={styles['hidden']}>{name}</span> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
