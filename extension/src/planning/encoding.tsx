// A dimension or a measure: a column, and what is done with it.
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import {
  aggregatesFor,
  columnsFor,
  dimensionOf,
  type Draft,
  grouped,
  measureOf
} from './choices';
import {
  type Columns,
  isNumeric,
  timeUnitsOf,
  usualAggregate
} from './columns';
import { type Option, Select, Text, WholeNumber } from './controls';
import type { Field } from './fields';
import type {
  Aggregate,
  Dimension,
  Measure,
  TimeUnit,
  ValueFormat
} from './nouns';
import { aggregates, formats, timeUnits } from './wording';

interface IEncodingProps<T, F> {
  trans: TranslationBundle;
  label: string;
  field: F;
  /** The item that it belongs to. */
  draft: Draft;
  columns: Columns;
  value: T | null;
  isOptional: boolean;
  isDisabled: boolean;
  error?: string | undefined;
  onChange: (value: T | null) => void;
}

const NONE = '';

export function columnOptions(
  names: readonly string[],
  columns: Columns
): Option[] {
  return names.map(name => {
    const label = columns.get(name)?.label ?? name;
    return [name, label === name ? name : `${label} (${name})`];
  });
}

export function DimensionControl(
  props: IEncodingProps<Dimension, Field & { kind: 'dimension' | 'dimensions' }>
): React.ReactElement {
  const { trans, columns, field, value, isDisabled, onChange } = props;
  const names = columnsFor(field, props.draft, columns);
  const column = value ? columns.get(value.column) : undefined;
  const units = column ? timeUnitsOf(column) : [];
  const canBin = column !== undefined && isNumeric(column);
  const needs = field.kind === 'dimension' && field.needs === 'grouping';
  const words = timeUnits(trans);
  const none: Option[] = props.isOptional ? [[NONE, trans.__('None')]] : [];
  return (
    <div className="dw-Plan-encoding" role="group" aria-label={props.label}>
      <Select
        label={props.label}
        value={value?.column ?? NONE}
        options={[...none, ...columnOptions(names, columns)]}
        error={props.error}
        isDisabled={isDisabled}
        onChange={name => {
          const chosen = columns.get(name);
          onChange(
            chosen ? grouped(dimensionOf(name, chosen), chosen, field) : null
          );
        }}
      />
      {value && column && (units.length > 0 || canBin) && (
        <div className="dw-Plan-beside">
          {units.length > 0 && (
            <Select
              label={trans.__('By')}
              value={value.time_unit ?? NONE}
              isDisabled={isDisabled}
              options={[
                ...(needs && value.bins === null
                  ? []
                  : [[NONE, trans.__('As it is')] as const]),
                ...units.map((unit): Option => [unit, words[unit]])
              ]}
              onChange={unit => {
                const time_unit = (unit || null) as TimeUnit | null;
                const bins = time_unit === null ? value.bins : null;
                onChange({ ...value, time_unit, bins });
              }}
            />
          )}
          {canBin && value.time_unit === null && (
            <WholeNumber
              label={trans.__('Bins')}
              value={value.bins}
              least={2}
              most={100}
              isOptional={!needs}
              isDisabled={isDisabled}
              placeholder={trans.__('None')}
              onChange={bins => {
                onChange({ ...value, bins });
              }}
            />
          )}
        </div>
      )}
    </div>
  );
}

export function MeasureControl(
  props: IEncodingProps<Measure, Field & { kind: 'measure' | 'measures' }>
): React.ReactElement {
  const { trans, columns, value, isDisabled, onChange } = props;
  const field: Field & { kind: 'measure' } =
    props.field.kind === 'measure'
      ? props.field
      : { kind: 'measure', values: 'aggregated' };
  const names = columnsFor(field, props.draft, columns);
  const column = value?.column ? columns.get(value.column) : null;
  const words = aggregates(trans);
  const canCount = field.values !== 'raw';
  const ROWS = '\n';
  const possible = aggregatesFor(field, column ?? null);
  return (
    <div className="dw-Plan-encoding" role="group" aria-label={props.label}>
      <Select
        label={props.label}
        value={value ? (value.column ?? ROWS) : NONE}
        error={props.error}
        isDisabled={isDisabled}
        options={[
          ...(props.isOptional ? [[NONE, trans.__('None')] as const] : []),
          ...(canCount ? [[ROWS, trans.__('Rows')] as const] : []),
          ...columnOptions(names, columns)
        ]}
        onChange={name => {
          if (name === NONE) {
            onChange(null);
            return;
          }
          const chosen = columns.get(name) ?? null;
          const able = aggregatesFor(field, chosen);
          const now = value?.aggregate ?? null;
          const aggregate = able.includes(now)
            ? now
            : able.includes(null)
              ? null
              : usualAggregate(chosen, field.isPart);
          onChange(measureOf(chosen ? name : null, aggregate));
        }}
      />
      {typeof value?.column === 'string' && (
        <div className="dw-Plan-beside">
          {possible.length > 1 && (
            <Select
              label={trans.__('Aggregate')}
              value={value.aggregate ?? NONE}
              isDisabled={isDisabled}
              options={possible.map((one): Option =>
                one === null
                  ? [NONE, trans.__('Values as they are')]
                  : [one, words[one]]
              )}
              onChange={one => {
                const aggregate = (one || null) as Aggregate | null;
                onChange({ ...value, aggregate });
              }}
            />
          )}
          <Select
            label={trans.__('Format')}
            value={value.format}
            isDisabled={isDisabled}
            options={Object.entries(formats(trans))}
            onChange={format => {
              onChange({ ...value, format: format as ValueFormat });
            }}
          />
        </div>
      )}
      {value && (
        <details className="dw-Plan-more">
          <summary>{trans.__('Title and unit')}</summary>
          <Text
            label={trans.__('Title')}
            value={value.title ?? ''}
            most={120}
            isDisabled={isDisabled}
            placeholder={trans.__('Made by itself')}
            onChange={title => {
              onChange({ ...value, title: title || null });
            }}
          />
          <Text
            label={trans.__('Unit')}
            value={value.unit ?? ''}
            most={40}
            isDisabled={isDisabled}
            placeholder={column?.unit ?? ''}
            onChange={unit => {
              onChange({ ...value, unit: unit || null });
            }}
          />
        </details>
      )}
    </div>
  );
}
