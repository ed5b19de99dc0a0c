// What can be added to a plan: what the planner thought of, best first, or an empty one.
import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useState } from 'react';

import { type Draft } from './choices';
import { type Option, Select } from './controls';
import { insightOf, newFilter, newWidget, withWidget } from './editing';
import type { Editor } from './editor';
import { columnOptions } from './encoding';
import { filterTypesOf, INSIGHT_FIELDS, WIDGET_TYPES } from './fields';
import { Glyph } from './glyph';
import {
  freeId,
  type InsightType,
  type Widget,
  type WidgetType
} from './nouns';
import { insightTypes, widgetTypes } from './wording';

interface IAddingProps {
  editor: Editor;
  trans: TranslationBundle;
}

export function Adding({
  editor,
  trans
}: IAddingProps): React.ReactElement | null {
  const { plan, frames } = editor;
  if (!plan) {
    return null;
  }
  const words = widgetTypes(trans);
  const add = (draft: Draft, title: string): void => {
    const type = draft['type'] as WidgetType;
    const made = withWidget(plan, { ...draft, type, title });
    editor.edit(made.plan, trans.__('Add "%1"', title));
    editor.select({ kind: 'widget', id: made.id });
  };
  const empty = WIDGET_TYPES.flatMap(type => {
    const draft = newWidget(type, frames);
    return draft ? [{ type, draft }] : [];
  });
  return (
    <>
      {plan.suggestions.length > 0 && (
        <section aria-label={trans.__('Suggestions')}>
          <h4>{trans.__('Suggestions')}</h4>
          <ul className="dw-Plan-suggestions">
            {plan.suggestions.map((widget: Widget) => (
              <li key={widget.id}>
                <button
                  type="button"
                  className="dw-Plan-suggestion"
                  onClick={() => {
                    add(widget, widget.title);
                  }}
                >
                  <Glyph type={widget.type} />
                  <span>
                    <b>{widget.title}</b>
                    <span className="dw-Plan-why">{widget.why}</span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-label={trans.__('A new widget')}>
        <h4>{trans.__('A new widget')}</h4>
        <div className="dw-Plan-types">
          {empty.map(({ type, draft }) => (
            <button
              key={type}
              type="button"
              className="dw-Plan-type"
              onClick={() => {
                add(draft, words[type]);
              }}
            >
              <Glyph type={type} />
              {words[type]}
            </button>
          ))}
        </div>
      </section>
      <OtherThings editor={editor} trans={trans} />
    </>
  );
}

function OtherThings({
  editor,
  trans
}: IAddingProps): React.ReactElement | null {
  const { plan, frames } = editor;
  const [wished, setFrame] = useState('');
  const frame = frames.has(wished) ? wished : ([...frames.keys()][0] ?? '');
  const columns = frames.get(frame);
  if (!plan || !columns) {
    return null;
  }
  const words = insightTypes(trans);
  const filterable = [...columns].filter(
    ([name, column]) =>
      filterTypesOf(column).length > 0 &&
      !plan.filters.some(
        one => one.column === name && one.frames.includes(frame)
      )
  );
  const insights = (Object.keys(INSIGHT_FIELDS) as InsightType[]).flatMap(
    type => {
      const id = freeId(plan, type);
      const made = insightOf(type, { id, frame, where: [], why: '' }, columns);
      return made ? [made] : [];
    }
  );
  const choose: Option = ['', trans.__('Choose…')];
  return (
    <section aria-label={trans.__('Something else')}>
      <h4>{trans.__('Something else')}</h4>
      {frames.size > 1 && (
        <Select
          label={trans.__('Data')}
          value={frame}
          options={[...frames.keys()].map((name): Option => [
            name,
            editor.tableOf(name)?.title ?? name
          ])}
          onChange={setFrame}
        />
      )}
      <Select
        label={trans.__('A filter by')}
        value=""
        options={[
          choose,
          ...columnOptions(
            filterable.map(([name]) => name),
            columns
          )
        ]}
        onChange={name => {
          const filter = newFilter(plan, frame, name, columns);
          if (filter) {
            const filters = [...plan.filters, filter];
            editor.edit(
              { ...plan, filters },
              trans.__('Add "%1"', filter.label)
            );
            editor.select({ kind: 'filter', id: filter.id });
          }
        }}
      />
      <Select
        label={trans.__('An insight about')}
        value=""
        options={[
          choose,
          ...insights.map((one): Option => [one.type, words[one.type]])
        ]}
        onChange={type => {
          const made = insights.find(one => one.type === type);
          if (made) {
            const all = [...plan.insights, made];
            editor.edit(
              { ...plan, insights: all },
              trans.__('Add "%1"', words[made.type])
            );
            editor.select({ kind: 'insight', id: made.id });
          }
        }}
      />
    </section>
  );
}
