import type { ReactNode } from 'react';
import { useState } from 'react';
import type { FieldMappingConfig, IntegrationConfig } from '../../../preload/contract/integration.js';
import type { ScopeView } from '../../../preload/contract/views.js';
import { appErrorOf } from '../../app/query.js';
import { counted, lineText } from '../../format/values.js';
import { Button, IconButton } from '../../ui/button.js';
import { Combo, Select, Switch, type Option } from '../../ui/field.js';
import { ArrowLeftRight, ArrowRight, ArrowLeft, ChevronDown, ChevronRight, Plus, Trash2 } from '../../ui/icon.js';
import { Part } from '../../ui/page.js';
import { ErrorNote, Loading, Notice } from '../../ui/states.js';
import { changedAt, findField, hasOptions, useDiscovered, withoutUndefined, type EditorProps } from './draft.js';
import styles from './integration.module.css';
import { PairTable } from './pair-table.js';

type Direction = NonNullable<FieldMappingConfig['direction']>;
const directions: readonly Option<Direction>[] = [
  { id: 'both', name: 'Both ways' },
  { id: 'left-to-right', name: 'Left to right' },
  { id: 'right-to-left', name: 'Right to left' },
];
const creates: readonly Option<IntegrationConfig['create']>[] = [
  { id: 'both', name: 'On both sides' },
  { id: 'left-to-right', name: 'On the right only' },
  { id: 'right-to-left', name: 'On the left only' },
  { id: 'none', name: 'Nowhere' },
];
const commentWays: readonly Option<IntegrationConfig['comments']['direction']>[] = [
  ...directions,
  { id: 'none', name: 'Not at all' },
];
const policies: readonly Option<IntegrationConfig['policy']>[] = [
  { id: 'ask', name: 'Ask me' },
  { id: 'left', name: 'Left wins' },
  { id: 'right', name: 'Right wins' },
  { id: 'newest', name: 'Newest wins' },
];
const inherited = 'default';

/** Fields side by side, and the rules that hold for all of them. */
export function MappingTab({ draft, onChange, readOnly }: EditorProps): ReactNode {
  const left = useDiscovered(draft.left);
  const right = useDiscovered(draft.right);
  const failed = left.error !== null ? left : right.error !== null ? right : null;
  const isLoading = left.isLoading || right.isLoading;
  const setFields = (fields: FieldMappingConfig[]): void => {
    onChange({ ...draft, fields });
  };
  const notices = [...(left.scope?.notices ?? []), ...(right.scope?.notices ?? [])];
  return (
    <>
      {failed === null ? null : <ErrorNote error={appErrorOf(failed.error)} onRetry={failed.retry} />}
      {notices.map((notice) => (
        <Notice key={notice}>{lineText(notice, 400)}</Notice>
      ))}
      <Part title="Fields" hint="What belongs together, which way it flows, and who wins when both sides changed.">
        {isLoading ? (
          <Loading label="Asking both trackers for their fields" lines={7} />
        ) : (
          <div className={styles['mapping']} role="group" aria-label="Field mapping">
            <div className={styles['mapHead']} aria-hidden>
              <span />
              <span>{draft.left.connection}</span>
              <span>Direction</span>
              <span>{draft.right.connection}</span>
              <span>When both changed</span>
              <span />
            </div>
            {draft.fields.map((field, at) => (
              <FieldRow
                // A row has no identity but its place; the comboboxes keep their own text, so the fields are in the key.
                key={`${String(at)} ${field.left} ${field.right}`}
                field={field}
                left={left.scope}
                right={right.scope}
                readOnly={readOnly}
                onChange={(changed) => {
                  setFields(changedAt(draft.fields, at, changed));
                }}
              />
            ))}
            {readOnly ? null : (
              <AddField
                draft={draft}
                left={left.scope}
                right={right.scope}
                onAdd={(field) => {
                  setFields([...draft.fields, field]);
                }}
              />
            )}
          </div>
        )}
      </Part>
      <Part title="Rules">
        <div className={styles['rules']}>
          <Select
            label="When both sides changed a field"
            isDisabled={readOnly}
            value={draft.policy}
            options={policies}
            onChange={(policy) => {
              onChange({ ...draft, policy });
            }}
            help="For every field that says nothing else."
          />
          <Select
            label="Create items without a twin"
            isDisabled={readOnly}
            value={draft.create}
            options={creates}
            onChange={(create) => {
              onChange({ ...draft, create });
            }}
          />
          <Select
            label="Comments"
            isDisabled={readOnly}
            value={draft.comments.direction}
            options={commentWays}
            onChange={(direction) => {
              onChange({ ...draft, comments: { ...draft.comments, direction } });
            }}
          />
          <Select
            label="A comment deleted on one side"
            isDisabled={readOnly || draft.comments.direction === 'none'}
            value={draft.comments.deletions}
            options={[
              { id: 'ignore', name: 'Stays on the other' },
              { id: 'delete', name: 'Is deleted on the other' },
            ]}
            onChange={(deletions) => {
              onChange({ ...draft, comments: { ...draft.comments, deletions } });
            }}
          />
        </div>
      </Part>
    </>
  );
}

