import type { Key, ReactNode } from 'react';
import {
  Button as AriaButton,
  CheckboxButton,
  CheckboxField,
  ComboBox as AriaComboBox,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select as AriaSelect,
  SelectValue,
  SwitchButton,
  SwitchField,
  Text,
  TextArea as AriaTextArea,
  TextField as AriaTextField,
} from 'react-aria-components';
import type { TextFieldProps as AriaTextFieldProps } from 'react-aria-components';
import styles from './field.module.css';
import { Check, ChevronDown } from './icon.js';

interface Labelled {
  readonly label: string;
  /** The label is for screen readers only. */
  readonly bare?: boolean;
  readonly help?: ReactNode;
  readonly error?: string | undefined;
}

const labelled = (bare: boolean, label: string): { readonly 'aria-label'?: string } =>
  bare ? { 'aria-label': label } : {};

export interface TextFieldProps
  extends Labelled, Omit<AriaTextFieldProps, 'className' | 'style' | 'children' | 'aria-label' | 'isInvalid'> {
  readonly placeholder?: string;
  readonly rows?: number;
  readonly mono?: boolean;
}

export function TextField({
  label,
  bare = false,
  help,
  error,
  placeholder = '',
  rows,
  mono = false,
  ...rest
}: TextFieldProps): ReactNode {
  const input = `${styles['input'] ?? ''} ${mono ? (styles['mono'] ?? '') : ''}`;
  return (
    <AriaTextField
      {...rest}
      {...labelled(bare, label)}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      className={styles['field'] ?? ''}
    >
      {bare ? null : <Label className={styles['label'] ?? ''}>{label}</Label>}
      {rows === undefined ? (
        <Input className={input} placeholder={placeholder} spellCheck={false} autoComplete="off" />
      ) : (
        <AriaTextArea
          className={`${input} ${styles['area'] ?? ''}`}
          rows={rows}
          placeholder={placeholder}
          spellCheck={false}
        />
      )}
      {help === undefined ? null : (
        <Text slot="description" className={styles['help'] ?? ''}>
          {help}
        </Text>
      )}
      <FieldError className={styles['error'] ?? ''}>{error}</FieldError>
    </AriaTextField>
  );
}

export interface Option<Id extends string = string> {
  readonly id: Id;
  readonly name: string;
  /** A second line or what sets two options of one name apart. */
  readonly note?: string;
}

export interface SelectProps<Id extends string> extends Labelled {
  readonly options: readonly Option<Id>[];
  readonly value: Id | null;
  readonly onChange: (value: Id) => void;
  readonly placeholder?: string;
  readonly isDisabled?: boolean;
  readonly autoFocus?: boolean;
}

export function Select<Id extends string>({
  label,
  bare = false,
  help,
  error,
  options,
  value,
  onChange,
  placeholder = 'Choose',
  isDisabled = false,
  autoFocus = false,
}: SelectProps<Id>): ReactNode {
  return (
    <AriaSelect
      {...labelled(bare, label)}
      value={value}
      onChange={(key: Key | null) => {
        const chosen = options.find(({ id }) => id === key);
        if (chosen !== undefined) onChange(chosen.id);
      }}
      placeholder={placeholder}
      isDisabled={isDisabled}
      isInvalid={error !== undefined}
      autoFocus={autoFocus}
      className={styles['field'] ?? ''}
    >
      {bare ? null : <Label className={styles['label'] ?? ''}>{label}</Label>}
      <AriaButton className={`${styles['input'] ?? ''} ${styles['select'] ?? ''}`}>
        <SelectValue className={styles['chosen'] ?? ''}>
          {({ selectedText, isPlaceholder }) => (isPlaceholder ? placeholder : selectedText)}
        </SelectValue>
        <ChevronDown size={14} aria-hidden />
      </AriaButton>
      {help === undefined ? null : (
        <Text slot="description" className={styles['help'] ?? ''}>
          {help}
        </Text>
      )}
      <FieldError className={styles['error'] ?? ''}>{error}</FieldError>
      <Popover className={styles['popover'] ?? ''} offset={4}>
        <Options options={options} />
      </Popover>
    </AriaSelect>
  );
}

