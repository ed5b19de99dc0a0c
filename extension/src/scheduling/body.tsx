import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useId } from 'react';

import { Field } from '../components/field';
import { useSignals } from '../components/hooks';
import { Progress } from '../components/progress';
import { Standing } from '../working/standing';
import { Failures } from './failures';
import { Outcome, Runs } from './runs';
import type { Scheduling } from './scheduling';
import { DAYS, type ITyped } from './timing';

export interface ISchedulingProps {
  scheduling: Scheduling;
  trans: TranslationBundle;
}

export function SchedulingBody(props: ISchedulingProps): React.ReactElement {
  const { scheduling, trans } = props;
  useSignals(scheduling.changed);
  if (scheduling.state === null) {
    return scheduling.error || scheduling.isGone ? (
      <Standing work={scheduling} trans={trans} />
    ) : (
      <Progress label={trans.__('Reads the schedule')} value={null} />
    );
  }
  const { value, faults } = scheduling;
  const isOn = value.kind !== 'off';
  return (
    <div className="dw-Scheduling" aria-busy={scheduling.isBusy}>
      <Standing
        work={scheduling}
        trans={trans}
        isSaidElsewhere={!scheduling.isStale && Object.keys(faults).length > 0}
      />
      <Paused {...props} />
      <Kinds {...props} />
      <div className="dw-Line">
        <Clock {...props} />
      </div>
      {isOn && <Zone {...props} />}
      <Outcome {...props} />
      {isOn && <Failures {...props} />}
      <Runs {...props} />
    </div>
  );
}

function Paused({
  scheduling,
  trans
}: ISchedulingProps): React.ReactElement | null {
  const { state, isPaused } = scheduling;
  if (!state?.schedule) {
    return null;
  }
  return (
    <div className="dw-Scheduling-state">
      <span className={`dw-Badge dw-mod-${isPaused ? 'removed' : 'added'}`}>
        {isPaused ? trans.__('Paused') : trans.__('On')}
      </span>
      <span>
        {state.words}
        {isPaused && state.pause_reason && ` · ${state.pause_reason}`}
      </span>
      <button
        type="button"
        className="jp-mod-styled jp-mod-minimal"
        onClick={() => {
          void scheduling.pause(!isPaused);
        }}
      >
        {isPaused ? trans.__('Resume') : trans.__('Pause')}
      </button>
    </div>
  );
}

function Kinds({ scheduling, trans }: ISchedulingProps): React.ReactElement {
  const kinds: readonly [ITyped['kind'], string][] = [
    ['off', trans.__('Only by hand')],
    ['every', trans.__('Every few minutes, hours or days')],
    ['daily', trans.__('Every day')],
    ['weekdays', trans.__('Monday to Friday')],
    ['weekly', trans.__('On days of the week')],
    ['monthly', trans.__('On a day of the month')],
    ['cron', trans.__('By a cron text')]
  ];
  return (
    <Field label={trans.__('Refresh')}>
      {control => (
        <select
          {...control}
          className="jp-mod-styled"
          value={scheduling.value.kind}
          onChange={event => {
            scheduling.write({ kind: event.target.value as ITyped['kind'] });
          }}
        >
          {kinds.map(([kind, label]) => (
            <option key={kind} value={kind}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** What the chosen kind of schedule needs to know. */
function Clock(props: ISchedulingProps): React.ReactElement | null {
  const { scheduling, trans } = props;
  const { value, faults } = scheduling;
  switch (value.kind) {
    case 'off':
      return null;
    case 'every':
      return <Every {...props} />;
    case 'cron':
      return (
        <Field
          label={trans.__('Cron text')}
          hint={trans.__(
            'Minute, hour, day of the month, month, day of the week: 0 6 * * 1-5 is at 06:00 from Monday to Friday.'
          )}
          error={faults.cron}
        >
          {control => (
            <input
              {...control}
              className="jp-mod-styled dw-Code"
              spellCheck={false}
              autoComplete="off"
              maxLength={200}
              value={value.cron}
              onChange={event => {
                scheduling.write({ cron: event.target.value });
              }}
            />
          )}
        </Field>
      );
    default:
      return (
        <>
          {value.kind === 'weekly' && <Weekdays {...props} />}
          {value.kind === 'monthly' && (
            <Field
              label={trans.__('Day')}
              hint={trans.__('In shorter months the last one.')}
              error={faults.day}
            >
              {control => (
                <input
                  {...control}
                  className="jp-mod-styled"
                  type="number"
                  min={1}
                  max={31}
                  value={value.day}
                  onChange={event => {
                    scheduling.write({ day: event.target.value });
                  }}
                />
              )}
            </Field>
          )}
          <Field label={trans.__('At')} error={faults.at}>
            {control => (
              <input
                {...control}
                className="jp-mod-styled"
                type="time"
                value={value.at}
                onChange={event => {
                  scheduling.write({ at: event.target.value });
                }}
              />
            )}
          </Field>
        </>
      );
  }
}

function Every({ scheduling, trans }: ISchedulingProps): React.ReactElement {
  const { value, faults } = scheduling;
  return (
    <>
      <Field
        label={trans.__('Every')}
        hint={trans.__('After the one before has ended.')}
        error={faults.count}
      >
        {control => (
          <input
            {...control}
            className="jp-mod-styled"
            inputMode="numeric"
            value={value.count}
            onChange={event => {
              scheduling.write({ count: event.target.value });
            }}
          />
        )}
      </Field>
      <Field label={trans.__('Unit')}>
        {control => (
          <select
            {...control}
            className="jp-mod-styled"
            value={value.unit}
            onChange={event => {
              scheduling.write({ unit: event.target.value as ITyped['unit'] });
            }}
          >
            <option value="minutes">{trans.__('minutes')}</option>
            <option value="hours">{trans.__('hours')}</option>
            <option value="days">{trans.__('days')}</option>
          </select>
        )}
      </Field>
    </>
  );
}

function Weekdays({ scheduling, trans }: ISchedulingProps): React.ReactElement {
  const { value, faults } = scheduling;
  const id = useId();
  const name = new Intl.DateTimeFormat(undefined, {
    weekday: 'short',
    timeZone: 'UTC'
  });
  return (
    <fieldset
      className="dw-Days"
      aria-describedby={faults.on ? `${id}-error` : undefined}
    >
      <legend>{trans.__('On')}</legend>
      {DAYS.map((day, index) => (
        <label key={day}>
          <input
            type="checkbox"
            checked={value.on.includes(day)}
            onChange={event => {
              const others = value.on.filter(one => one !== day);
              scheduling.write({
                on: event.target.checked ? [...others, day] : others
              });
            }}
          />
          {name.format(Date.UTC(2024, 0, 1 + index))}
        </label>
      ))}
      {faults.on && (
        <div id={`${id}-error`} className="dw-Field-error" role="alert">
          {faults.on}
        </div>
      )}
    </fieldset>
  );
}

function Zone({ scheduling, trans }: ISchedulingProps): React.ReactElement {
  const list = useId();
  return (
    <Field label={trans.__('Time zone')} error={scheduling.faults.zone}>
      {control => (
        <>
          <input
            {...control}
            className="jp-mod-styled"
            list={list}
            spellCheck={false}
            autoComplete="off"
            maxLength={64}
            value={scheduling.value.zone}
            onChange={event => {
              scheduling.write({ zone: event.target.value });
            }}
          />
          <datalist id={list}>
            {Intl.supportedValuesOf('timeZone').map(zone => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
