// Controls of the forms: each is labelled, says what is wrong with it, and offers nothing that is not valid.
import { HTMLSelect } from '@jupyterlab/ui-components';
import React from 'react';

import { Field } from '../components/field';

interface IControlProps<T> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  hint?: string | undefined;
  error?: string | undefined;
  isDisabled?: boolean | undefined;
}

/** A value and what it is called. */
export type Option = readonly [value: string, label: string];

interface ISelectProps extends IControlProps<string> {
  options: readonly Option[];
}

/** What is chosen stays to be seen, even where it is not offered (any more). */
export function Select(props: ISelectProps): React.ReactElement {
  const { value, options, onChange } = props;
  const isKnown = options.some(([one]) => one === value);
  return (
    <Field label={props.label} hint={props.hint} error={props.error}>
      {control => (
        <HTMLSelect
          {...control}
          value={value}
          disabled={props.isDisabled}
          onChange={event => {
            onChange(event.target.value);
          }}
        >
          {!isKnown && (
            <option value={value} disabled>
              {value}
            </option>
          )}
          {options.map(([one, label]) => (
            <option key={one} value={one}>
              {label}
            </option>
          ))}
        </HTMLSelect>
      )}
    </Field>
  );
}

interface ITextProps extends IControlProps<string> {
  most: number;
  isLong?: boolean | undefined;
  placeholder?: string | undefined;
}

export function Text(props: ITextProps): React.ReactElement {
  const { value, most, onChange, placeholder, isDisabled: disabled } = props;
  return (
    <Field label={props.label} hint={props.hint} error={props.error}>
      {control => {
        const common = {
          ...control,
          value,
          maxLength: most,
          placeholder,
          disabled,
          className: 'jp-mod-styled',
          onChange: (event: React.ChangeEvent<{ value: string }>) => {
            onChange(event.target.value);
          }
        };
        return props.isLong ? (
          <textarea {...common} rows={3} />
        ) : (
          <input {...common} type="text" />
        );
      }}
    </Field>
  );
}

interface INumberProps extends IControlProps<number | null> {
  least: number;
  most?: number | undefined;
  isOptional?: boolean | undefined;
  placeholder?: string | undefined;
}

export function WholeNumber(props: INumberProps): React.ReactElement {
  const { value, least, most, isOptional = false, onChange } = props;
  return (
    <Field label={props.label} hint={props.hint} error={props.error}>
      {control => (
        <input
          {...control}
          type="number"
          className="jp-mod-styled"
          min={least}
          max={most}
          step={1}
          placeholder={props.placeholder}
          disabled={props.isDisabled}
          value={value ?? ''}
          onChange={event => {
            const number = event.target.valueAsNumber;
            if (Number.isNaN(number)) {
              if (isOptional) {
                onChange(null);
              }
            } else {
              const within = Math.max(least, Math.round(number));
              onChange(Math.min(most ?? within, within));
            }
          }}
        />
      )}
    </Field>
  );
}

export function Flag(props: IControlProps<boolean>): React.ReactElement {
  return (
    <div className="dw-Plan-flag">
      <label>
        <input
          type="checkbox"
          className="jp-mod-styled"
          checked={props.value}
          disabled={props.isDisabled}
          onChange={event => {
            props.onChange(event.target.checked);
          }}
        />
        {props.label}
      </label>
      {props.error && (
        <div className="dw-Field-error" role="alert">
          {props.error}
        </div>
      )}
    </div>
  );
}

interface IManyProps extends IControlProps<readonly string[]> {
  options: readonly Option[];
}

/** Any number of a few things, each with a box to be ticked. */
export function Many(props: IManyProps): React.ReactElement {
  const { value, options, onChange } = props;
  const lost = value.filter(one => !options.some(([known]) => known === one));
  const all = [...options, ...lost.map((one): Option => [one, one])];
  return (
    <fieldset className="dw-Plan-many" disabled={props.isDisabled}>
      <legend>{props.label}</legend>
      <div className="dw-Plan-manyOptions">
        {all.map(([one, label]) => (
          <label key={one}>
            <input
              type="checkbox"
              className="jp-mod-styled"
              checked={value.includes(one)}
              onChange={event => {
                const rest = value.filter(other => other !== one);
                onChange(event.target.checked ? [...rest, one] : rest);
              }}
            />
            {label}
          </label>
        ))}
      </div>
      {props.error && (
        <div className="dw-Field-error" role="alert">
          {props.error}
        </div>
      )}
    </fieldset>
  );
}
