// The form of whatever is selected.
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { type IProblem, problemsAt } from './checking';
import { type Draft, typesFor } from './choices';
import type { Columns } from './columns';
import { Conditions } from './conditions';
import { Many, type Option, Select, Text, WholeNumber } from './controls';
import { filterOf, insightOf, retyped } from './editing';
import type { Editor } from './editor';
import { columnOptions } from './encoding';
import { filterTypesOf, INSIGHT_FIELDS } from './fields';
import { errorAt, ItemFields } from './itemform';
import {
  type Condition,
  type Expectation,
  type Filter,
  type FilterType,
  idsOf,
  type IItemPart,
  type Insight,
  type InsightType,
  type Item,
  type ItemKind,
  itemOf,
  type Plan,
  type Widget,
  type WidgetType,
  withItem
} from './nouns';
import { Start } from './start';
import { titleOf } from './reapplying';
import { fieldName, filterTypes, insightTypes, widgetTypes } from './wording';

export interface IFormProps {
  editor: Editor;
  trans: TranslationBundle;
}

/** What the forms of items share. */
interface IOneProps<T> extends IFormProps {
  plan: Plan;
  item: T;
  problems: readonly IProblem[];
  isDisabled: boolean;
  /** Put a changed item in its place; the field says what was edited. */
  put(item: T, field: string): void;
}

export function PlanForm({
  editor,
  trans
}: IFormProps): React.ReactElement | null {
  const { plan, checking } = editor;
  if (!plan) {
    return null;
  }
  const problems = problemsAt(checking.problems, { kind: 'plan' });
  const put = (field: 'title' | 'description', value: string): void => {
    const label = fieldName(trans, '', field);
    editor.edit({ ...plan, [field]: value }, label, `plan.${field}`);
  };
  const isDisabled = !editor.canEdit;
  return (
    <>
      <Text
        label={fieldName(trans, '', 'title')}
        value={plan.title}
        most={255}
        error={errorAt(problems, 'title')}
        isDisabled={isDisabled}
        onChange={value => {
          put('title', value);
        }}
      />
      <Text
        label={fieldName(trans, '', 'description')}
        value={plan.description}
        most={2000}
        isLong
        error={errorAt(problems, 'description')}
        isDisabled={isDisabled}
        onChange={value => {
          put('description', value);
        }}
      />
      <dl className="dw-Plan-about">
        <dt>{trans.__('Question')}</dt>
        <dd>{plan.question}</dd>
        <dt>{trans.__('Data')}</dt>
        {plan.tables.map(name => (
          <dd key={name}>{editor.tableOf(name)?.title ?? name}</dd>
        ))}
        {plan.joins.map(({ name, left, right, why }) => (
          <dd key={name} title={why}>
            {trans.__('%1: %2 with %3', name, left, right)}
          </dd>
        ))}
      </dl>
      <Text
        label={trans.__('Notes for readers')}
        hint={trans.__('One a line')}
        value={plan.notes.join('\n')}
        most={12 * 500}
        isLong
        error={errorAt(problems, 'notes')}
        isDisabled={isDisabled}
        onChange={text => {
          const notes = text === '' ? [] : text.split('\n');
          editor.edit(
            { ...plan, notes },
            fieldName(trans, '', 'notes'),
            'notes'
          );
        }}
      />
    </>
  );
}

export function ItemForm({
  editor,
  trans,
  part
}: IFormProps & { part: IItemPart }): React.ReactElement | null {
  const { plan } = editor;
  const item = plan && itemOf(plan, part.kind, part.id);
  if (!plan || !item) {
    return null;
  }
  const put = (changed: Item, field: string): void => {
    const type = 'type' in item ? item.type : '';
    const label = trans.__(
      '%1 of "%2"',
      fieldName(trans, type, field),
      titleOf(item)
    );
    const next = withItem(plan, part.kind, part.id, changed);
    editor.edit(next, label, `${part.kind}:${part.id}.${field}`);
    if (part.kind === 'expectation') {
      const at = idsOf(plan, part.kind).indexOf(part.id);
      editor.select({ kind: part.kind, id: idsOf(next, part.kind)[at] ?? '' });
    }
  };
  const common = {
    editor,
    trans,
    plan,
    problems: problemsAt(editor.checking.problems, part),
    isDisabled: !editor.canEdit,
    put
  };
  const forms: Record<ItemKind, React.ReactElement> = {
    widget: <WidgetForm {...common} item={item as Widget} />,
    filter: <FilterForm {...common} item={item as Filter} />,
    insight: <InsightForm {...common} item={item as Insight} />,
    expectation: <ExpectationForm {...common} item={item as Expectation} />
  };
  return forms[part.kind];
}

