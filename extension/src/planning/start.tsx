// What a filter shows at first.
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { Many, type Option, Select, Text } from './controls';
import { valueOf } from './conditions';
import type { Column, Filter } from './nouns';

interface IStartProps {
  trans: TranslationBundle;
  item: Filter;
  column: Column;
  isDisabled: boolean;
  error: string | undefined;
  onChange: (start: unknown) => void;
}

export function Start(props: IStartProps): React.ReactElement {
  const { trans, item, column, onChange, isDisabled, error } = props;
  const label = trans.__('Chosen at first');
  const known = column.values.map(({ value }): Option => [
    String(value),
    String(value)
  ]);
  const common = { label, error, isDisabled };
  switch (item.type) {
    case 'choice': {
      const { start } = item;
      const now =
        typeof start === 'object' && start !== null ? start.parameter : start;
      return (
        <Select
          {...common}
          value={now === null ? '' : String(now)}
          options={[['', trans.__('All')], ...known]}
          onChange={text => {
            onChange(text === '' ? null : valueOf(text, column));
          }}
        />
      );
    }
    case 'choices':
      return (
        <Many
          {...common}
          label={trans.__('Chosen at first (none: all)')}
          value={item.start.map(String)}
          options={known}
          onChange={texts => {
            onChange(texts.map(text => valueOf(text, column)));
          }}
        />
      );
    case 'date_range':
      return (
        <Range
          {...common}
          trans={trans}
          value={item.start}
          whole={[column.times?.first ?? '', column.times?.last ?? '']}
          onChange={onChange}
        />
      );
    case 'number_range':
      return (
        <Range
          {...common}
          trans={trans}
          value={item.start?.map(String) ?? null}
          whole={[
            String(column.numbers?.min ?? 0),
            String(column.numbers?.max ?? 0)
          ]}
          onChange={texts => {
            onChange(texts?.map(text => valueOf(text, column)) ?? null);
          }}
        />
      );
  }
}

interface IRangeProps {
  trans: TranslationBundle;
  label: string;
  value: readonly string[] | null;
  /** From the least to the greatest value that there is. */
  whole: readonly [string, string];
  isDisabled: boolean;
  error: string | undefined;
  onChange: (value: string[] | null) => void;
}

function Range(props: IRangeProps): React.ReactElement {
  const { trans, label, value, whole, isDisabled, error, onChange } = props;
  return (
    <>
      <Select
        {...{ label, error, isDisabled }}
        value={value ? 'part' : 'all'}
        options={[
          ['all', trans.__('All')],
          ['part', trans.__('A part')]
        ]}
        onChange={chosen => {
          onChange(chosen === 'all' ? null : [...whole]);
        }}
      />
      {value && (
        <div className="dw-Plan-beside">
          {[trans.__('From'), trans.__('To')].map((name, at) => (
            <Text
              key={at}
              label={name}
              value={value[at] ?? ''}
              most={40}
              isDisabled={isDisabled}
              placeholder={whole[at]}
              onChange={text => {
                onChange(value.map((one, i) => (i === at ? text : one)));
              }}
            />
          ))}
        </div>
      )}
    </>
  );
}
