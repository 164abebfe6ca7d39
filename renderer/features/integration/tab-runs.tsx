import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useCall } from '../../app/query.js';
import { duration } from '../../format/time.js';
import { lineText, number } from '../../format/values.js';
import { brakeWords, outcomeTones, outcomeWords } from '../../format/words.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { Activity } from '../../ui/icon.js';
import { Answer, Empty } from '../../ui/states.js';
import { Table } from '../../ui/table.js';
import { Time } from '../../ui/time.js';

const step = 50;

export function RunsTab({ name }: { readonly name: string }): ReactNode {
  const [limit, setLimit] = useState(step);
  const runs = useCall('run.list', { name, limit }, { keepPrevious: true });
  return (
    <Answer of={runs}>
      {(list) =>
        list.length === 0 ? (
          <Empty icon={<Activity size={20} />} title="It never ran">
            Look at a preview first: it shows what the first run would do.
          </Empty>
        ) : (
          <>
            <Table
              label="Runs"
              columns={[
                { name: 'Started' },
                { name: 'Outcome' },
                { name: 'Changed', align: 'end' },
                { name: 'Failed', align: 'end' },
                { name: 'Took', align: 'end' },
                { name: 'Remark' },
              ]}
            >
              {list.map((run) => (
                <tr key={run.id}>
                  <td>
                    <Link to="/runs/$runId" params={{ runId: run.id }}>
                      <Time atMs={run.startedAtMs} />
                    </Link>
                  </td>
                  <td>
                    <Badge tone={outcomeTones[run.outcome]}>{outcomeWords[run.outcome]}</Badge>
                  </td>
                  <td data-end>{number(run.counts['done'] ?? 0)}</td>
                  <td data-end>{number(run.counts['failed'] ?? 0)}</td>
                  <td data-end>{run.endedAtMs === null ? '' : duration(run.endedAtMs - run.startedAtMs)}</td>
                  <td>{lineText(run.message ?? run.brakes.map((brake) => brakeWords[brake].title).join(', '), 120)}</td>
                </tr>
              ))}
            </Table>
            {list.length < limit ? null : (
              <div>
                <Button
                  onPress={() => {
                    setLimit(limit + step);
                  }}
                >
                  Older runs
                </Button>
              </div>
            )}
          </>
        )
      }
    </Answer>
  );
}
