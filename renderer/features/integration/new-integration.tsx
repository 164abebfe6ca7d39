import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import { useSearchOf } from '../../app/address.js';
import { newIntegrationSearch } from '../../app/search.js';
import type { IntegrationConfig, SideScope } from '../../../preload/contract/integration.js';
import type { ConnectionView, MappingSuggestion } from '../../../preload/contract/views.js';
import { appErrorOf, useCall, useTask } from '../../app/query.js';
import { counted, lineText } from '../../format/values.js';
import { Button, ButtonLink } from '../../ui/button.js';
import { Combo, Select, TextField } from '../../ui/field.js';
import { ArrowLeftRight, Cable } from '../../ui/icon.js';
import { Page, Part } from '../../ui/page.js';
import { ProgressLine } from '../../ui/progress.js';
import { Answer, Empty, ErrorNote, Notice } from '../../ui/states.js';
import { DraftPreview } from './draft-preview.js';
import { FileImport } from './file-import.js';
import styles from './integration.module.css';
import { SaveBar } from './save-bar.js';
import { FilterTab } from './tab-filter.js';
import { MappingTab } from './tab-mapping.js';
import { UsersTab } from './tab-users.js';

/** Two scopes, a first mapping by equal names, then the same editor as ever. */
export function NewIntegration(): ReactNode {
  const { from } = useSearchOf(newIntegrationSearch);
  const connections = useCall('connection.list', {});
  const source = useCall('integration.get', { name: from ?? '' }, { enabled: from !== undefined });
  const [suggested, setSuggested] = useState<MappingSuggestion | null>(null);
  const copied = source.data === undefined ? null : { ...source.data.config, name: `${source.data.config.name}-copy` };
  if (suggested !== null) return <NewEditor first={suggested.config} suggestion={suggested} />;
  if (copied !== null) return <NewEditor first={copied} suggestion={null} />;
  return (
    <Page
      title="New integration"
      subtitle="Say which two scopes belong together. Nothing is written before you have seen what."
    >
      {source.isError ? <ErrorNote error={appErrorOf(source.error)} /> : null}
      <Answer of={connections}>
        {(list) =>
          list.length === 0 ? (
            <Empty
              icon={<Cable size={20} />}
              title="No tracker is connected"
              actions={
                <ButtonLink look="primary" to="/connections" search={{ add: true }}>
                  Connect a tracker
                </ButtonLink>
              }
            >
              An integration needs a connection on either side.
            </Empty>
          ) : (
            <ChooseScopes connections={list} onSuggested={setSuggested} />
          )
        }
      </Answer>
    </Page>
  );
}

function ChooseScopes({
  connections,
  onSuggested,
}: {
  readonly connections: readonly ConnectionView[];
  readonly onSuggested: (suggestion: MappingSuggestion) => void;
}): ReactNode {
  const [left, setLeft] = useState<SideScope>({ connection: connections[0]?.name ?? '', scope: '' });
  const [right, setRight] = useState<SideScope>({
    connection: (connections[1] ?? connections[0])?.name ?? '',
    scope: '',
  });
  const [importing, setImporting] = useState(false);
  const suggest = useTask('integration.suggest');
  const { value } = suggest;
  useEffect(() => {
    if (value !== null) onSuggested(value);
  }, [value, onSuggested]);
  const same = left.connection === right.connection && left.scope === right.scope && left.scope !== '';
  const canGo = left.scope !== '' && right.scope !== '' && !same;
  return (
    <>
      <div className={styles['choose']}>
        <ChooseSide title="Left" connections={connections} value={left} onChange={setLeft} />
        <ArrowLeftRight size={20} aria-hidden />
        <ChooseSide title="Right" connections={connections} value={right} onChange={setRight} />
      </div>
      {same ? <Notice tone="warn">A scope cannot be kept in step with itself.</Notice> : null}
      {suggest.state === 'running' ? (
        <ProgressLine progress={suggest.progress} startedAtMs={suggest.startedAtMs} />
      ) : null}
      {suggest.state === 'failed' && suggest.error !== null ? <ErrorNote error={suggest.error} /> : null}
      <div className={styles['addRow']}>
        {suggest.state === 'running' ? (
          <Button onPress={suggest.cancel}>Cancel</Button>
        ) : (
          <Button
            look="primary"
            isDisabled={!canGo}
            onPress={() => {
              suggest.start({ left, right });
            }}
          >
            Suggest a mapping
          </Button>
        )}
        <Button
          look="quiet"
          onPress={() => {
            setImporting(true);
          }}
        >
          From a file instead
        </Button>
      </div>
      <FileImport
        isOpen={importing}
        onClose={() => {
          setImporting(false);
        }}
      />
    </>
  );
}

