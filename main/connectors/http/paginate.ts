import { createHash } from 'node:crypto';
import { LockstepError } from '../../../preload/contract/errors.js';

export interface Page<T> {
  readonly items: readonly T[];
  /** What the tracker says of the whole listing; null where it does not. */
  readonly total: number | null;
  /** What asks for the next page: a token, an offset, a page number; null after the last. */
  readonly next: string | number | null;
}

export interface PageGuard {
  /** To be called with every page, in order. Error `endless-listing`. */
  check(page: CheckedPage): void;
}

export interface CheckedPage {
  readonly ids: readonly string[];
  readonly total: number | null;
  readonly next: string | number | null;
}

export interface PageGuardOptions {
  /** For the message, for example `the issues of project 7`. */
  readonly listing: string;
  /** Also where no page repeats and no total is told. Default 100,000. */
  readonly maxPages?: number;
}

/** A listing may grow while it is read, but not to more than this. */
const growthFactor = 1.5;
const growthItems = 1_000;

/**
 * Finds listings that would never end: the same token again, the same page again, many more items than the tracker spoke
 * of at first, or pages without number.
 */
export function createPageGuard(options: PageGuardOptions): PageGuard {
  const maxPages = options.maxPages ?? 100_000;
  const tokens = new Set<string>();
  const pages = new Map<string, number>();
  let allowed: number | null = null;
  let items = 0;
  let count = 0;

  function endless(why: string): LockstepError {
    return new LockstepError('endless-listing', `The tracker's list of ${options.listing} does not end: ${why}.`, {
      action:
        'The run stopped there and nothing of the list was used. Is something between you and the tracker caching answers?',
      context: { pages: count, items },
    });
  }

  return {
    check(page) {
      count += 1;
      items += page.ids.length;
      if (page.total !== null) allowed ??= page.total * growthFactor + growthItems;
      if (page.ids.length > 0) {
        const key = createHash('sha256').update(page.ids.join('\n')).digest('base64');
        const seen = (pages.get(key) ?? 0) + 1;
        pages.set(key, seen);
        // One item alone can be met again where the list moves under the reader's feet.
        if (seen > (page.ids.length === 1 ? 2 : 1)) throw endless('it gives the same page again');
      }
      if (page.next !== null) {
        const token = `${typeof page.next} ${String(page.next)}`;
        if (tokens.has(token)) throw endless('it leads back to a page that was read');
        tokens.add(token);
      }
      if (allowed !== null && items > allowed) throw endless('it gives many more items than it speaks of');
      if (count >= maxPages && page.next !== null) throw endless(`there are more than ${String(maxPages)} pages`);
    },
  };
}

export interface PaginateOptions<T> extends PageGuardOptions {
  /** Null asks for the first page. */
  readonly fetch: (next: string | number | null) => Promise<Page<T>>;
  readonly idOf: (item: T) => string;
}

/** Pages until there is no next one, each checked by a page guard before it is given out. */
export async function* paginate<T>(options: PaginateOptions<T>): AsyncGenerator<Page<T>, void, undefined> {
  const guard = createPageGuard(options);
  let next: string | number | null = null;
  do {
    const page: Page<T> = await options.fetch(next);
    guard.check({ ids: page.items.map(options.idOf), total: page.total, next: page.next });
    yield page;
    next = page.next;
  } while (next !== null);
}
