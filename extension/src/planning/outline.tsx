// The plan as a list of its parts, each with the reason for it: a tree with one tab stop.
import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useRef, useState } from 'react';

import { failureIcon } from '../icons';
import { problemsAt } from './checking';
import { moved, orderOf, without } from './editing';
import type { Editor } from './editor';
import { Glyph } from './glyph';
import {
  idsOf,
  type Insight,
  type IItemPart,
  type Item,
  itemsOf,
  type Part,
  partKey,
  type Plan,
  type Widget
} from './nouns';
import { KINDS, titleOf } from './reapplying';
import { insightTypes, kinds } from './wording';

interface IOutlineProps {
  editor: Editor;
  trans: TranslationBundle;
  onSelect: (part: Part) => void;
}

export function Outline({
  editor,
  trans,
  onSelect
}: IOutlineProps): React.ReactElement | null {
  const { plan, selected } = editor;
  const tree = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<IItemPart | null>(null);
  const [target, setTarget] = useState('');
  const key = partKey(selected);
  const follow = useRef(false);
  useEffect(() => {
    const now = tree.current?.querySelector<HTMLElement>(
      `[data-part="${CSS.escape(key)}"]`
    );
    now?.scrollIntoView({ block: 'nearest' });
    if (follow.current) {
      follow.current = false;
      now?.focus();
    }
  }, [key, plan]);
  if (!plan) {
    return null;
  }
  const parts: Part[] = [
    { kind: 'plan' },
    ...KINDS.flatMap(kind =>
      orderOf(plan, kind).map((id): IItemPart => ({ kind, id }))
    )
  ];
  const at = parts.findIndex(one => partKey(one) === key);
  const press = (event: React.KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.altKey && step && 'id' in selected) {
      follow.current = true;
      shift(editor, trans, selected, step);
    } else if (step !== undefined) {
      const to = parts[Math.max(0, Math.min(parts.length - 1, at + step))];
      follow.current = true;
      onSelect(to ?? { kind: 'plan' });
    } else if (event.key === 'Home' || event.key === 'End') {
      follow.current = true;
      onSelect(parts.at(event.key === 'Home' ? 0 : -1) ?? { kind: 'plan' });
    } else if (event.key === 'Delete' && 'id' in selected) {
      follow.current = true;
      remove(editor, trans, selected);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const row = (part: Part, level: number): React.ReactElement => {
    const one = partKey(part);
    const isSelected = one === key;
    const isHere = isSelected || (at < 0 && part.kind === 'plan');
    const canDrag = 'id' in part && editor.canEdit;
    return (
      <div
        key={one}
        role="treeitem"
        aria-level={level}
        aria-selected={isSelected}
        tabIndex={isHere ? 0 : -1}
        data-part={one}
        className={`dw-Plan-row${target === one && dragged ? ' dw-mod-target' : ''}`}
        draggable={canDrag}
        onClick={() => {
          onSelect(part);
        }}
        onDragStart={event => {
          event.stopPropagation();
          event.dataTransfer.effectAllowed = 'move';
          event.dataTransfer.setData('application/x-dashwright-part', one);
          setDragged(part as IItemPart);
        }}
        onDragOver={event => {
          if (dragged?.kind === part.kind) {
            event.preventDefault();
            setTarget(one);
          }
        }}
        onDrop={event => {
          event.preventDefault();
          if (dragged && 'id' in part && dragged.kind === part.kind) {
            const to = orderOf(plan, dragged.kind).indexOf(part.id);
            move(editor, trans, dragged, to);
          }
          setDragged(null);
        }}
        onDragEnd={() => {
          setDragged(null);
          setTarget('');
        }}
      >
        <Row plan={plan} part={part} editor={editor} trans={trans} />
      </div>
    );
  };
  const names = kinds(trans);
  return (
    <div
      ref={tree}
      role="tree"
      className="dw-Plan-tree"
      aria-label={trans.__('Parts of the plan')}
      onKeyDown={press}
    >
      {row({ kind: 'plan' }, 1)}
      {KINDS.filter(kind => itemsOf(plan, kind).length > 0).map(kind => (
        <div key={kind} role="group" aria-label={names[kind]}>
          <div className="dw-Plan-kind" aria-hidden="true">
            {names[kind]}
          </div>
          {orderOf(plan, kind).map(id => row({ kind, id }, 2))}
        </div>
      ))}
    </div>
  );
}

function Row({
  plan,
  part,
  editor,
  trans
}: {
  plan: Plan;
  part: Part;
  editor: Editor;
  trans: TranslationBundle;
}): React.ReactElement {
  const count = problemsAt(editor.checking.problems, part).length;
  const item =
    'id' in part
      ? itemsOf(plan, part.kind)[idsOf(plan, part.kind).indexOf(part.id)]
      : undefined;
  return (
    <>
      {item && part.kind === 'widget' && <Glyph type={(item as Widget).type} />}
      <span className="dw-Plan-rowText">
        <span className="dw-Plan-rowTitle">
          {item ? nameOf(item, trans) : plan.title}
        </span>
        <span className="dw-Plan-why">
          {item ? reasonOf(item, trans) : plan.question}
        </span>
      </span>
      {count > 0 && (
        <span
          className="dw-Plan-bad"
          title={trans._n('%1 problem', '%1 problems', count)}
        >
          <failureIcon.react tag="span" />
          <span className="dw-Unseen">
            {trans._n('%1 problem', '%1 problems', count)}
          </span>
        </span>
      )}
    </>
  );
}

/** Insights have no title: they go by what they state of what. */
export function nameOf(item: Item, trans: TranslationBundle): string {
  const isInsight = 'type' in item && item.type in insightTypes(trans);
  if (!isInsight) {
    return titleOf(item);
  }
  const { type, y } = item as Insight;
  const what = y.column ?? trans.__('rows');
  return trans.__('%1: %2', insightTypes(trans)[type], what);
}

function reasonOf(item: Item, trans: TranslationBundle): string {
  return 'why' in item
    ? item.why
    : trans.__('At least %1 rows', item.rows_at_least.toLocaleString());
}

export function shift(
  editor: Editor,
  trans: TranslationBundle,
  part: IItemPart,
  step: number
): void {
  const at = editor.plan
    ? orderOf(editor.plan, part.kind).indexOf(part.id)
    : -1;
  move(editor, trans, part, at + step);
}

function move(
  editor: Editor,
  trans: TranslationBundle,
  part: IItemPart,
  to: number
): void {
  const { plan } = editor;
  if (plan && to >= 0 && to < idsOf(plan, part.kind).length) {
    const label = trans.__('Move "%1"', part.id.replaceAll('_', ' '));
    editor.edit(moved(plan, part.kind, part.id, to), label);
  }
}

/** Take away, and select what is at its place then. */
export function remove(
  editor: Editor,
  trans: TranslationBundle,
  part: IItemPart
): void {
  const { plan } = editor;
  const rest = plan && without(plan, part.kind, part.id);
  if (!plan || !rest || !editor.canEdit) {
    return;
  }
  const at = orderOf(plan, part.kind).indexOf(part.id);
  const ids = orderOf(rest, part.kind);
  const id = ids[Math.min(at, ids.length - 1)];
  editor.edit(rest, trans.__('Remove "%1"', part.id.replaceAll('_', ' ')));
  editor.select(id === undefined ? { kind: 'plan' } : { kind: part.kind, id });
}
