import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { Run } from '../api/nouns';
import { RelativeTime } from '../components/time';
import { duration, moment, ownZone } from '../working/time';
import type { ISchedulingProps } from './body';

/** What is asked for at once: so many. */
const SHOWN = 3;

/** What the schedule as it is typed would do, said again while it is typed. */
export function Outcome(props: ISchedulingProps): React.ReactElement {
  const { scheduling, trans } = props;
  const { outlook, value } = scheduling;
  const own = ownZone();
  const zone = value.zone.trim();
  const isGood = Object.keys(scheduling.faults).length === 0;
  return (
    <div className="dw-Scheduling-outlook" aria-live="polite">
      {value.kind === 'off' && (
        <p>
          {trans.__('The data stay as they are until somebody refreshes them.')}
        </p>
      )}
      {!outlook && value.kind !== 'off' && !isGood && (
        <p>
          {trans.__('When it comes next is shown as soon as nothing is wrong.')}
        </p>
      )}
      {outlook && (
        <>
          <div>{trans.__('Next, on your clock (%1):', own)}</div>
          <ol>
            {outlook.upcoming.slice(0, SHOWN).map(time => (
              <li key={time}>
                <time dateTime={time}>{moment(time)}</time>
                {zone !== own && (
                  <span className="dw-Field-hint">
                    {' '}
                    {trans.__('%1 in %2', moment(time, zone), zone)}
                  </span>
                )}
              </li>
            ))}
          </ol>
          {outlook.upcoming.length === 0 && (
            <p>{trans.__('Such a day never comes.')}</p>
          )}
        </>
      )}
    </div>
  );
}

/** How the last refreshes went. */
export function Runs({
  scheduling,
  trans
}: ISchedulingProps): React.ReactElement {
  const runs = scheduling.state?.runs ?? [];
  return (
    <section>
      <h3>{trans.__('Last refreshes')}</h3>
      {runs.length === 0 ? (
        <p className="dw-Field-hint">{trans.__('There was none yet.')}</p>
      ) : (
        <div
          className="dw-Scroll"
          tabIndex={0}
          role="region"
          aria-label={trans.__('Last refreshes')}
        >
          <table className="dw-Table">
            <thead>
              <tr>
                <th scope="col">{trans.__('Begun')}</th>
                <th scope="col">{trans.__('Took')}</th>
                <th scope="col">{trans.__('Outcome')}</th>
              </tr>
            </thead>
            <tbody>
              {runs.map(run => (
                <tr key={run.job_id}>
                  <td>
                    <RelativeTime time={run.begun_at} style="short" />
                  </td>
                  <td>{run.seconds === null ? '–' : duration(run.seconds)}</td>
                  <td title={run.error_message ?? undefined}>
                    {outcome(run, trans)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

export function outcome(run: Run, trans: TranslationBundle): string {
  switch (run.status) {
    case 'pending':
      return trans.__('Waits for its turn');
    case 'processing':
      return trans.__('Goes on');
    case 'cancelled':
      return trans.__('Stopped');
    case 'failed':
      return trans.__('Failed: %1', run.error_message ?? '');
    case 'completed':
      return run.unchanged || run.version_number === null
        ? trans.__('The data had not changed')
        : trans.__('Version %1', run.version_number);
  }
}
