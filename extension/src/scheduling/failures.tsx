import React from 'react';

import { Field } from '../components/field';
import type { ISchedulingProps } from './body';
import type { ITyped } from './timing';

/** What happens when a refresh fails. */
export function Failures(props: ISchedulingProps): React.ReactElement {
  const { scheduling, trans } = props;
  const { value, faults } = scheduling;
  const said = {
    keep: trans.__('Viewers go on seeing the last good version.'),
    retry: trans.__(
      'It is tried again after 5, 15 and 60 minutes. Viewers go on seeing the last good version.'
    ),
    pause: trans.__(
      'It stops until somebody resumes it. Viewers go on seeing the last good version.'
    )
  };
  return (
    <div className="dw-Line">
      <Field
        label={trans.__('When a refresh fails')}
        hint={said[value.onFailure]}
      >
        {control => (
          <select
            {...control}
            className="jp-mod-styled"
            value={value.onFailure}
            onChange={event => {
              scheduling.write({
                onFailure: event.target.value as ITyped['onFailure']
              });
            }}
          >
            <option value="keep">{trans.__('Go on with the next one')}</option>
            <option value="retry">{trans.__('Try again soon')}</option>
            <option value="pause">
              {trans.__('Pause after some failures in a row')}
            </option>
          </select>
        )}
      </Field>
      {value.onFailure === 'pause' && (
        <Field label={trans.__('Failures in a row')} error={faults.pauseAfter}>
          {control => (
            <input
              {...control}
              className="jp-mod-styled"
              inputMode="numeric"
              value={value.pauseAfter}
              onChange={event => {
                scheduling.write({ pauseAfter: event.target.value });
              }}
            />
          )}
        </Field>
      )}
    </div>
  );
}
