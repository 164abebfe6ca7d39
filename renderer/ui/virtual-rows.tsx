import type { KeyboardEvent, ReactNode } from 'react';
import { useCallback, useEffect, useId, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';
import type { Ref } from 'react';
import styles from './virtual-rows.module.css';

/** No element may be taller than some 33 million pixels; above this the scroll bar is scaled. */
const tallestPx = 30_000_000;
/** Rows beyond the seen ones on either side. */
const overscan = 12;

export interface VirtualRowsHandle {
  scrollTo(index: number): void;
}

export interface VirtualRowsProps {
  readonly label: string;
  readonly count: number;
  readonly rowHeightPx: number;
  /** The active row, by keyboard or click; -1 for none. */
  readonly active: number;
  readonly onActive: (index: number) => void;
  /** Enter, space or a click. */
  readonly onOpen?: (index: number) => void;
  readonly header?: ReactNode;
  /** Cells of one row, each with `role="gridcell"`. */
  readonly children: (index: number) => ReactNode;
  readonly rowClass?: (index: number) => string;
  readonly onRange?: (first: number, last: number) => void;
  readonly handle?: Ref<VirtualRowsHandle>;
  readonly onKey?: (event: KeyboardEvent) => void;
  readonly columns: number;
}

/**
 * A grid of which only the seen rows exist. They lie in a layer that sticks to the top of what scrolls, so a scroll that
 * outruns the painting shows the rows of before, never a blank; and no coordinate grows with the number of rows, which
 * keeps a million of them sharp.
 */
export function VirtualRows(props: VirtualRowsProps): ReactNode {
  const { label, count, rowHeightPx, active, onActive, onOpen, header, children, rowClass, onRange, handle, columns } =
    props;
  const scroller = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ topPx: 0, heightPx: 600, headPx: 0 });
  const id = useId();

  const fullPx = count * rowHeightPx;
  const spacerPx = Math.min(fullPx, tallestPx);
  const scrollablePx = Math.max(1, spacerPx - view.heightPx);
  const factor = fullPx > spacerPx ? Math.max(1, (fullPx - view.heightPx) / scrollablePx) : 1;
  const offsetPx = Math.max(0, Math.min(view.topPx * factor, Math.max(0, fullPx - view.heightPx)));
  const first = Math.max(0, Math.floor(offsetPx / rowHeightPx) - overscan);
  const last = Math.min(count - 1, Math.ceil((offsetPx + view.heightPx) / rowHeightPx) + overscan);

  const measure = useCallback((): void => {
    const element = scroller.current;
    if (element === null) return;
    const headPx = head.current?.offsetHeight ?? 0;
    setView({ topPx: element.scrollTop, heightPx: element.clientHeight - headPx, headPx });
  }, []);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [measure]);

  useEffect(() => {
    onRange?.(first, last);
  }, [onRange, first, last]);

  const reveal = (index: number, place: 'near' | 'middle' = 'near'): void => {
    const element = scroller.current;
    if (element === null) return;
    const rowTop = index * rowHeightPx;
    const above = rowTop < offsetPx;
    const below = rowTop + rowHeightPx > offsetPx + view.heightPx;
    if (!above && !below) return;
    const wanted =
      place === 'middle' ? rowTop - view.heightPx / 2 : above ? rowTop : rowTop + rowHeightPx - view.heightPx;
    element.scrollTop = Math.max(0, wanted) / factor;
  };
  useImperativeHandle(handle, () => ({
    scrollTo: (index) => {
      reveal(index, 'middle');
    },
  }));

  const go = (index: number): void => {
    if (count === 0) return;
    const target = Math.max(0, Math.min(count - 1, index));
    onActive(target);
    reveal(target);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    props.onKey?.(event);
    if (event.defaultPrevented || event.altKey || event.metaKey || event.ctrlKey) return;
    const page = Math.max(1, Math.floor(view.heightPx / rowHeightPx) - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      j: active + 1,
      ArrowUp: active - 1,
      k: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: count - 1,
    };
    const target = moves[event.key];
    if (target !== undefined) {
      event.preventDefault();
      go(target);
    } else if ((event.key === 'Enter' || event.key === ' ') && active >= 0) {
      event.preventDefault();
      onOpen?.(active);
    }
  };

  const rows: ReactNode[] = [];
  for (let index = first; index <= last; index += 1) {
    rows.push(
      <div
        key={index}
        role="row"
        id={`${id}-${String(index)}`}
        aria-rowindex={index + 2}
        aria-selected={index === active}
        className={`${styles['row'] ?? ''} ${rowClass?.(index) ?? ''}`}
        onClick={() => {
          onActive(index);
          onOpen?.(index);
        }}
      >
        {children(index)}
      </div>,
    );
  }

  // What scrolls is what has the focus, and the header is in it: its columns are as wide as the rows', scroll bar or not.
  return (
    <div className={styles['frame']}>
      <div
        ref={scroller}
        className={styles['grid']}
        role="grid"
        aria-label={label}
        aria-rowcount={count + 1}
        aria-colcount={columns}
        tabIndex={0}
        aria-activedescendant={active >= first && active <= last ? `${id}-${String(active)}` : undefined}
        onKeyDown={onKeyDown}
        onScroll={measure}
        data-scroller
      >
        <div ref={head} role="row" aria-rowindex={1} className={styles['header']}>
          {header}
        </div>
        <div role="presentation" style={{ height: spacerPx }}>
          <div
            role="presentation"
            className={styles['layer']}
            style={{ top: view.headPx, height: Math.min(view.heightPx, spacerPx) }}
          >
            <div role="presentation" style={{ transform: `translateY(${String(first * rowHeightPx - offsetPx)}px)` }}>
              {rows}
            </div>
          </div>
        </div>
      </div>
    </div>
  );
}
