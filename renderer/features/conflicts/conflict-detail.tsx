import type { ReactNode } from 'react';
import { useState } from 'react';
import { Form } from 'react-aria-components';
import type { FieldValue, Side } from '../../../preload/contract/values.js';
import type { ConflictView, Names } from '../../../preload/contract/views.js';
import { fieldName, lineText, valueText } from '../../format/values.js';
import { conflictWords } from '../../format/words.js';
import { Button } from '../../ui/button.js';
import { Confirm } from '../../ui/dialog.js';
import { TextDiff } from '../../ui/diff.js';
import { Select, TextField } from '../../ui/field.js';
import { Notice } from '../../ui/states.js';
import { ValueBlock } from '../../ui/value.js';
import { OpenItem } from '../log/open-item.js';
import styles from './conflicts.module.css';
import type { Resolution } from './resolution.js';

export interface ConflictDetailProps {
  readonly conflict: ConflictView;
  readonly names: Names | undefined;
  readonly canDecide: boolean;
  readonly canTake: boolean;
  readonly isPending: boolean;
  readonly editing: boolean;
  readonly onEdit: (editing: boolean) => void;
  readonly onDecide: (resolution: Resolution) => void;
}

export function ConflictDetail(props: ConflictDetailProps): ReactNode {
  const { conflict, names, canDecide, canTake, isPending, editing, onEdit, onDecide } = props;
  const [discarding, setDiscarding] = useState(false);
  const base = valueText(names, conflict.field, 'left', conflict.base);
  return (
    <section className={styles['detail']} aria-label="Conflict">
      <div className={styles['scroll']}>
        <header className={styles['detailHead']}>
          <p className={styles['kind']}>
            {conflictWords[conflict.kind] ?? conflict.kind} · {conflict.integration}
          </p>
          <h2 className={styles['detailTitle']}>{lineText(conflict.title, 400)}</h2>
          {conflict.field === null ? null : <p className={styles['fieldName']}>{fieldName(names, conflict.field)}</p>}
        </header>
        {conflict.loserSide === null ? null : (
          <Notice tone="warn">
            The value on the {conflict.loserSide} was overwritten by a run. It is kept here, and can be put back.
          </Notice>
        )}
        {conflict.candidates.length === 0 ? null : (
          <Notice>Would match: {conflict.candidates.map((one) => lineText(one, 80)).join(', ')}</Notice>
        )}
        {conflict.field === null && conflict.left === null && conflict.right === null ? null : (
          <div className={styles['sides']}>
            {(['left', 'right'] as const).map((side) => (
              <SideValue key={side} side={side} base={base} {...props} />
            ))}
          </div>
        )}
        {conflict.base === null ? null : (
          <div className={styles['base']}>
            <h3>At the last sync</h3>
            <ValueBlock names={names} field={conflict.field} side="left" value={conflict.base} />
          </div>
        )}
        {editing && conflict.field !== null ? (
          <OwnValue
            conflict={conflict}
            names={names}
            isPending={isPending}
            onCancel={() => {
              onEdit(false);
            }}
            onDecide={onDecide}
          />
        ) : null}
      </div>
      <footer className={styles['actions']}>
        {canDecide && canTake ? (
          <>
            <Button
              look="primary"
              isPending={isPending}
              onPress={() => {
                onDecide({ take: 'left' });
              }}
            >
              Take left <kbd>1</kbd>
            </Button>
            <Button
              look="primary"
              isPending={isPending}
              onPress={() => {
                onDecide({ take: 'right' });
              }}
            >
              Take right <kbd>2</kbd>
            </Button>
            {conflict.field === null ? null : (
              <Button
                onPress={() => {
                  onEdit(true);
                }}
              >
                Another value <kbd>e</kbd>
              </Button>
            )}
          </>
        ) : null}
        {canDecide ? (
          <Button
            look="quiet"
            onPress={() => {
              setDiscarding(true);
            }}
          >
            Discard
          </Button>
        ) : null}
        <span className={styles['links']}>
          <OpenItem pairId={conflict.pairId} side="left" />
          <OpenItem pairId={conflict.pairId} side="right" />
        </span>
        <span className={styles['keys']} aria-hidden>
          <kbd>j</kbd> <kbd>k</kbd> next, previous
        </span>
      </footer>
      <Confirm
        title="Discard this conflict?"
        action="Discard"
        isOpen={discarding}
        onClose={() => {
          setDiscarding(false);
        }}
        onConfirm={() => {
          setDiscarding(false);
          onDecide({ take: 'discard' });
        }}
      >
        <p>Both sides stay as they are now. The values that are kept here are forgotten, and cannot be had back.</p>
      </Confirm>
    </section>
  );
}

function SideValue({
  side,
  base,
  conflict,
  names,
}: ConflictDetailProps & { readonly side: Side; readonly base: string }): ReactNode {
  const value = conflict[side];
  const text = valueText(names, conflict.field, side, value);
  const isText = typeof value === 'string' && text.length > 24 && base !== '';
  return (
    <div className={styles['side']}>
      <h3>{side === 'left' ? 'Left' : 'Right'} holds</h3>
      {isText ? (
        <TextDiff before={base} after={text} />
      ) : (
        <div className={styles['short']}>
          <ValueBlock names={names} field={conflict.field} side={side} value={value} />
        </div>
      )}
    </div>
  );
}

/** Another value than either side's: chosen where the field has options, else typed. */
function OwnValue({
  conflict,
  names,
  isPending,
  onCancel,
  onDecide,
}: {
  readonly conflict: ConflictView;
  readonly names: Names | undefined;
  readonly isPending: boolean;
  readonly onCancel: () => void;
  readonly onDecide: (resolution: Resolution) => void;
}): ReactNode {
  const field = conflict.field ?? '';
  const options = Object.entries(names?.[field]?.options.left ?? {});
  const sample = conflict.left ?? conflict.right;
  const [typed, setTyped] = useState(() => (Array.isArray(sample) ? sample.join(', ') : String(sample ?? '')));
  const value = parseLike(sample, typed);
  return (
    <Form
      className={styles['own'] ?? ''}
      onSubmit={(event) => {
        event.preventDefault();
        if (value !== undefined) onDecide({ take: 'value', value: value as never });
      }}
    >
      {options.length > 0 && !Array.isArray(sample) ? (
        <Select
          autoFocus
          label="The value to write, as the left names it"
          value={typed}
          onChange={setTyped}
          options={options.map(([id, name]) => ({ id, name }))}
        />
      ) : (
        <TextField
          autoFocus
          label="The value to write on both sides"
          value={typed}
          onChange={setTyped}
          error={value === undefined ? 'This must be a number.' : undefined}
          {...(typeof sample === 'string' && (sample.length > 60 || sample.includes('\n')) ? { rows: 8 } : {})}
        />
      )}
      <div className={styles['ownActions']}>
        <Button onPress={onCancel}>Back</Button>
        <Button look="primary" type="submit" isDisabled={value === undefined} isPending={isPending}>
          Write this
        </Button>
      </div>
    </Form>
  );
}

/** What was typed, in the form of the values beside it; undefined where it cannot have that form. */
function parseLike(sample: FieldValue, typed: string): FieldValue | undefined {
  if (typed.trim() === '') return null;
  if (Array.isArray(sample)) {
    const members = typed
      .split(',')
      .map((member) => member.trim())
      .filter((member) => member !== '');
    return [...new Set(members)].sort();
  }
  if (typeof sample === 'number') return Number.isFinite(Number(typed)) ? Number(typed) : undefined;
  if (typeof sample === 'boolean') return typed === 'true';
  return typed;
}
