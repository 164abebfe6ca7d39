import type { ReactNode } from 'react';
import type { ScopeView } from '../../../preload/contract/views.js';
import { appErrorOf } from '../../app/query.js';
import { counted } from '../../format/values.js';
import { Button } from '../../ui/button.js';
import { Part } from '../../ui/page.js';
import { ErrorNote, Loading } from '../../ui/states.js';
import { calledAs, find, useDiscovered, type EditorProps } from './draft.js';
import { PairTable } from './pair-table.js';

type User = ScopeView['users'][number];

/** Who is who. A user without a twin is left alone, and reported. */
export function UsersTab({ draft, onChange, readOnly }: EditorProps): ReactNode {
  const left = useDiscovered(draft.left);
  const right = useDiscovered(draft.right);
  const failed = left.error !== null ? left : right.error !== null ? right : null;
  const leftUsers = left.scope?.users ?? [];
  const rightUsers = right.scope?.users ?? [];
  const twins = leftUsers.flatMap((user) => {
    if (draft.users.some((pair) => findUser(leftUsers, pair.left)?.id === user.id)) return [];
    const twin = rightUsers.find((other) => same(user, other));
    return twin === undefined ? [] : [{ left: calledAs(leftUsers, user), right: calledAs(rightUsers, twin) }];
  });
  return (
    <>
      {failed === null ? null : <ErrorNote error={appErrorOf(failed.error)} onRetry={failed.retry} />}
      <Part
        title="Who is who"
        hint="Assignees and other people go over by this table. Nobody is ever guessed: who is not in it is left alone, and the run says so."
        actions={
          readOnly || twins.length === 0 ? undefined : (
            <Button
              small
              onPress={() => {
                onChange({ ...draft, users: [...draft.users, ...twins] });
              }}
            >
              Add {counted(twins.length, 'person', 'people')} of equal name or login
            </Button>
          )
        }
      >
        {left.isLoading || right.isLoading ? (
          <Loading lines={4} />
        ) : (
          <PairTable
            label="Users"
            pairs={draft.users.map((pair) => ({
              left: findUser(leftUsers, pair.left)?.id ?? pair.left,
              right: findUser(rightUsers, pair.right)?.id ?? pair.right,
            }))}
            left={leftUsers}
            right={rightUsers}
            readOnly={readOnly}
            onChange={(users) => {
              onChange({ ...draft, users });
            }}
          />
        )}
      </Part>
    </>
  );
}

const same = (a: User, b: User): boolean =>
  a.name.toLowerCase() === b.name.toLowerCase() ||
  (a.login !== null && a.login.toLowerCase() === b.login?.toLowerCase());

function findUser(users: readonly User[], called: string): User | null {
  return find(users, called) ?? users.find(({ login }) => login?.toLowerCase() === called.toLowerCase()) ?? null;
}