function fieldOptions(scope: ScopeView | null, called: string): readonly Option[] {
  const fields = scope?.fields ?? [];
  const options = fields.map(({ id, name, type, writable }) => ({
    id,
    name: lineText(name, 80),
    note: writable ? type : `${type}, read only`,
  }));
  return findField(scope, called) === null && called !== ''
    ? [{ id: called, name: called, note: 'not found' }, ...options]
    : options;
}

function FieldRow({
  field,
  left,
  right,
  readOnly,
  onChange,
}: {
  readonly field: FieldMappingConfig;
  readonly left: ScopeView | null;
  readonly right: ScopeView | null;
  readonly readOnly: boolean;
  readonly onChange: (field: FieldMappingConfig | null) => void;
}): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const leftField = findField(left, field.left);
  const rightField = findField(right, field.right);
  const name = leftField?.name ?? field.left;
  const withValues = hasOptions(leftField, rightField);
  const direction = field.direction ?? 'both';
  const arrows = { 'both': ArrowLeftRight, 'left-to-right': ArrowRight, 'right-to-left': ArrowLeft } as const;
  const Arrow = arrows[direction];
  const mapped = Array.isArray(field.values) ? field.values.length : null;
  return (
    <div className={styles['fieldBlock']} role="group" aria-label={`Field ${name}`}>
      <div className={styles['mapRow']}>
        <IconButton
          small
          label={isOpen ? `Hide more of ${name}` : `More of ${name}`}
          aria-expanded={isOpen}
          icon={isOpen ? <ChevronDown size={15} aria-hidden /> : <ChevronRight size={15} aria-hidden />}
          onPress={() => {
            setOpen(!isOpen);
          }}
        />
        <Combo
          bare
          label="Left field"
          isDisabled={readOnly}
          value={leftField?.id ?? field.left}
          options={fieldOptions(left, field.left)}
          error={left !== null && leftField === null ? 'The tracker has no such field.' : undefined}
          onChange={(id) => {
            onChange({ ...field, left: id });
          }}
        />
        <div className={styles['direction']}>
          <Arrow size={15} aria-hidden />
          <Select
            bare
            label={`Direction of ${name}`}
            isDisabled={readOnly}
            value={direction}
            options={directions}
            onChange={(chosen) => {
              onChange({ ...field, direction: chosen });
            }}
          />
        </div>
        <Combo
          bare
          label="Right field"
          isDisabled={readOnly}
          value={rightField?.id ?? field.right}
          options={fieldOptions(right, field.right)}
          error={right !== null && rightField === null ? 'The tracker has no such field.' : undefined}
          onChange={(id) => {
            onChange({ ...field, right: id });
          }}
        />
        <Select
          bare
          label={`When both changed ${name}`}
          isDisabled={readOnly || direction !== 'both'}
          value={field.policy ?? inherited}
          options={[{ id: inherited, name: 'As by default' }, ...policies]}
          onChange={(policy) => {
            onChange(withoutUndefined({ ...field, policy: policy === inherited ? undefined : policy }));
          }}
        />
        {readOnly ? null : (
          <IconButton
            small
            label={`Take ${name} out`}
            icon={<Trash2 size={15} aria-hidden />}
            onPress={() => {
              onChange(null);
            }}
          />
        )}
      </div>
      {withValues && !isOpen && mapped !== null ? (
        <p className={styles['mapNote']}>{counted(mapped, 'value')} mapped by hand</p>
      ) : null}
      {isOpen ? (
        <div className={styles['more']}>
          <div className={styles['rules']}>
            <Select
              label="When two existing items become a pair and differ"
              isDisabled={readOnly}
              value={field.initial ?? inherited}
              options={[{ id: inherited, name: 'As by default' }, ...policies]}
              onChange={(initial) => {
                onChange(withoutUndefined({ ...field, initial: initial === inherited ? undefined : initial }));
              }}
            />
            <Switch
              isDisabled={readOnly}
              isSelected={field.fillEmpty ?? true}
              onChange={(fillEmpty) => {
                onChange({ ...field, fillEmpty });
              }}
            >
              Fill it from the other side where it is empty on a new pair
            </Switch>
          </div>
          {withValues ? (
            <>
              <Switch
                isDisabled={readOnly}
                isSelected={Array.isArray(field.values)}
                onChange={(byHand) => {
                  const same = sameNames(leftField?.options ?? [], rightField?.options ?? []);
                  onChange(withoutUndefined({ ...field, values: byHand && same.length > 0 ? same : undefined }));
                }}
              >
                Say for each value what it is on the other side; otherwise values of the same name belong together
              </Switch>
              {Array.isArray(field.values) ? (
                <PairTable
                  label={`Values of ${name}`}
                  pairs={field.values}
                  left={leftField?.options ?? []}
                  right={rightField?.options ?? []}
                  readOnly={readOnly}
                  onChange={(values) => {
                    onChange(withoutUndefined({ ...field, values: values.length === 0 ? undefined : values }));
                  }}
                />
              ) : null}
            </>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}

function sameNames(
  left: readonly { readonly name: string }[],
  right: readonly { readonly name: string }[],
): { left: string; right: string }[] {
  return left.flatMap(({ name }) => {
    const twin = right.find((option) => option.name.toLowerCase() === name.toLowerCase());
    return twin === undefined ? [] : [{ left: name, right: twin.name }];
  });
}

/** The first fields of equal name that are not mapped yet; otherwise a row to fill in. */
function AddField({
  draft,
  left,
  right,
  onAdd,
}: {
  readonly draft: IntegrationConfig;
  readonly left: ScopeView | null;
  readonly right: ScopeView | null;
  readonly onAdd: (field: FieldMappingConfig) => void;
}): ReactNode {
  const taken = (scope: ScopeView | null, side: 'left' | 'right'): ReadonlySet<string> =>
    new Set(draft.fields.map((field) => findField(scope, field[side])?.id ?? field[side]));
  const leftTaken = taken(left, 'left');
  const rightTaken = taken(right, 'right');
  const freeLeft = (left?.fields ?? []).filter(({ id }) => !leftTaken.has(id));
  const freeRight = (right?.fields ?? []).filter(({ id }) => !rightTaken.has(id));
  const twins = freeLeft.flatMap((field) => {
    const twin = freeRight.find(
      ({ name, type }) => name.toLowerCase() === field.name.toLowerCase() && type === field.type,
    );
    return twin === undefined ? [] : [{ left: field.id, right: twin.id }];
  });
  const first = twins[0] ?? { left: freeLeft[0]?.id ?? '', right: freeRight[0]?.id ?? '' };
  if (first.left === '' || first.right === '') return <p className={styles['mapNote']}>Every field is mapped.</p>;
  return (
    <div className={styles['addRow']}>
      <Button
        small
        icon={<Plus size={14} aria-hidden />}
        onPress={() => {
          onAdd(first);
        }}
      >
        Add a field
      </Button>
      {twins.length > 1 ? (
        <span className={styles['mapNote']}>{counted(twins.length, 'field')} of equal name left</span>
      ) : null}
    </div>
  );
}
