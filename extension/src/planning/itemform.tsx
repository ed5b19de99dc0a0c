// The fields of a widget, a filter or an insight, as its type has them.
import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { type IProblem } from './checking';
import {
  columnsFor,
  dimensionOf,
  type Draft,
  measureOf,
  repaired,
  sortable
} from './choices';
import type { Columns } from './columns';
import { Flag, Many, type Option, Select, Text, WholeNumber } from './controls';
import { columnOptions, DimensionControl, MeasureControl } from './encoding';
import { type Field, fieldsOf, isOptional } from './fields';
import type {
  Dimension,
  FilterType,
  InsightType,
  Measure,
  Plan,
  WidgetOf,
  WidgetType
} from './nouns';
import { fieldName, options as optionWords } from './wording';

export interface IItemProps {
  trans: TranslationBundle;
  plan: Plan;
  draft: Draft & { type: WidgetType | FilterType | InsightType };
  columns: Columns;
  problems: readonly IProblem[];
  isDisabled: boolean;
  /** With a field changed, and what no longer fits it. */
  onChange: (draft: Draft, field: string) => void;
  onParameter: (name: string, value: number) => void;
}

export function errorAt(
  problems: readonly IProblem[],
  field: string
): string | undefined {
  const found = problems.filter(one => one.field === field);
  return found.map(({ sentence }) => sentence).join(' ') || undefined;
}

export function ItemFields(props: IItemProps): React.ReactElement {
  return (
    <>
      {fieldsOf(props.draft)
        .filter(([, field]) => field.kind !== 'start')
        .map(([name, field]) => (
          <FieldControl key={name} {...props} name={name} field={field} />
        ))}
    </>
  );
}

interface IFieldControlProps extends IItemProps {
  name: string;
  field: Field;
}

function FieldControl(props: IFieldControlProps): React.ReactElement | null {
  const { trans, draft, columns, name, field, isDisabled } = props;
  const value = draft[name];
  const words = optionWords(trans);
  const common = {
    label: fieldName(trans, draft.type, name),
    error: errorAt(props.problems, name),
    isDisabled
  };
  const isFree = isOptional(draft, name, field);
  const set = (changed: unknown): void => {
    const next = { ...draft, [name]: changed };
    props.onChange(repaired(next, columns) ?? next, name);
  };
  const none: Option[] = isFree ? [['', trans.__('None')]] : [];
  switch (field.kind) {
    case 'dimension':
      return (
        <DimensionControl
          {...common}
          {...{ trans, draft, columns, field }}
          value={value as Dimension | null}
          isOptional={isFree}
          onChange={set}
        />
      );
    case 'measure':
      return (
        <MeasureControl
          {...common}
          {...{ trans, draft, columns, field }}
          value={value as Measure | null}
          isOptional={isFree}
          onChange={set}
        />
      );
    case 'dimensions':
    case 'measures':
      return <ManyEncodings {...props} field={field} onValue={set} />;
    case 'column':
      return (
        <Select
          {...common}
          value={(value as string | null) ?? ''}
          options={[
            ...none,
            ...columnOptions(columnsFor(field, draft, columns), columns)
          ]}
          onChange={chosen => {
            set(chosen || null);
          }}
        />
      );
    case 'columns':
      return (
        <Many
          {...common}
          value={value as string[]}
          options={columnOptions([...columns.keys()], columns)}
          onChange={show => {
            const next = {
              ...draft,
              show,
              ...(show.length > 0 && { by: [], values: [] })
            };
            props.onChange(repaired(next, columns) ?? next, name);
          }}
        />
      );
    case 'choice':
      return (
        <Select
          {...common}
          value={(value as string | null) ?? ''}
          options={[
            ...none,
            ...field.options.map((one): Option => [one, words[one] ?? one])
          ]}
          onChange={chosen => {
            set(chosen || null);
          }}
        />
      );
    case 'flag':
      return <Flag {...common} value={value === true} onChange={set} />;
    case 'limit':
      return <LimitControl {...props} {...common} onValue={set} />;
    case 'number':
      return (
        <WholeNumber
          {...common}
          value={value as number}
          least={field.least}
          most={field.most}
          onChange={set}
        />
      );
    case 'sort':
      return <SortControl {...props} onValue={set} />;
    case 'sortBy':
      return (
        <Select
          {...common}
          value={(value as string | null) ?? ''}
          options={[
            ['', trans.__('The first value')],
            ...sortable(draft as unknown as WidgetOf<'table'>).map(
              (one): Option => [one, one]
            )
          ]}
          onChange={chosen => {
            set(chosen || null);
          }}
        />
      );
    case 'text':
      return (
        <Text
          {...common}
          value={(value as string | null) ?? ''}
          most={field.most}
          isLong={field.isLong}
          onChange={text => {
            set(text || (isFree ? null : ''));
          }}
        />
      );
    case 'start':
      return null;
  }
}

