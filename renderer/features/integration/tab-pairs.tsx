import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import { appErrorOf, useCall } from '../../app/query.js';
import { counted, lineText } from '../../format/values.js';
import { reasonWords, type Tone } from '../../format/words.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { Checkbox, Select, TextField } from '../../ui/field.js';
import { ArrowLeftRight } from '../../ui/icon.js';
import { Empty, ErrorNote, Loading } from '../../ui/states.js';
import { Table } from '../../ui/table.js';
import { OpenItem } from '../log/open-item.js';
import styles from './integration.module.css';

type Status = 'active' | 'resting' | 'frozen' | 'ended';
const statusWords: Readonly<Record<Status, string>> = {
  active: 'In step',
  resting: 'Resting: out of the filter',
  frozen: 'Frozen: goes back and forth',
  ended: 'Ended',
};
const statusTones: Readonly<Record<Status, Tone>> = {
  active: 'good',
  resting: 'quiet',
  frozen: 'warn',
  ended: 'quiet',
};
const any = 'any';
const pageRows = 50;
const typingMs = 250;

/** Every pair of the integration, a page at a time. */
export function PairsTab({ name }: { readonly name: string }): ReactNode {
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [text, setText] = useState('');
  const [status, setStatus] = useState<Status | typeof any>(any);
  const [dirty, setDirty] = useState(false);
  const [page, setPage] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => {
      setText(typed.trim());
      setPage(0);
    }, typingMs);
    return () => {
      clearTimeout(timer);
    };
  }, [typed]);
  const pairs = useCall(
    'integration.pairs',
    {
      name,
      offset: page * pageRows,
      limit: pageRows,
      ...(text === '' ? {} : { text }),
      ...(status === any ? {} : { status }),
      ...(dirty ? { dirty } : {}),
    },
    { keepPrevious: true },
  );
  const total = pairs.data?.total ?? 0;
  const isFiltered = text !== '' || status !== any || dirty;
  return (
    <div className={styles['pairsTab']}>
      <div className={styles['pairBar']}>
        <TextField bare label="Search pairs" placeholder="Search keys" value={typed} onChange={setTyped} />
        <Select
          bare
          label="Status"
          value={status}
          options={[
            { id: any, name: 'Any status' },
            { id: 'active', name: 'In step' },
            { id: 'resting', name: 'Resting' },
            { id: 'frozen', name: 'Frozen' },
            { id: 'ended', name: 'Ended' },
          ]}
          onChange={(chosen) => {
            setStatus(chosen);
            setPage(0);
          }}
        />
        <Checkbox
          isSelected={dirty}
          onChange={(on) => {
            setDirty(on);
            setPage(0);
          }}
        >
          Unfinished only
        </Checkbox>
        <span className={styles['count']} role="status">
          {pairs.data === undefined ? '' : counted(total, 'pair')}
        </span>
        <Button
          small
          isDisabled={page === 0}
          onPress={() => {
            setPage(page - 1);
          }}
        >
          Back
        </Button>
        <Button
          small
          isDisabled={(page + 1) * pageRows >= total}
          onPress={() => {
            setPage(page + 1);
          }}
        >
          Next
        </Button>
      </div>
      {pairs.data === undefined ? (
        pairs.isError ? (
          <ErrorNote error={appErrorOf(pairs.error)} />
        ) : (
          <Loading />
        )
      ) : total === 0 ? (
        <Empty icon={<ArrowLeftRight size={20} />} title={isFiltered ? 'No such pair' : 'No pair yet'}>
          {isFiltered ? 'No pair matches all of these filters.' : 'The first run makes them.'}
        </Empty>
      ) : (
        <Table
          label="Pairs"
          columns={[
            { name: 'Left' },
            { name: 'Right' },
            { name: 'Title' },
            { name: 'Status' },
            { name: 'To do' },
            { name: 'Go to', bare: true },
          ]}
        >
          {pairs.data.rows.map((pair) => (
            <tr key={pair.pairId}>
              <td>{pair.keys.left ?? pair.refs.left ?? '—'}</td>
              <td>{pair.keys.right ?? pair.refs.right ?? '—'}</td>
              <td>{pair.title === null ? '' : lineText(pair.title, 90)}</td>
              <td>
                <Badge tone={statusTones[pair.status]}>{statusWords[pair.status]}</Badge>
                {pair.ended === null ? '' : ` ${reasonWords[pair.ended]}`}
              </td>
              <td>
                {[
                  pair.conflicts > 0 ? counted(pair.conflicts, 'conflict') : null,
                  pair.troubles > 0 ? counted(pair.troubles, 'failure') : null,
                  pair.dirty && pair.conflicts + pair.troubles === 0 ? 'next run' : null,
                ]
                  .filter((part) => part !== null)
                  .join(', ')}
              </td>
              <td>
                <span className={styles['pairActs']}>
                  <Button
                    small
                    look="quiet"
                    onPress={() =>
                      void navigate({
                        to: '/log',
                        search: { integration: name, item: pair.refs.left ?? pair.refs.right ?? pair.pairId },
                      })
                    }
                  >
                    History
                  </Button>
                  {pair.refs.left === null ? null : <OpenItem pairId={pair.pairId} side="left" look="quiet" />}
                </span>
              </td>
            </tr>
          ))}
        </Table>
      )}
    </div>
  );
}