/** A select that can be typed into: for lists of hundreds. */
export function Combo<Id extends string>({
  label,
  bare = false,
  help,
  error,
  options,
  value,
  onChange,
  placeholder = 'Type to find',
  isDisabled = false,
}: SelectProps<Id>): ReactNode {
  return (
    <AriaComboBox
      {...labelled(bare, label)}
      defaultItems={options}
      value={value}
      onChange={(key: Key | null) => {
        const chosen = options.find(({ id }) => id === key);
        if (chosen !== undefined) onChange(chosen.id);
      }}
      isDisabled={isDisabled}
      isInvalid={error !== undefined}
      menuTrigger="focus"
      className={styles['field'] ?? ''}
    >
      {bare ? null : <Label className={styles['label'] ?? ''}>{label}</Label>}
      <div className={styles['combo']}>
        <Input className={styles['input'] ?? ''} placeholder={placeholder} />
        <AriaButton className={styles['comboButton'] ?? ''}>
          <ChevronDown size={14} aria-hidden />
        </AriaButton>
      </div>
      {help === undefined ? null : (
        <Text slot="description" className={styles['help'] ?? ''}>
          {help}
        </Text>
      )}
      <FieldError className={styles['error'] ?? ''}>{error}</FieldError>
      <Popover className={styles['popover'] ?? ''} offset={4}>
        <ListBox className={styles['list'] ?? ''}>{(option: Option<Id>) => <OptionItem option={option} />}</ListBox>
      </Popover>
    </AriaComboBox>
  );
}

function Options({ options }: { readonly options: readonly Option[] }): ReactNode {
  return (
    <ListBox className={styles['list'] ?? ''} items={options}>
      {(option) => <OptionItem option={option} />}
    </ListBox>
  );
}

function OptionItem({ option }: { readonly option: Option }): ReactNode {
  return (
    <ListBoxItem id={option.id} textValue={option.name} className={styles['option'] ?? ''}>
      {({ isSelected }) => (
        <>
          <span className={styles['optionName']}>{option.name}</span>
          {option.note === undefined ? null : <span className={styles['optionNote']}>{option.note}</span>}
          {isSelected ? <Check size={14} aria-hidden /> : null}
        </>
      )}
    </ListBoxItem>
  );
}

export function Checkbox({
  isSelected,
  isIndeterminate = false,
  onChange,
  children,
  label,
  isDisabled = false,
}: {
  readonly isSelected: boolean;
  readonly isIndeterminate?: boolean;
  readonly onChange: (on: boolean) => void;
  readonly children?: ReactNode;
  /** Where there are no children. */
  readonly label?: string;
  readonly isDisabled?: boolean;
}): ReactNode {
  return (
    <CheckboxField
      {...(label === undefined ? {} : { 'aria-label': label })}
      isSelected={isSelected}
      isIndeterminate={isIndeterminate}
      onChange={onChange}
      isDisabled={isDisabled}
    >
      <CheckboxButton className={styles['checkbox'] ?? ''}>
        <span className={styles['box']} aria-hidden data-bar>
          {isIndeterminate ? (
            <span className={styles['some']} />
          ) : isSelected ? (
            <Check size={12} strokeWidth={3} />
          ) : null}
        </span>
        {children}
      </CheckboxButton>
    </CheckboxField>
  );
}

export function Switch({
  isSelected,
  onChange,
  children,
  isDisabled = false,
}: {
  readonly isSelected: boolean;
  readonly onChange: (on: boolean) => void;
  readonly children: ReactNode;
  readonly isDisabled?: boolean;
}): ReactNode {
  return (
    <SwitchField isSelected={isSelected} onChange={onChange} isDisabled={isDisabled}>
      <SwitchButton className={styles['switch'] ?? ''}>
        <span className={styles['track']} aria-hidden data-bar />
        <span>{children}</span>
      </SwitchButton>
    </SwitchField>
  );
}
