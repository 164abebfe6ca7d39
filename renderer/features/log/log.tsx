import { presentMs } from '../../clock.js';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useEffect, useMemo, useState } from 'react';
import { useSearchOf } from '../../app/address.js';
import type { LogFilterInput } from '../../../preload/contract/inputs.js';
import { useCall } from '../../app/query.js';
import { logSearch, type LogSearch } from '../../app/search.js';
import { counted } from '../../format/values.js';
import { kindWords, rowOutcomes, rowOutcomeWord, type RowOutcome } from '../../format/words.js';
import { rowKinds } from '../../../preload/contract/plan.js';
import { Button } from '../../ui/button.js';
import { Select, TextField } from '../../ui/field.js';
import { Download, X } from '../../ui/icon.js';
import { Page } from '../../ui/page.js';
import { ExportDialog } from './export-dialog.js';
import { LogRows } from './log-rows.js';
import styles from './log.module.css';

const typingMs = 250;
const dayMs = 86_400_000;
const any = 'any';
const isKind = (word: string): word is (typeof rowKinds)[number] => (rowKinds as readonly string[]).includes(word);
const isOutcome = (word: string): word is RowOutcome => (rowOutcomes as readonly string[]).includes(word);

/** All runs, searchable. What is looked for stands in the address. */
export function Log(): ReactNode {
  const search = useSearchOf(logSearch);
  const navigate = useNavigate();
  const integrations = useCall('integration.list', {});
  const [exporting, setExporting] = useState(false);
  const [typed, setTyped] = useState(search.q ?? '');
  const change = (part: Partial<LogSearch>): void => {
    void navigate({ to: '/log', search: { ...search, ...part }, replace: true });
  };

  // The address follows the typing after a pause; what leads here with another search takes its place.
  const [asked, setAsked] = useState(search.q ?? '');
  if ((search.q ?? '') !== asked) {
    setAsked(search.q ?? '');
    if (typed.trim() !== (search.q ?? '')) setTyped(search.q ?? '');
  }
  useEffect(() => {
    const q = typed.trim();
    if (q === (search.q ?? '')) return;
    const timer = setTimeout(() => {
      setAsked(q);
      change({ q: q === '' ? undefined : q });
    }, typingMs);
    return () => {
      clearTimeout(timer);
    };
  });

  const filter = useMemo(() => filterOf(search), [search]);
  const isFiltered = Object.values(search).some((value) => value !== undefined);
  return (
    <Page
      fill
      title="Log"
      actions={
        <Button
          icon={<Download size={15} aria-hidden />}
          onPress={() => {
            setExporting(true);
          }}
        >
          Export
        </Button>
      }
    >
      <div className={styles['filters']} role="search" aria-label="Filters of the log">
        <TextField
          bare
          label="Search the log"
          placeholder="Search items, values, messages"
          value={typed}
          onChange={setTyped}
        />
        <Select
          bare
          label="Integration"
          value={search.integration ?? any}
          options={[
            { id: any, name: 'All integrations' },
            ...(integrations.data ?? []).map(({ name }) => ({ id: name, name })),
          ]}
          onChange={(integration) => {
            change({ integration: integration === any ? undefined : integration });
          }}
        />
        <Select
          bare
          label="Outcome"
          value={search.outcome?.[0] ?? any}
          options={[{ id: any, name: 'Any outcome' }, ...rowOutcomes.map((id) => ({ id, name: rowOutcomeWord(id) }))]}
          onChange={(outcome: string) => {
            change({ outcome: isOutcome(outcome) ? [outcome] : undefined });
          }}
        />
        <Select
          bare
          label="Kind of change"
          value={search.kind?.[0] ?? any}
          options={[{ id: any, name: 'Any change' }, ...rowKinds.map((id) => ({ id, name: kindWords[id] }))]}
          onChange={(kind: string) => {
            change({ kind: isKind(kind) ? [kind] : undefined });
          }}
        />
        <Select
          bare
          label="Side"
          value={search.side ?? any}
          options={[
            { id: any, name: 'Both sides' },
            { id: 'left', name: 'Left' },
            { id: 'right', name: 'Right' },
          ]}
          onChange={(side) => {
            change({ side: side === 'left' || side === 'right' ? side : undefined });
          }}
        />
        <Select
          bare
          label="Time"
          value={search.from === undefined ? any : 'since'}
          options={[
            { id: any, name: 'Any time' },
            ...(search.from === undefined
              ? []
              : [{ id: 'since', name: `Since ${new Date(search.from).toLocaleDateString('en-GB')}` }]),
            { id: '1', name: 'Last 24 hours' },
            { id: '7', name: 'Last 7 days' },
            { id: '30', name: 'Last 30 days' },
          ]}
          onChange={(days) => {
            if (days === 'since') return;
            change({ from: days === any ? undefined : presentMs() - Number(days) * dayMs, to: undefined });
          }}
        />
        {search.item === undefined ? null : (
          <Chip
            name={`Item ${search.item}`}
            onClear={() => {
              change({ item: undefined });
            }}
          />
        )}
        {search.field === undefined ? null : (
          <Chip
            name={`Field ${search.field}`}
            onClear={() => {
              change({ field: undefined });
            }}
          />
        )}
        {search.run === undefined ? null : (
          <Chip
            name="One run"
            onClear={() => {
              change({ run: undefined });
            }}
          />
        )}
        {isFiltered ? (
          <Button
            look="quiet"
            small
            onPress={() => {
              setTyped('');
              void navigate({ to: '/log', search: {}, replace: true });
            }}
          >
            Clear all
          </Button>
        ) : null}
      </div>
      <LogRows
        key={JSON.stringify(filter)}
        filter={filter}
        label="Log"
        empty={isFiltered ? 'No row matches all of these filters.' : 'Runs write here what they do, and why.'}
        onTotal={(total) => (
          <p className={styles['total']} role="status">
            {total === null ? '' : counted(total, 'row')}
          </p>
        )}
      />
      <ExportDialog
        isOpen={exporting}
        onClose={() => {
          setExporting(false);
        }}
        filter={filter}
        runId={search.run ?? null}
      />
    </Page>
  );
}

function Chip({ name, onClear }: { readonly name: string; readonly onClear: () => void }): ReactNode {
  return (
    <Button small icon={<X size={13} aria-hidden />} aria-label={`Clear filter: ${name}`} onPress={onClear}>
      {name}
    </Button>
  );
}

function filterOf(search: LogSearch): LogFilterInput {
  const { q, integration, run, item, field, side, outcome, kind, from, to } = search;
  return {
    ...(q === undefined ? {} : { text: q }),
    ...(integration === undefined ? {} : { integration }),
    ...(run === undefined ? {} : { runId: run }),
    ...(item === undefined ? {} : { item }),
    ...(field === undefined ? {} : { field }),
    ...(side === undefined ? {} : { side }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(kind === undefined ? {} : { kind }),
    ...(from === undefined ? {} : { fromMs: from }),
    ...(to === undefined ? {} : { toMs: to }),
  };
}
