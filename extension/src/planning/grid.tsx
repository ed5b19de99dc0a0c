// Where the widgets are on the page: cards on the 12 columns, moved and resized by pointer or keys.
import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useRef, useState } from 'react';

import { problemsAt } from './checking';
import { laidOut } from './editing';
import type { Editor } from './editor';
import { Glyph } from './glyph';
import {
  bottomOf,
  COLUMNS,
  type IPlaced,
  placedAt,
  type Places,
  steppedTo
} from './layout';
import type { Part, Position, Widget } from './nouns';
import { remove } from './outline';

/** Pixels of a row. */
const ROW = 26;

interface IGridProps {
  editor: Editor;
  trans: TranslationBundle;
  onSelect: (part: Part) => void;
}

/** One that is being dragged: from where, and whether by its corner. */
interface IHold {
  id: string;
  isResize: boolean;
  x: number;
  y: number;
  position: Position;
  pointer: number;
}

const STEPS: Readonly<Record<string, readonly ['x' | 'y', 1 | -1]>> = {
  ArrowLeft: ['x', -1],
  ArrowRight: ['x', 1],
  ArrowUp: ['y', -1],
  ArrowDown: ['y', 1]
};

export function Grid({
  editor,
  trans,
  onSelect
}: IGridProps): React.ReactElement | null {
  const box = useRef<HTMLDivElement>(null);
  const hold = useRef<IHold | null>(null);
  const [shown, setShown] = useState<IPlaced[] | null>(null);
  const { plan, selected } = editor;
  const follow = useRef<string | null>(null);
  useEffect(() => {
    // A card that goes to another place in the order of reading loses the focus.
    const card = box.current?.querySelector<HTMLElement>(
      `[data-widget="${follow.current ?? ''}"]`
    );
    follow.current = null;
    card?.focus();
  }, [plan]);
  if (!plan) {
    return null;
  }
  const { widgets } = plan;
  const places: Places = shown ?? widgets;
  const put = (next: Places, widget: Widget, key: string): void => {
    const label = trans.__('Place of "%1"', widget.title);
    editor.edit(laidOut(plan, next), label, key);
  };
  const drag = (event: React.PointerEvent): IPlaced[] | null => {
    const held = hold.current;
    const width = box.current?.clientWidth ?? 0;
    if (!held || width === 0 || held.pointer !== event.pointerId) {
      return null;
    }
    const right = Math.round((event.clientX - held.x) / (width / COLUMNS));
    const down = Math.round((event.clientY - held.y) / ROW);
    const { x, y, width: wide, height } = held.position;
    const to = held.isResize
      ? {
          x,
          y,
          width: Math.min(COLUMNS - x, wide + right),
          height: height + down
        }
      : { x: x + right, y: y + down, width: wide, height };
    return placedAt(widgets, held.id, to);
  };
  const press = (event: React.KeyboardEvent, widget: Widget): void => {
    const [axis, by] = STEPS[event.key] ?? [];
    if (axis && by && editor.canEdit && !event.altKey && !event.ctrlKey) {
      const size = axis === 'x' ? 'width' : 'height';
      follow.current = widget.id;
      const step = event.shiftKey ? { [size]: by } : { [axis]: by };
      put(steppedTo(widgets, widget.id, step), widget, `place.${widget.id}`);
    } else if (event.key === 'Enter' || event.key === ' ') {
      onSelect({ kind: 'widget', id: widget.id });
    } else if (event.key === 'Delete') {
      remove(editor, trans, { kind: 'widget', id: widget.id });
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <p className="dw-Plan-hint" id="dw-Plan-keys">
        {trans.__(
          'Drag to move, drag the corner to resize. With keys: arrows move, Shift and arrows resize.'
        )}
      </p>
      <div
        ref={box}
        className="dw-Plan-grid"
        role="group"
        aria-label={trans.__('Layout')}
        style={{ height: (bottomOf(places) + 1) * ROW }}
      >
        {widgets.map(widget => {
          const held = shown?.find(({ id }) => id === widget.id);
          const { x, y, width, height } = held?.position ?? widget.position;
          const isSelected =
            'id' in selected &&
            selected.kind === 'widget' &&
            selected.id === widget.id;
          const isBad =
            problemsAt(editor.checking.problems, {
              kind: 'widget',
              id: widget.id
            }).length > 0;
          return (
            <div
              key={widget.id}
              role="button"
              tabIndex={0}
              data-widget={widget.id}
              aria-pressed={isSelected}
              aria-describedby="dw-Plan-keys"
              aria-label={trans.__(
                '%1: column %2, row %3, %4 wide, %5 high',
                widget.title,
                x + 1,
                y + 1,
                width,
                height
              )}
              className={`dw-Plan-card${isBad ? ' dw-mod-bad' : ''}${hold.current?.id === widget.id && shown ? ' dw-mod-held' : ''}`}
              style={{
                left: `${(x / COLUMNS) * 100}%`,
                width: `${(width / COLUMNS) * 100}%`,
                top: y * ROW,
                height: height * ROW
              }}
              onKeyDown={event => {
                press(event, widget);
              }}
              onPointerDown={event => {
                onSelect({ kind: 'widget', id: widget.id });
                if (editor.canEdit && event.button === 0) {
                  const isResize =
                    (event.target as Element).className === 'dw-Plan-corner';
                  const { clientX, clientY, pointerId } = event;
                  hold.current = {
                    id: widget.id,
                    isResize,
                    x: clientX,
                    y: clientY,
                    position: widget.position,
                    pointer: pointerId
                  };
                  event.currentTarget.setPointerCapture(pointerId);
                }
              }}
              onPointerMove={event => {
                const next = drag(event);
                if (next) {
                  setShown(next);
                }
              }}
              onPointerUp={event => {
                const next = drag(event);
                hold.current = null;
                setShown(null);
                if (next) {
                  put(next, widget, '');
                }
              }}
              onPointerCancel={() => {
                hold.current = null;
                setShown(null);
              }}
            >
              <div className="dw-Plan-cardBody">
                <Glyph type={widget.type} />
                <span>{widget.title}</span>
              </div>
              {editor.canEdit && <div className="dw-Plan-corner" />}
            </div>
          );
        })}
      </div>
    </>
  );
}
