import type { StandInKind } from '../../logging/support-bundle/stand-ins.js';
import { renderTable } from './table.js';
import { bytesText, count } from './text.js';

type Replaced = Readonly<Partial<Record<StandInKind, number>>>;

/** What a support bundle holds, and how many different things have a stand-in in it. */
export interface BundleFacts {
  readonly run: string;
  /** Of the run's log. */
  readonly rows: number;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly replaced: Replaced }[];
  readonly replaced: Replaced;
}

export function renderBundle({ run, rows, files, replaced }: BundleFacts): string {
  const table = renderTable(
    [{ title: 'FILE' }, { title: 'SIZE' }, { title: 'REPLACED BY STAND-INS' }],
    files.map((file) => [file.name, bytesText(file.bytes), replacedText(file.replaced)]),
    Number.POSITIVE_INFINITY,
  );
  return `Support bundle of run ${run}, ${count(rows, 'row')} of its log:
${table}All together: ${replacedText(replaced)}. The same thing has the same stand-in; nobody can go back from one.
`;
}

function replacedText(replaced: Replaced): string {
  const parts = Object.entries(replaced).map(([kind, amount]) => count(amount, kind));
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}
