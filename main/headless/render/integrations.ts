import type { IntegrationConfig } from '../../../preload/contract/integration.js';
import type { IntegrationView } from '../../../preload/contract/views.js';
import { outcomeWords } from './runs.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';
import { timeText } from './text.js';

export function renderIntegrations(integrations: readonly IntegrationView[], columns: number): string {
  if (integrations.length === 0) return 'There is no integration yet. Add one with: lockstep integration add FILE\n';
  return renderTable(
    [
      { title: 'NAME' },
      { title: 'LEFT', flexible: true },
      { title: 'RIGHT', flexible: true },
      { title: 'LAST RUN' },
      { title: 'OUTCOME' },
      { title: 'CONFLICTS' },
    ],
    integrations.map(({ name, left, right, lastRun, openConflicts, recovered }) => [
      name,
      left,
      right,
      timeText(lastRun?.startedAtMs ?? null),
      recovered !== null ? 'recovered: preview first' : lastRun === null ? '-' : outcomeWords[lastRun.outcome],
      String(openConflicts),
    ]),
    columns,
  );
}

const arrows = { 'both': '↔', 'left-to-right': '→', 'right-to-left': '←', 'none': '-' } as const;

export function renderIntegration(config: IntegrationConfig, style: Style): string {
  const { left, right, types, fields, users, comments, match, create, policy } = config;
  const pairs = (entries: readonly { readonly left: string; readonly right: string }[]): string =>
    entries.map((entry) => (entry.left === entry.right ? entry.left : `${entry.left} ↔ ${entry.right}`)).join(', ');
  const lines = [
    style.bold(config.name),
    `left      ${left.connection}/${left.scope}`,
    `right     ${right.connection}/${right.scope}`,
    `types     ${pairs(types)}`,
    `creates   ${arrows[create]}`,
    ...(match === undefined ? [] : [`match     ${match.left} = ${match.right}, then ${match.initial}`]),
    `policy    ${policy}`,
    ...fields.map((field) => {
      const name =
        field.left === field.right ? field.left : `${field.left} ${arrows[field.direction ?? 'both']} ${field.right}`;
      const own = [
        ...(field.left === field.right && field.direction !== undefined ? [arrows[field.direction]] : []),
        ...(field.policy === undefined ? [] : [`policy ${field.policy}`]),
        ...(Array.isArray(field.values) ? [`values ${pairs(field.values)}`] : []),
      ];
      return `field     ${[name, ...own].join('  ')}`;
    }),
    `comments  ${arrows[comments.direction]}  policy ${comments.policy}, deletions: ${comments.deletions}`,
    `users     ${users.length === 0 ? 'none' : pairs(users)}`,
  ];
  return `${lines.join('\n')}\n`;
}
