import { useQueries } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { LogFilterInput } from '../../../preload/contract/inputs.js';
import type { LogRowView, LogWindow, Names } from '../../../preload/contract/views.js';
import { unwrap, useBridge, useCall } from '../../app/query.js';

const pageRows = 100;
/** Pages that nobody looks at are forgotten soon, so a walk through a million rows does not fill the memory. */
const forgetMs = 5_000;

export interface LogPages {
  readonly total: number | null;
  readonly error: unknown;
  readonly row: (index: number) => LogRowView | undefined;
  readonly names: (integration: string) => Names | undefined;
  readonly onRange: (first: number, last: number) => void;
  readonly refetch: () => void;
}

/** The rows of a search by their place in it, newest first; only the pages around what is seen are held. */
export function useLogPages(filter: LogFilterInput): LogPages {
  const bridge = useBridge();
  const [range, setRange] = useState({ first: 0, last: 0 });
  const head = useCall('log.search', { filter, offset: 0, limit: pageRows });
  const upTo = head.data?.upTo;
  const firstPage = Math.floor(range.first / pageRows);
  const lastPage = Math.min(Math.floor(range.last / pageRows), firstPage + 4);
  const pages = Array.from({ length: lastPage - firstPage + 1 }, (_, index) => firstPage + index).filter(
    (page) => page > 0,
  );
  const windows = useQueries({
    queries: pages.map((page) => ({
      queryKey: ['log.search', { filter, upTo, offset: page * pageRows }],
      queryFn: async (): Promise<LogWindow> =>
        unwrap(
          await bridge.call('log.search', {
            filter,
            offset: page * pageRows,
            limit: pageRows,
            ...(upTo === undefined ? {} : { upTo }),
          }),
        ),
      enabled: upTo !== undefined,
      gcTime: forgetMs,
    })),
  });
  const byPage = useMemo(() => {
    const found = new Map<number, LogWindow>();
    if (head.data !== undefined) found.set(0, head.data);
    pages.forEach((page, index) => {
      const data = windows[index]?.data;
      if (data !== undefined) found.set(page, data);
    });
    return found;
  }, [head.data, pages, windows]);
  const onRange = useCallback((first: number, last: number) => {
    setRange((before) => (before.first === first && before.last === last ? before : { first, last }));
  }, []);
  const { refetch } = head;
  return {
    total: head.data?.total ?? null,
    error: head.error ?? windows.find(({ error }) => error !== null)?.error ?? null,
    row: (index) => byPage.get(Math.floor(index / pageRows))?.rows[index % pageRows],
    names: (integration) => {
      for (const page of byPage.values()) if (page.names[integration] !== undefined) return page.names[integration];
      return undefined;
    },
    onRange,
    refetch: () => void refetch(),
  };
}
