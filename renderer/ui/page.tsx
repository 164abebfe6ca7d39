import type { ReactNode } from 'react';
import styles from './page.module.css';

/** A screen: its title and actions stay, its body scrolls. */
export function Page({
  title,
  subtitle,
  actions,
  tabs,
  fill = false,
  children,
}: {
  readonly title: ReactNode;
  readonly subtitle?: ReactNode;
  readonly actions?: ReactNode;
  readonly tabs?: ReactNode;
  /** The body takes the whole height and does its own scrolling. */
  readonly fill?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div className={styles['page']}>
      <header className={styles['head']}>
        <div className={styles['titles']}>
          <h1>{title}</h1>
          {subtitle === undefined ? null : <div className={styles['subtitle']}>{subtitle}</div>}
        </div>
        {actions === undefined ? null : <div className={styles['actions']}>{actions}</div>}
      </header>
      {tabs}
      <div className={fill ? styles['fill'] : styles['body']} {...(fill ? {} : { tabIndex: -1 })}>
        {fill ? children : <div className={styles['column']}>{children}</div>}
      </div>
    </div>
  );
}

/** A titled part of a screen. */
export function Part({
  title,
  actions,
  hint,
  children,
}: {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly hint?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section className={styles['part']} aria-label={title}>
      <div className={styles['partHead']}>
        <div>
          <h2>{title}</h2>
          {hint === undefined ? null : <p className={styles['hint']}>{hint}</p>}
        </div>
        {actions === undefined ? null : <div className={styles['actions']}>{actions}</div>}
      </div>
      {children}
    </section>
  );
}

/** Names and values, in two columns. */
export function Facts({ rows }: { readonly rows: readonly (readonly [string, ReactNode])[] }): ReactNode {
  return (
    <dl className={styles['facts']}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
