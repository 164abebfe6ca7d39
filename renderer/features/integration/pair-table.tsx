import type { ReactNode } from 'react';
import type { OptionPair } from '../../../preload/contract/integration.js';
import type { NamedId } from '../../../preload/contract/views.js';
import { lineText } from '../../format/values.js';
import { Button, IconButton } from '../../ui/button.js';
import { Combo, Select, type Option } from '../../ui/field.js';
import { ArrowLeftRight, Plus, Trash2 } from '../../ui/icon.js';
import { calledAs, changedAt, find } from './draft.js';
import styles from './integration.module.css';

/** Lists longer than this can be typed into. */
const typeFrom = 12;

/** Which of the left belongs to which of the right: options, types, users. */
export function PairTable({
  label,
  pairs,
  left,
  right,
  readOnly,
  onChange,
}: {
  readonly label: string;
  readonly pairs: readonly OptionPair[];
  readonly left: readonly NamedId[];
  readonly right: readonly NamedId[];
  readonly readOnly: boolean;
  readonly onChange: (pairs: OptionPair[]) => void;
}): ReactNode {
  const free = (options: readonly NamedId[], side: 'left' | 'right'): NamedId | undefined =>
    options.find((option) => !pairs.some((pair) => find(options, pair[side])?.id === option.id)) ?? options[0];
  const freeLeft = free(left, 'left');
  const freeRight = free(right, 'right');
  return (
    <div className={styles['pairs']} role="group" aria-label={label}>
      {pairs.map((pair, at) => (
        <div key={`${String(at)} ${pair.left} ${pair.right}`} className={styles['pair']}>
          <Pick
            label="Left"
            options={left}
            called={pair.left}
            readOnly={readOnly}
            onChange={(called) => {
              onChange(changedAt(pairs, at, { ...pair, left: called }));
            }}
          />
          <ArrowLeftRight size={14} aria-label="is" role="img" />
          <Pick
            label="Right"
            options={right}
            called={pair.right}
            readOnly={readOnly}
            onChange={(called) => {
              onChange(changedAt(pairs, at, { ...pair, right: called }));
            }}
          />
          {readOnly ? null : (
            <IconButton
              small
              label={`Take out ${pair.left} and ${pair.right}`}
              icon={<Trash2 size={15} aria-hidden />}
              onPress={() => {
                onChange(changedAt(pairs, at, null));
              }}
            />
          )}
        </div>
      ))}
      {readOnly || freeLeft === undefined || freeRight === undefined ? null : (
        <div>
          <Button
            small
            icon={<Plus size={14} aria-hidden />}
            onPress={() => {
              onChange([...pairs, { left: calledAs(left, freeLeft), right: calledAs(right, freeRight) }]);
            }}
          >
            Add
          </Button>
        </div>
      )}
    </div>
  );
}

function Pick({
  label,
  options,
  called,
  readOnly,
  onChange,
}: {
  readonly label: string;
  readonly options: readonly NamedId[];
  readonly called: string;
  readonly readOnly: boolean;
  readonly onChange: (called: string) => void;
}): ReactNode {
  const found = find(options, called);
  const shown: readonly Option[] = [
    ...(found === null ? [{ id: called, name: called, note: 'not found' }] : []),
    ...options.map(({ id, name }) => ({ id, name: lineText(name, 80) })),
  ];
  const props = {
    bare: true,
    label,
    isDisabled: readOnly,
    value: found?.id ?? called,
    options: shown,
    error: found === null && options.length > 0 ? 'The tracker has no such entry.' : undefined,
    onChange: (id: string) => {
      const entry = options.find((option) => option.id === id);
      onChange(entry === undefined ? id : calledAs(options, entry));
    },
  };
  return options.length > typeFrom ? <Combo {...props} /> : <Select {...props} />;
}
