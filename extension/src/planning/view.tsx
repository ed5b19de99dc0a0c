// The whole view: the outline, the form of what is selected, and the layout or the page beside them.
import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useState } from 'react';

import { Problem } from '../components/banner';
import { useSignals } from '../components/hooks';
import { Adding } from './adding';
import { Amending } from './amending';
import { Banners } from './banners';
import type { Editor } from './editor';
import { ItemForm, PlanForm } from './forms';
import { Grid } from './grid';
import { Looking } from './looking';
import { itemOf, type Part, partKey } from './nouns';
import { nameOf, Outline, remove, shift } from './outline';

interface IViewProps {
  editor: Editor;
  trans: TranslationBundle;
}

export function View({ editor, trans }: IViewProps): React.ReactElement {
  useSignals(editor.changed);
  const [pane, setPane] = useState<'layout' | 'page'>('layout');
  const { plan, error } = editor;
  const select = (part: Part): void => {
    editor.select(part);
  };
  if (!plan) {
    return error ? (
      <Problem
        error={error}
        retry={{ label: trans.__('Try again'), act: () => void editor.open() }}
      />
    ) : (
      <p className="dw-Plan-hint" role="status">
        {trans.__('Reading the plan…')}
      </p>
    );
  }
  return (
    <>
      <Banners editor={editor} trans={trans} />
      <div className="dw-Plan-columns">
        <div className="dw-Plan-outline">
          <div className="dw-Plan-buttons">
            <button
              type="button"
              className="jp-mod-styled"
              aria-pressed={editor.selected.kind === 'add'}
              disabled={!editor.canEdit}
              onClick={() => {
                select({ kind: 'add' });
              }}
            >
              {trans.__('Add…')}
            </button>
            <button
              type="button"
              className="jp-mod-styled"
              aria-pressed={editor.selected.kind === 'amend'}
              disabled={!editor.canEdit}
              onClick={() => {
                select({ kind: 'amend' });
              }}
            >
              {trans.__('Change in words…')}
            </button>
          </div>
          <Outline editor={editor} trans={trans} onSelect={select} />
        </div>
        <Side editor={editor} trans={trans} />
        <div className="dw-Plan-right">
          <Tabs pane={pane} setPane={setPane} trans={trans} />
          <div
            role="tabpanel"
            id="dw-Plan-pane"
            aria-labelledby={`dw-Plan-${pane}`}
            className="dw-Plan-pane"
          >
            {pane === 'layout' ? (
              <Grid editor={editor} trans={trans} onSelect={select} />
            ) : (
              <Looking editor={editor} trans={trans} onSelect={select} />
            )}
          </div>
        </div>
      </div>
    </>
  );
}

function Tabs({
  pane,
  setPane,
  trans
}: {
  pane: 'layout' | 'page';
  setPane: (pane: 'layout' | 'page') => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const names = { layout: trans.__('Layout'), page: trans.__('Preview') };
  return (
    <div
      role="tablist"
      className="dw-Tabs"
      aria-label={trans.__('Beside the plan')}
      onKeyDown={event => {
        if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
          const other = pane === 'layout' ? 'page' : 'layout';
          setPane(other);
          event.currentTarget
            .querySelector<HTMLElement>(`#dw-Plan-${other}`)
            ?.focus();
        }
      }}
    >
      {(['layout', 'page'] as const).map(one => (
        <button
          key={one}
          id={`dw-Plan-${one}`}
          type="button"
          role="tab"
          aria-selected={pane === one}
          aria-controls="dw-Plan-pane"
          tabIndex={pane === one ? 0 : -1}
          onClick={() => {
            setPane(one);
          }}
        >
          {names[one]}
        </button>
      ))}
    </div>
  );
}

/** The form of what is selected, under its name, with what can be done with it. */
function Side({ editor, trans }: IViewProps): React.ReactElement {
  const { selected, plan } = editor;
  const item =
    plan && 'id' in selected && itemOf(plan, selected.kind, selected.id);
  const heading = item
    ? nameOf(item, trans)
    : selected.kind === 'add'
      ? trans.__('Add to the plan')
      : selected.kind === 'amend'
        ? trans.__('Change in words')
        : trans.__('The dashboard');
  return (
    <div className="dw-Plan-side" role="region" aria-label={heading}>
      <h3>{heading}</h3>
      {item && 'id' in selected && (
        <div className="dw-Plan-buttons">
          <button
            type="button"
            className="jp-mod-styled"
            disabled={!editor.canEdit}
            onClick={() => {
              shift(editor, trans, selected, -1);
            }}
          >
            {trans.__('Move up')}
          </button>
          <button
            type="button"
            className="jp-mod-styled"
            disabled={!editor.canEdit}
            onClick={() => {
              shift(editor, trans, selected, 1);
            }}
          >
            {trans.__('Move down')}
          </button>
          <button
            type="button"
            className="jp-mod-styled"
            disabled={
              !editor.canEdit ||
              (selected.kind === 'widget' && plan.widgets.length === 1)
            }
            onClick={() => {
              remove(editor, trans, selected);
            }}
          >
            {trans.__('Remove')}
          </button>
        </div>
      )}
      <div key={partKey(selected)}>
        {item && 'id' in selected ? (
          <ItemForm editor={editor} trans={trans} part={selected} />
        ) : selected.kind === 'add' ? (
          <Adding editor={editor} trans={trans} />
        ) : selected.kind === 'amend' ? (
          <Amending editor={editor} trans={trans} />
        ) : (
          <PlanForm editor={editor} trans={trans} />
        )}
      </div>
    </div>
  );
}