function ChooseSide({
  title,
  connections,
  value,
  onChange,
}: {
  readonly title: string;
  readonly connections: readonly ConnectionView[];
  readonly value: SideScope;
  readonly onChange: (value: SideScope) => void;
}): ReactNode {
  const test = useCall('connection.test', { name: value.connection }, { enabled: value.connection !== '' });
  return (
    <section className={styles['chooseSide']} aria-label={title}>
      <h2>{title}</h2>
      <Select
        label="Connection"
        value={value.connection}
        options={connections.map(({ name, tracker }) => ({ id: name, name, note: tracker }))}
        onChange={(connection) => {
          onChange({ connection, scope: '' });
        }}
      />
      {test.isError ? (
        <ErrorNote error={appErrorOf(test.error)} onRetry={() => void test.refetch()} />
      ) : (
        <Combo
          key={`${value.connection} ${String(test.data === undefined)}`}
          label="Project"
          isDisabled={test.data === undefined}
          value={value.scope === '' ? null : value.scope}
          placeholder={test.data === undefined ? 'Asking the tracker…' : 'Type to find'}
          options={(test.data?.scopes ?? []).map(({ key, name }) => ({ id: key, name: lineText(name, 80), note: key }))}
          onChange={(scope) => {
            onChange({ ...value, scope });
          }}
        />
      )}
    </section>
  );
}

function NewEditor({
  first,
  suggestion,
}: {
  readonly first: IntegrationConfig;
  readonly suggestion: MappingSuggestion | null;
}): ReactNode {
  const navigate = useNavigate();
  const [draft, setDraft] = useState(first);
  const [previewing, setPreviewing] = useState(false);
  if (previewing)
    return (
      <DraftPreview
        draft={draft}
        edits={null}
        onBack={() => {
          setPreviewing(false);
        }}
      />
    );
  const editor = { draft, onChange: setDraft, readOnly: false };
  const nameOk = /^[a-z0-9][a-z0-9-]{0,62}$/u.test(draft.name);
  return (
    <Page
      fill
      title="New integration"
      subtitle={`${draft.left.connection} / ${draft.left.scope} and ${draft.right.connection} / ${draft.right.scope}`}
    >
      <div className={styles['panel']}>
        {suggestion === null ? null : <Suggested suggestion={suggestion} />}
        <Part title="Name">
          <div className={styles['name']}>
            <TextField
              bare
              label="Name"
              value={draft.name}
              onChange={(name) => {
                setDraft({ ...draft, name });
              }}
              error={nameOk ? undefined : 'Use small letters, digits and hyphens.'}
            />
          </div>
        </Part>
        <FilterTab {...editor} />
        <MappingTab {...editor} />
        <UsersTab {...editor} />
      </div>
      <SaveBar
        draft={draft}
        edits={null}
        onDiscard={() => void navigate({ to: '/' })}
        onPreview={() => {
          setPreviewing(true);
        }}
        onSaved={(name) => void navigate({ to: '/integrations/$name/preview', params: { name }, search: {} })}
      />
    </Page>
  );
}

function Suggested({ suggestion }: { readonly suggestion: MappingSuggestion }): ReactNode {
  const rest = (['left', 'right'] as const).flatMap((side) => {
    const { types, fields, users } = suggestion[side];
    return [...types, ...fields, ...users].length === 0
      ? []
      : [
          `On the ${side} without a twin: ${[...types, ...fields].map((one) => lineText(one, 60)).join(', ')}${users.length === 0 ? '' : `; ${counted(users.length, 'person', 'people')}`}.`,
        ];
  });
  return (
    <Notice>
      Types, fields and people of equal name were put together. Look them through. {rest.join(' ')}
      {suggestion.notices.map((notice) => ` ${lineText(notice, 300)}`)}
    </Notice>
  );
}
