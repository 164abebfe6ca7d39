import type { StatusView } from '../../../preload/contract/views.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';
import { bytesText, count, oneLine, timeText } from './text.js';

/** One and many of it. */
const countWords: Readonly<Record<string, readonly [string, string]>> = {
  connections: ['connection', 'connections'],
  integrations: ['integration', 'integrations'],
  pairs: ['pair', 'pairs'],
  endedPairs: ['ended pair', 'ended pairs'],
  dirtyPairs: ['pair to look at', 'pairs to look at'],
  staged: ['item read and not dealt with', 'items read and not dealt with'],
  openIntents: ['write to look up', 'writes to look up'],
  openConflicts: ['open conflict or kept value', 'open conflicts and kept values'],
  runs: ['run', 'runs'],
  logRows: ['log row', 'log rows'],
  longTexts: ['long text', 'long texts'],
  previews: ['preview', 'previews'],
};

export function renderStatus(status: StatusView, style: Style, columns: number): string {
  const { keys } = status;
  const counts = Object.entries(status.counts).filter(([, amount]) => amount > 0);
  const lines = [
    `${style.bold('Data folder')}  ${status.dataFolder}`,
    `workspace ${status.workspace}, ${status.mode}, schema ${String(status.schemaVersion)}`,
    ...status.recovered.map((why) =>
      style.red(`Recovered: ${oneLine(why)}. Make a preview and run it with sync --plan.`),
    ),
    ...(status.setAside.length === 0 ? [] : [style.red(`Damaged files set aside: ${status.setAside.join(', ')}`)]),
    '',
    `${style.bold('Keys')}  ${keys.state}${keys.damaged ? style.red(', the key file is damaged: make new slots') : ''}`,
    ...keys.slots.map(
      ({ kind, createdAtMs, usedNow }) => `  ${kind}, since ${timeText(createdAtMs)}${usedNow ? ', used now' : ''}`,
    ),
    '',
    `${style.bold('State')}  database ${bytesText(status.databaseBytes)}, journal ${bytesText(status.journalBytes)}, ${count(status.runs.files, 'run file')} ${bytesText(status.runs.bytes)}`,
    ...status.generations.map(
      ({ generation, snapshotBytes, journalBytes }) =>
        `  generation ${String(generation)}: snapshot ${bytesText(snapshotBytes)}, journal ${bytesText(journalBytes)}`,
    ),
    `  ${counts.map(([name, amount]) => count(amount, ...(countWords[name] ?? [name, name]))).join(', ')}`,
    '',
    `${style.bold('Hosts contacted')}${status.hosts.length === 0 ? '  none' : ''}`,
  ];
  const hosts =
    status.hosts.length === 0
      ? ''
      : renderTable(
          [
            { title: 'HOST', flexible: true },
            { title: 'FOR' },
            { title: 'AS' },
            { title: 'LAST' },
            { title: 'TIMES' },
            { title: 'REFUSED' },
          ],
          status.hosts.map(({ host, connection, role, lastMs, contacts, refusals }) => [
            host,
            connection,
            role,
            timeText(lastMs),
            contacts.toLocaleString('en'),
            String(refusals),
          ]),
          columns,
        );
  return `${lines.join('\n')}\n${hosts}`;
}
