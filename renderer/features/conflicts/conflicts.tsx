import { useNavigate } from '@tanstack/react-router';
import type { KeyboardEvent, ReactNode } from 'react';
import { useEffect, useRef, useState } from 'react';
import { useSearchOf } from '../../app/address.js';
import { conflictSearch } from '../../app/search.js';
import type { ConflictView, Names } from '../../../preload/contract/views.js';
import { appErrorOf, useCall, useCommand } from '../../app/query.js';
import { fieldName, lineText } from '../../format/values.js';
import { conflictWords } from '../../format/words.js';
import { Select } from '../../ui/field.js';
import { CircleCheck } from '../../ui/icon.js';
import { Page } from '../../ui/page.js';
import { Answer, Empty } from '../../ui/states.js';
import { Time } from '../../ui/time.js';
import { toast, toastError } from '../../ui/toast.js';
import { ConflictDetail } from './conflict-detail.js';
import styles from './conflicts.module.css';
import type { Resolution } from './resolution.js';

const all = 'all';

/** What waits for a decision. J and K go through it, 1 and 2 take a side, E writes another value. */
export function Conflicts(): ReactNode {
  const { integration } = useSearchOf(conflictSearch);
  const navigate = useNavigate();
  const list = useCall('conflict.list', integration === undefined ? {} : { name: integration });
  const integrations = useCall('integration.list', {});
  const known = (integrations.data ?? []).map(({ name }) => ({ id: name, name }));
  return (
    <Page
      fill
      title="Conflicts"
      subtitle="Both values are kept until you decide. What you decide is written at the next run."
      actions={
        known.length < 2 ? undefined : (
          <div className={styles['filter']}>
            <Select
              bare
              label="Integration"
              value={integration ?? all}
              options={[{ id: all, name: 'All integrations' }, ...known]}
              onChange={(name) =>
                void navigate({ to: '/conflicts', search: name === all ? {} : { integration: name } })
              }
            />
          </div>
        )
      }
    >
      {list.data === undefined ? (
        <div className={styles['pad']}>
          <Answer of={list}>{() => null}</Answer>
        </div>
      ) : list.data.conflicts.length === 0 ? (
        <Empty icon={<CircleCheck size={20} />} title="No conflicts">
          When both sides change the same field to different values, and the policy is to ask you, they wait here.
        </Empty>
      ) : (
        <Inbox conflicts={list.data.conflicts} names={list.data.names} />
      )}
    </Page>
  );
}

function Inbox({
  conflicts,
  names,
}: {
  readonly conflicts: readonly ConflictView[];
  readonly names: Readonly<Record<string, Names>>;
}): ReactNode {
  const { id, integration } = useSearchOf(conflictSearch);
  const navigate = useNavigate();
  const app = useCall('app.get', {});
  const resolve = useCommand('conflict.resolve');
  const [editing, setEditing] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const found = conflicts.findIndex((conflict) => conflict.id === id);
  const lastIndex = useRef(0);
  // A conflict that was decided goes; the next one comes up in its place.
  const index = found >= 0 ? found : Math.min(lastIndex.current, conflicts.length - 1);
  useEffect(() => {
    lastIndex.current = index;
  }, [index]);
  const active = conflicts[index];
  const isAdmin = app.data?.role !== 'viewer';

  useEffect(() => {
    list.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [index]);

  const go = (to: number): void => {
    const target = conflicts[Math.max(0, Math.min(conflicts.length - 1, to))];
    if (target === undefined) return;
    setEditing(false);
    void navigate({
      to: '/conflicts',
      search: { ...(integration === undefined ? {} : { integration }), id: target.id },
      replace: true,
    });
  };
  const decide = (resolution: Resolution): void => {
    if (active === undefined || !isAdmin || resolve.isPending) return;
    setEditing(false);
    resolve.mutate(
      { id: active.id, resolution },
      {
        onSuccess: () => {
          toast({ tone: 'good', title: decisionWords(resolution), text: lineText(active.title, 120) });
          list.current?.focus({ preventScroll: true });
        },
        onError: (thrown) => {
          toastError('The decision was not kept', appErrorOf(thrown));
        },
      },
    );
  };
  const canTake = active !== undefined && (active.kind === 'ask' || active.kind === 'loser' || active.kind === 'gone');

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape' && editing) {
      setEditing(false);
      list.current?.focus({ preventScroll: true });
      return;
    }
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
    const acts: Readonly<Record<string, () => void>> = {
      j: () => {
        go(index + 1);
      },
      ArrowDown: () => {
        go(index + 1);
      },
      k: () => {
        go(index - 1);
      },
      ArrowUp: () => {
        go(index - 1);
      },
      Home: () => {
        go(0);
      },
      End: () => {
        go(conflicts.length - 1);
      },
      1: () => {
        if (canTake) decide({ take: 'left' });
      },
      2: () => {
        if (canTake) decide({ take: 'right' });
      },
      e: () => {
        if (canTake && isAdmin && active.field !== null) setEditing(true);
      },
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };

  return (
    <div className={styles['split']} onKeyDown={onKeyDown}>
      <ul
        ref={list}
        role="listbox"
        aria-label="Conflicts"
        tabIndex={0}
        aria-activedescendant={active === undefined ? undefined : `conflict-${active.id}`}
        className={styles['list']}
      >
        {conflicts.map((conflict, at) => (
          <li
            key={conflict.id}
            id={`conflict-${conflict.id}`}
            role="option"
            aria-selected={at === index}
            className={styles['entry']}
            onClick={() => {
              go(at);
            }}
          >
            <span className={styles['entryTitle']}>{lineText(conflict.title, 160)}</span>
            <span className={styles['entryWhat']}>
              <b>{fieldName(names[conflict.integration], conflict.field)}</b>
              {conflict.field === null ? '' : ' · '}
              {conflictWords[conflict.kind] ?? conflict.kind}
            </span>
            <span className={styles['entryWhen']}>
              {conflict.integration} · <Time atMs={conflict.atMs} />
            </span>
          </li>
        ))}
      </ul>
      {active === undefined ? null : (
        <ConflictDetail
          key={active.id}
          conflict={active}
          names={names[active.integration]}
          canDecide={isAdmin}
          canTake={canTake}
          isPending={resolve.isPending}
          editing={editing}
          onEdit={setEditing}
          onDecide={decide}
        />
      )}
    </div>
  );
}

function decisionWords(resolution: Resolution): string {
  switch (resolution.take) {
    case 'left':
      return 'Left will be taken at the next run';
    case 'right':
      return 'Right will be taken at the next run';
    case 'value':
      return 'Your value will be written at the next run';
    case 'discard':
      return 'Discarded';
  }
}
