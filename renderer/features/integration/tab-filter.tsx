import type { ReactNode } from 'react';
import { appErrorOf, useCall } from '../../app/query.js';
import { number } from '../../format/values.js';
import { Facts, Part } from '../../ui/page.js';
import { Answer, ErrorNote, Loading } from '../../ui/states.js';
import { Table } from '../../ui/table.js';
import { useDiscovered, type EditorProps } from './draft.js';
import { PairTable } from './pair-table.js';

/** Which items take part: the scope of either side, and the types in it; with how many that are now. */
export function FilterTab({ draft, onChange, readOnly }: EditorProps): ReactNode {
  const left = useDiscovered(draft.left);
  const right = useDiscovered(draft.right);
  const failed = left.error !== null ? left : right.error !== null ? right : null;
  const count = useCall(
    'integration.count',
    { left: draft.left, right: draft.right, types: draft.types },
    { keepPrevious: true, enabled: draft.types.length > 0 },
  );
  const amount = (value: number | null): string => (value === null ? 'cannot tell' : number(value));
  return (
    <>
      {failed === null ? null : <ErrorNote error={appErrorOf(failed.error)} onRetry={failed.retry} />}
      <Part title="Scopes" hint="Fixed once the integration is made: other scopes are another integration.">
        <Facts
          rows={[
            ['Left', `${draft.left.connection} / ${left.scope?.name ?? draft.left.scope}`],
            ['Right', `${draft.right.connection} / ${right.scope?.name ?? draft.right.scope}`],
          ]}
        />
      </Part>
      <Part title="Types" hint="Items of other types stay out.">
        {left.isLoading || right.isLoading ? (
          <Loading lines={3} />
        ) : (
          <PairTable
            label="Types"
            pairs={draft.types}
            left={left.scope?.types ?? []}
            right={right.scope?.types ?? []}
            readOnly={readOnly}
            onChange={(types) => {
              onChange({ ...draft, types });
            }}
          />
        )}
      </Part>
      <Part title="Items that match now">
        {draft.types.length === 0 ? (
          <p>No type, so no item.</p>
        ) : (
          <Answer of={count} lines={3}>
            {({ types, items }) => (
              <Table
                label="Matching items by type"
                columns={[{ name: 'Type' }, { name: 'Left', align: 'end' }, { name: 'Right', align: 'end' }]}
              >
                {types.map(({ type, items: of }) => (
                  <tr key={`${type.left} ${type.right}`}>
                    <td>{type.left === type.right ? type.left : `${type.left} and ${type.right}`}</td>
                    <td data-end>{amount(of.left)}</td>
                    <td data-end>{amount(of.right)}</td>
                  </tr>
                ))}
                <tr>
                  <td>
                    <b>Together</b>
                  </td>
                  <td data-end>
                    <b>{amount(items.left)}</b>
                  </td>
                  <td data-end>
                    <b>{amount(items.right)}</b>
                  </td>
                </tr>
              </Table>
            )}
          </Answer>
        )}
      </Part>
    </>
  );
}