function WidgetForm(props: IOneProps<Widget>): React.ReactElement {
  const { editor, trans, item, problems, isDisabled, put } = props;
  const columns = columnsOf(editor, item.frame);
  const words = widgetTypes(trans);
  const types = typesFor(
    editor.frames.get(item.frame ?? '') ?? firstOf(editor)
  );
  return (
    <>
      <TextField {...props} field="title" most={255} />
      <Select
        label={trans.__('Type')}
        value={item.type}
        isDisabled={isDisabled}
        error={errorAt(problems, 'type')}
        options={types.map((one): Option => [one, words[one]])}
        onChange={type => {
          const [frame] = editor.frames.keys();
          const framed = { ...item, frame: item.frame ?? frame ?? null };
          const chosen = type as WidgetType;
          const next = retyped(
            chosen === 'text' ? { ...item, frame: null, where: [] } : framed,
            chosen,
            columnsOf(editor, framed.frame)
          );
          if (next) {
            put(next, 'type');
          }
        }}
      />
      {item.type !== 'text' && editor.frames.size > 1 && (
        <FrameField
          {...props}
          frame={item.frame ?? ''}
          onFrame={frame => {
            const there = columnsOf(editor, frame);
            const next = retyped(
              { ...item, frame, where: [] },
              item.type,
              there
            );
            if (next) {
              put(next, 'frame');
            }
          }}
          fits={there => typesFor(there).includes(item.type)}
        />
      )}
      <Fields {...props} columns={columns} />
      {item.type !== 'text' && <Where {...props} columns={columns} />}
      <TextField {...props} field="subtitle" most={255} isOptional />
      <TextField {...props} field="why" most={500} isLong />
    </>
  );
}

function FilterForm(props: IOneProps<Filter>): React.ReactElement {
  const { editor, trans, item, problems, isDisabled, put } = props;
  const columns = columnsOf(editor, item.frames[0] ?? null);
  const column = columns.get(item.column);
  const types = column ? filterTypesOf(column) : [];
  const words = filterTypes(trans);
  const able = [...columns].filter(([, one]) => filterTypesOf(one).length > 0);
  const frames = [...editor.frames].filter(([, one]) => one.has(item.column));
  return (
    <>
      <TextField {...props} field="label" most={120} />
      <Select
        label={fieldName(trans, '', 'column')}
        value={item.column}
        isDisabled={isDisabled}
        error={errorAt(problems, 'column')}
        options={columnOptions(
          able.map(([name]) => name),
          columns
        )}
        onChange={name => {
          const chosen = columns.get(name);
          const fitting = chosen ? filterTypesOf(chosen) : [];
          const type = fitting.includes(item.type) ? item.type : fitting[0];
          if (chosen && type) {
            const [frame] = item.frames;
            const next = filterOf(
              type,
              item.id,
              frame ?? '',
              name,
              chosen.label
            );
            put({ ...next, why: item.why }, 'column');
          }
        }}
      />
      <Select
        label={trans.__('Control')}
        value={item.type}
        isDisabled={isDisabled}
        error={errorAt(problems, 'type')}
        options={types.map((one): Option => [one, words[one]])}
        onChange={type => {
          const { id, column: name, label, frames: on, why } = item;
          const next = filterOf(type as FilterType, id, '', name, label);
          put({ ...next, frames: on, why }, 'type');
        }}
      />
      {editor.frames.size > 1 && (
        <Many
          label={fieldName(trans, '', 'frames')}
          value={item.frames}
          isDisabled={isDisabled}
          error={errorAt(problems, 'frames')}
          options={frames.map(([name]): Option => [
            name,
            editor.tableOf(name)?.title ?? name
          ])}
          onChange={on => {
            if (on.length > 0) {
              put({ ...item, frames: [...on] }, 'frames');
            }
          }}
        />
      )}
      {column && (
        <Start
          trans={trans}
          item={item}
          column={column}
          isDisabled={isDisabled}
          error={errorAt(problems, 'start')}
          onChange={start => {
            put({ ...item, start } as Filter, 'start');
          }}
        />
      )}
      <Fields {...props} columns={columns} />
      <TextField {...props} field="why" most={500} isLong />
    </>
  );
}

