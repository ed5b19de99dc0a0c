// A list of any length, of which only what can be seen is drawn: a grid with one tab
// stop, whose selection the arrow keys move.
import { useVirtualizer } from '@tanstack/react-virtual';
import React, { useCallback, useEffect, useId, useRef } from 'react';

interface IRowsProps<T> {
  label: string;
  items: readonly T[];
  /** The same item has the same key. */
  keyOf: (item: T) => string;
  /** Pixels. */
  height: number;
  selected: string | null;
  onSelect: (key: string) => void;
  onOpen?: (key: string) => void;
  /** Called when the end comes into sight. */
  onEnd?: () => void;
  /** Whether there is more than these items. */
  hasMore?: boolean;
  children: (item: T, isSelected: boolean) => React.ReactNode;
}

/** Keys that move the selection: how far from where it is, or to which end. */
const MOVES: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: -Infinity,
  End: Infinity
};

export function Rows<T>(props: IRowsProps<T>): React.ReactElement {
  const { items, keyOf, height, selected, onSelect, onEnd } = props;
  const name = useId();
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    overscan: 6,
    getItemKey: index => keyOf(items[index] as T)
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= items.length - 10) {
      onEnd?.();
    }
  }, [last, items.length, onEnd]);

  const at = items.findIndex(item => keyOf(item) === selected);
  const move = useCallback(
    (event: React.KeyboardEvent) => {
      const step = MOVES[event.key];
      if (
        step === undefined ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey
      ) {
        return;
      }
      const to = Math.max(0, Math.min(items.length - 1, at + step));
      const item = items[to];
      if (item !== undefined) {
        onSelect(keyOf(item));
        rows.scrollToIndex(to);
      }
      event.preventDefault();
    },
    [at, items, keyOf, onSelect, rows]
  );
  const id = (index: number): string => `${name}-${index}`;
  return (
    <div
      ref={box}
      className="dw-Rows"
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={props.hasMore ? -1 : items.length}
      aria-activedescendant={at < 0 ? undefined : id(at)}
      onKeyDown={move}
      onFocus={() => {
        if (at < 0 && items[0] !== undefined) {
          onSelect(keyOf(items[0]));
        }
      }}
      onContextMenu={event => {
        menuOfRow(event, document.getElementById(id(at)));
      }}
    >
      <div
        role="rowgroup"
        className="dw-Rows-all"
        style={{ height: rows.getTotalSize() }}
      >
        {shown.map(({ index, key, start }) => {
          const item = items[index] as T;
          const isSelected = index === at;
          return (
            <div
              key={key}
              id={id(index)}
              role="row"
              aria-selected={isSelected}
              aria-rowindex={index + 1}
              className="dw-Rows-row"
              style={{ height, transform: `translateY(${start}px)` }}
              onMouseDown={() => {
                onSelect(keyOf(item));
              }}
              onDoubleClick={() => {
                props.onOpen?.(keyOf(item));
              }}
            >
              {props.children(item, isSelected)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** The menu key is pressed on the list, which has the focus, and means the selected row. */
function menuOfRow(event: React.MouseEvent, row: HTMLElement | null): void {
  if (event.target !== event.currentTarget || !row) {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  const { left, top, height } = row.getBoundingClientRect();
  const at = { clientX: left + height / 2, clientY: top + height / 2 };
  const target = row.firstElementChild ?? row;
  target.dispatchEvent(
    new MouseEvent('contextmenu', { bubbles: true, cancelable: true, ...at })
  );
}