interface IValueProps extends IFieldControlProps {
  onValue: (value: unknown) => void;
}

/** A limit may be a parameter of the notebook, which other widgets may use, too. */
function LimitControl({
  trans,
  plan,
  draft,
  name,
  field,
  problems,
  isDisabled,
  onValue,
  onParameter
}: IValueProps): React.ReactElement {
  const value = draft[name] as WidgetOf<'line'>['limit'];
  const parameter =
    typeof value === 'object' && value !== null ? value.parameter : null;
  const known = plan.parameters.find(one => one.name === parameter)?.value;
  return (
    <WholeNumber
      label={fieldName(trans, draft.type, name)}
      error={errorAt(problems, name)}
      isDisabled={isDisabled}
      hint={
        parameter === null
          ? undefined
          : trans.__('The parameter %1 of the notebook', parameter)
      }
      value={
        typeof value === 'number'
          ? value
          : typeof known === 'number'
            ? known
            : null
      }
      least={1}
      isOptional={field.kind === 'limit' && (field.isOptional ?? false)}
      placeholder={trans.__('All')}
      onChange={number => {
        if (parameter !== null && number !== null) {
          onParameter(parameter, number);
        } else {
          onValue(number);
        }
      }}
    />
  );
}

function SortControl({
  trans,
  draft,
  name,
  problems,
  isDisabled,
  onValue
}: IValueProps): React.ReactElement {
  const { by, order } = draft[name] as WidgetOf<'bar'>['sort'];
  const all: Record<string, string> = {
    'y descending': trans.__('Largest first'),
    'y ascending': trans.__('Smallest first'),
    'x ascending': trans.__('By name or time'),
    'x descending': trans.__('By name or time, backwards'),
    'none ascending': trans.__('As the data has it')
  };
  return (
    <Select
      label={fieldName(trans, draft.type, name)}
      error={errorAt(problems, name)}
      isDisabled={isDisabled}
      value={by === 'none' ? 'none ascending' : `${by} ${order}`}
      options={Object.entries(all)}
      onChange={chosen => {
        const [field, direction] = chosen.split(' ');
        onValue({ by: field, order: direction });
      }}
    />
  );
}

/** The groups or the values of a table, one after another. */
function ManyEncodings(props: IValueProps): React.ReactElement {
  const { trans, draft, columns, name, field, isDisabled, onValue } = props;
  const values = draft[name] as (Dimension | Measure)[];
  const label = fieldName(trans, draft.type, name);
  const put = (at: number, value: unknown): void => {
    const next = values.map((one, index) => (index === at ? value : one));
    onValue(next.filter(one => one !== null));
  };
  const most = field.kind === 'dimensions' ? 6 : 12;
  const free = [...columns].find(
    ([one]) => !values.some(({ column }) => column === one)
  );
  return (
    <fieldset className="dw-Plan-where" disabled={isDisabled}>
      <legend>{label}</legend>
      {values.map((value, at) => (
        <div key={at} className="dw-Plan-one">
          {field.kind === 'dimensions' ? (
            <DimensionControl
              {...{ trans, draft, columns, field, isDisabled }}
              label={trans.__('%1, number %2', label, at + 1)}
              value={value as Dimension}
              isOptional={false}
              onChange={changed => {
                put(at, changed);
              }}
            />
          ) : (
            <MeasureControl
              {...{ trans, draft, columns, isDisabled }}
              field={{ kind: 'measures' }}
              label={trans.__('%1, number %2', label, at + 1)}
              value={value as Measure}
              isOptional={false}
              onChange={changed => {
                put(at, changed);
              }}
            />
          )}
          <button
            type="button"
            className="dw-IconButton"
            aria-label={trans.__('Remove %1, number %2', label, at + 1)}
            onClick={() => {
              put(at, null);
            }}
          >
            <closeIcon.react tag="span" />
          </button>
        </div>
      ))}
      {values.length < most && free && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-minimal"
          onClick={() => {
            const added =
              field.kind === 'dimensions'
                ? dimensionOf(...free)
                : measureOf(null);
            onValue([...values, added]);
          }}
        >
          {trans.__('Add')}
        </button>
      )}
      {errorAt(props.problems, name) && (
        <div className="dw-Field-error" role="alert">
          {errorAt(props.problems, name)}
        </div>
      )}
    </fieldset>
  );
}
