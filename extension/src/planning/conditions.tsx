// Which rows a widget or an insight is about.
import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { type Columns, isDated, isNumeric } from './columns';
import { type Option, Select, Text } from './controls';
import { columnOptions } from './encoding';
import type { Column, Condition, Operator } from './nouns';
import { operators } from './wording';

interface IConditionsProps {
  trans: TranslationBundle;
  columns: Columns;
  value: readonly Condition[];
  isDisabled: boolean;
  error?: string | undefined;
  onChange: (value: Condition[]) => void;
}

type Scalar = Condition['values'][number];

/** Comparisons that mean something for a column. */
export function operatorsOf(column: Column | undefined): Operator[] {
  const always: Operator[] = ['=', '!=', 'missing', 'not missing'];
  if (!column || column.type === 'boolean') {
    return always;
  }
  const many: Operator[] = ['in', 'not in'];
  return isNumeric(column) || isDated(column)
    ? [...always, '<', '<=', '>', '>=', 'between', ...many]
    : [...always, ...many, 'contains'];
}

/** A text as a value of a column; as it is where it is none. */
export function valueOf(text: string, column: Column | undefined): Scalar {
  if (column?.type === 'boolean') {
    return text === 'true';
  }
  const number = Number(text);
  const isNumber =
    column && isNumeric(column) && text.trim() !== '' && !Number.isNaN(number);
  return isNumber ? number : text;
}

/** A condition that is valid, with the first value of the column. */
export function conditionOn(
  name: string,
  column: Column | undefined,
  operator: Operator = '='
): Condition {
  const first: Scalar =
    column?.values[0]?.value ??
    column?.numbers?.min ??
    column?.times?.first ??
    (column?.type === 'boolean' ? true : '');
  const last: Scalar = column?.numbers?.max ?? column?.times?.last ?? first;
  const values = { in: [first], 'not in': [first], between: [first, last] };
  const many = values[operator as keyof typeof values] as Scalar[] | undefined;
  const isBare = operator === 'missing' || operator === 'not missing';
  return {
    column: name,
    operator,
    value: many || isBare ? null : first,
    values: many ?? []
  };
}

export function Conditions(props: IConditionsProps): React.ReactElement {
  const { trans, columns, value, onChange, isDisabled } = props;
  const put = (at: number, condition: Condition): void => {
    onChange(value.map((one, index) => (index === at ? condition : one)));
  };
  const [first] = columns;
  return (
    <fieldset className="dw-Plan-where" disabled={isDisabled}>
      <legend>{trans.__('Only rows where')}</legend>
      {value.map((condition, at) => (
        <ConditionControl
          key={at}
          {...props}
          condition={condition}
          onCondition={changed => {
            put(at, changed);
          }}
          onRemove={() => {
            onChange(value.filter((_, index) => index !== at));
          }}
        />
      ))}
      {first && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-minimal"
          onClick={() => {
            onChange([...value, conditionOn(...first)]);
          }}
        >
          {trans.__('Add a condition')}
        </button>
      )}
      {props.error && (
        <div className="dw-Field-error" role="alert">
          {props.error}
        </div>
      )}
    </fieldset>
  );
}

interface IConditionProps extends IConditionsProps {
  condition: Condition;
  onCondition: (condition: Condition) => void;
  onRemove: () => void;
}

function ConditionControl(props: IConditionProps): React.ReactElement {
  const { trans, columns, condition, onCondition } = props;
  const column = columns.get(condition.column);
  const words = operators(trans);
  return (
    <div className="dw-Plan-condition">
      <div className="dw-Plan-beside">
        <Select
          label={trans.__('Column')}
          value={condition.column}
          options={columnOptions([...columns.keys()], columns)}
          onChange={name => {
            onCondition(conditionOn(name, columns.get(name)));
          }}
        />
        <Select
          label={trans.__('Comparison')}
          value={condition.operator}
          options={operatorsOf(column).map((one): Option => [one, words[one]])}
          onChange={operator => {
            onCondition(
              conditionOn(condition.column, column, operator as Operator)
            );
          }}
        />
        <button
          type="button"
          className="dw-IconButton"
          aria-label={trans.__('Remove the condition on %1', condition.column)}
          onClick={props.onRemove}
        >
          <closeIcon.react tag="span" />
        </button>
      </div>
      <Operands {...props} column={column} />
    </div>
  );
}

function Operands({
  trans,
  condition,
  column,
  onCondition
}: IConditionProps & {
  column: Column | undefined;
}): React.ReactElement | null {
  const { operator, value, values } = condition;
  if (operator === 'missing' || operator === 'not missing') {
    return null;
  }
  if (typeof value === 'object' && value !== null) {
    return <p>{trans.__('The value of the parameter %1', value.parameter)}</p>;
  }
  if (operator === 'in' || operator === 'not in') {
    return (
      <Text
        label={trans.__('Values')}
        hint={trans.__('Parted by commas')}
        value={values.map(String).join(', ')}
        most={4000}
        onChange={text => {
          const parts = text.split(',').map(one => one.trimStart());
          onCondition({
            ...condition,
            values: parts.map(one => valueOf(one, column))
          });
        }}
      />
    );
  }
  if (operator === 'between') {
    return (
      <div className="dw-Plan-beside">
        {[trans.__('From'), trans.__('To')].map((label, at) => (
          <Operand
            key={at}
            label={label}
            column={column}
            value={values[at] ?? ''}
            onChange={changed => {
              const next = values.map((one, i) => (i === at ? changed : one));
              onCondition({ ...condition, values: next });
            }}
          />
        ))}
      </div>
    );
  }
  return (
    <Operand
      label={trans.__('Value')}
      column={operator === 'contains' ? undefined : column}
      value={value}
      onChange={changed => {
        onCondition({ ...condition, value: changed });
      }}
    />
  );
}

interface IOperandProps {
  label: string;
  column: Column | undefined;
  value: Scalar;
  onChange: (value: Scalar) => void;
}

/** A value to be chosen where all are known, else to be written. */
export function Operand(props: IOperandProps): React.ReactElement {
  const { label, column, value, onChange } = props;
  const known =
    column?.type === 'boolean'
      ? [true, false]
      : (column?.values.map(one => one.value) ?? []);
  const isWhole =
    column?.type === 'boolean' ||
    (column && known.length > 0 && known.length === column.distinct);
  const change = (text: string): void => {
    onChange(valueOf(text, column));
  };
  return isWhole ? (
    <Select
      label={label}
      value={String(value)}
      options={known.map((one): Option => [String(one), String(one)])}
      onChange={change}
    />
  ) : (
    <Text label={label} value={String(value)} most={1000} onChange={change} />
  );
}