function InsightForm(props: IOneProps<Insight>): React.ReactElement {
  const { editor, trans, item, isDisabled, put } = props;
  const columns = columnsOf(editor, item.frame);
  const words = insightTypes(trans);
  const types = Object.keys(INSIGHT_FIELDS) as InsightType[];
  const fits = (type: InsightType, there: Columns): boolean =>
    insightOf(type, item, there, item) !== null;
  return (
    <>
      <Select
        label={trans.__('What is stated')}
        value={item.type}
        isDisabled={isDisabled}
        options={types
          .filter(type => fits(type, columns))
          .map((one): Option => [one, words[one]])}
        onChange={type => {
          const own = {
            id: item.id,
            frame: item.frame,
            where: item.where,
            why: item.why
          };
          const next = insightOf(type as InsightType, own, columns, item);
          if (next) {
            put(next, 'type');
          }
        }}
      />
      {editor.frames.size > 1 && (
        <FrameField
          {...props}
          frame={item.frame}
          fits={there => fits(item.type, there)}
          onFrame={frame => {
            const own = { id: item.id, frame, where: [], why: item.why };
            const there = columnsOf(editor, frame);
            const next = insightOf(item.type, own, there, item);
            if (next) {
              put(next, 'frame');
            }
          }}
        />
      )}
      <Fields {...props} columns={columns} />
      <Where {...props} columns={columns} />
      <TextField
        {...props}
        field="wording"
        most={600}
        isLong
        isOptional
        hint={trans.__(
          'Numbers are computed: name them in braces. Left empty, the sentence is made by itself.'
        )}
      />
      <TextField {...props} field="why" most={500} isLong />
    </>
  );
}

function ExpectationForm(props: IOneProps<Expectation>): React.ReactElement {
  const { editor, trans, item, isDisabled, put } = props;
  const columns = columnsOf(editor, item.frame);
  return (
    <>
      <p className="dw-Plan-hint">
        {trans.__(
          'Data that does not hold this is not published: viewers go on seeing the last good version.'
        )}
      </p>
      <FrameField
        {...props}
        frame={item.frame}
        fits={() => true}
        onFrame={frame => {
          put({ ...item, frame, columns: [] }, 'frame');
        }}
      />
      <WholeNumber
        label={fieldName(trans, '', 'rows_at_least')}
        value={item.rows_at_least}
        least={0}
        isDisabled={isDisabled}
        onChange={rows => {
          put({ ...item, rows_at_least: rows ?? 0 }, 'rows_at_least');
        }}
      />
      <Many
        label={fieldName(trans, '', 'columns')}
        value={item.columns}
        isDisabled={isDisabled}
        options={columnOptions([...columns.keys()], columns)}
        onChange={names => {
          put({ ...item, columns: [...names] }, 'columns');
        }}
      />
    </>
  );
}

function Fields(
  props: IOneProps<Item> & { columns: Columns }
): React.ReactElement {
  const { editor, item, trans, plan, problems, isDisabled, put } = props;
  return (
    <ItemFields
      {...{ trans, plan, problems, isDisabled }}
      columns={props.columns}
      draft={
        item as unknown as React.ComponentProps<typeof ItemFields>['draft']
      }
      onChange={(draft, field) => {
        put(draft as unknown as Widget, field);
      }}
      onParameter={(name, value) => {
        const parameters = plan.parameters.map(one =>
          one.name === name ? { ...one, value } : one
        );
        const label = trans.__('Parameter %1', name);
        editor.edit({ ...plan, parameters }, label, `parameter.${name}`);
      }}
    />
  );
}

function Where(
  props: IOneProps<Item> & { columns: Columns }
): React.ReactElement {
  const { trans, item, columns, problems, isDisabled, put } = props;
  return (
    <Conditions
      {...{ trans, columns, isDisabled }}
      value={(item as Widget | Insight).where}
      error={errorAt(problems, 'where')}
      onChange={(where: Condition[]) => {
        put({ ...item, where } as Item, 'where');
      }}
    />
  );
}

function FrameField(
  props: IOneProps<Item> & {
    frame: string;
    fits: (columns: Columns) => boolean;
    onFrame: (frame: string) => void;
  }
): React.ReactElement {
  const { editor, trans, frame, fits, onFrame, problems, isDisabled } = props;
  const able = [...editor.frames].filter(([, columns]) => fits(columns));
  return (
    <Select
      label={fieldName(trans, '', 'frame')}
      value={frame}
      isDisabled={isDisabled}
      error={errorAt(problems, 'frame')}
      options={able.map(([name]): Option => [
        name,
        editor.tableOf(name)?.title ?? name
      ])}
      onChange={onFrame}
    />
  );
}

function TextField(
  props: IOneProps<Item> & {
    field: string;
    most: number;
    isLong?: boolean;
    isOptional?: boolean;
    hint?: string;
  }
): React.ReactElement {
  const { trans, item, field, problems, put } = props;
  const value = (item as unknown as Draft)[field];
  return (
    <Text
      label={fieldName(trans, '', field)}
      hint={props.hint}
      value={typeof value === 'string' ? value : ''}
      most={props.most}
      isLong={props.isLong}
      isDisabled={props.isDisabled}
      error={errorAt(problems, field)}
      onChange={text => {
        const empty = props.isOptional ? null : '';
        put({ ...item, [field]: text || empty }, field);
      }}
    />
  );
}

function columnsOf(editor: Editor, frame: string | null): Columns {
  return editor.frames.get(frame ?? '') ?? new Map();
}

function firstOf(editor: Editor): Columns | null {
  const [first] = editor.frames.values();
  return first ?? null;
}
