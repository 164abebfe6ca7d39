import type { ConnectionTest, ConnectionView, ScopeView } from '../../../preload/contract/views.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';
import { count, oneLine, timeText } from './text.js';

export function renderConnections(connections: readonly ConnectionView[], columns: number): string {
  if (connections.length === 0)
    return 'There is no connection yet. Add one with: lockstep connection add NAME --url ADDRESS\n';
  return renderTable(
    [
      { title: 'NAME' },
      { title: 'TRACKER' },
      { title: 'ADDRESS', flexible: true },
      { title: 'SECRET SINCE' },
      { title: 'USED BY', flexible: true },
    ],
    connections.map(({ name, tracker, url, secretSinceMs, integrations }) => [
      name,
      tracker,
      url,
      timeText(secretSinceMs),
      integrations.length === 0 ? '-' : integrations.join(', '),
    ]),
    columns,
  );
}

/** Differences below this are the play of second-grained clocks. */
const worthTellingMs = 2_000;

export function renderConnectionTest(tested: ConnectionTest, style: Style, columns: number): string {
  const { name, account, scopes, skewMs, scope } = tested;
  const skew =
    Math.abs(skewMs) < worthTellingMs ? '' : `  Its clock differs from ours by ${(skewMs / 1000).toFixed(0)} s.`;
  const head = `${style.green('OK')}  ${name} answers; the account is ${oneLine(account.name)}.${skew}\n`;
  if (scope !== null) return head + renderScope(scope, style, columns);
  const table = renderTable(
    [{ title: 'SCOPE' }, { title: 'NAME', flexible: true }],
    scopes.map(({ key, name: title }) => [key, oneLine(title)]),
    columns,
  );
  return `${head}\n${scopes.length === 0 ? 'The account sees no project.\n' : table}`;
}

function renderScope(scope: ScopeView, style: Style, columns: number): string {
  const names = (entries: readonly { readonly name: string }[]): string =>
    entries.map(({ name }) => oneLine(name)).join(', ');
  const fields = renderTable(
    [{ title: 'FIELD' }, { title: 'NAME' }, { title: 'TYPE' }, { title: 'OPTIONS', flexible: true }],
    scope.fields.map(({ id, name, type, required, writable, options }) => [
      id,
      oneLine(name),
      `${type}${required ? ', required' : ''}${writable ? '' : ', read only'}`,
      names(options),
    ]),
    columns,
  );
  const users = scope.users.map(({ id, name, login }) => `${oneLine(name)} (${login ?? id})`).join(', ');
  return [
    `\n${style.bold(oneLine(scope.name))}  ${style.dim(`${scope.key}, text formatting ${scope.markup}`)}\n`,
    `Types: ${names(scope.types)}\n`,
    `${count(scope.users.length, 'user')}: ${users}\n`,
    `Marker field: ${scope.markerField ?? 'none'}\n`,
    ...(scope.missingRights.length === 0
      ? []
      : [`${style.yellow('The account may not')} ${scope.missingRights.join(', ')}.\n`]),
    ...scope.notices.map((notice) => `${style.yellow('Note:')} ${oneLine(notice)}\n`),
    `\n${fields}`,
  ].join('');
}
