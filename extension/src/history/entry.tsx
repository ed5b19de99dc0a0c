import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { Publication, PublishedVersion } from '../api/nouns';
import { RelativeTime } from '../components/time';
import { duration } from '../working/time';
import type { IEntry } from './history';
import type { IHistoryProps } from './view';

/** A version: how it came, when viewers saw it, what can be done with it. */
export function Entry(
  props: IHistoryProps & { entry: IEntry }
): React.ReactElement {
  const { entry, trans } = props;
  const { version, publications, seconds, isSeen } = entry;
  const { number, created_at, broken, edited } = version.version;
  return (
    <li
      className={`dw-Entry${isSeen ? ' dw-mod-seen' : ''}`}
      data-number={number}
      aria-current={isSeen || undefined}
    >
      <div className="dw-Entry-text">
        <div className="dw-Entry-title">
          <strong>{trans.__('Version %1', number)}</strong>
          {isSeen && (
            <span className="dw-Badge dw-mod-added">
              {trans.__('Viewers see it')}
            </span>
          )}
          {version.published_at === null && (
            <span className="dw-Badge">{trans.__('Not published')}</span>
          )}
          {broken.length > 0 && (
            <span className="dw-Badge dw-mod-removed" title={broken.join('\n')}>
              {trans._n(
                '%1 expectation does not hold',
                '%1 expectations do not hold',
                broken.length
              )}
            </span>
          )}
        </div>
        <div className="dw-Entry-about">
          {cameBy(version, trans)} · <RelativeTime time={created_at} />
          {seconds !== null && ` · ${trans.__('took %1', duration(seconds))}`}
          {edited.length > 0 &&
            ` · ${trans._n(
              '%1 cell is a person’s',
              '%1 cells are a person’s',
              edited.length
            )}`}
        </div>
        <ul className="dw-Entry-publications">
          {publications.map(one => (
            <li key={one.published_at}>
              {saidOf(one, trans)} <RelativeTime time={one.published_at} />
              {one.note && <q>{one.note}</q>}
              {one.despite && (
                <span className="dw-Entry-despite">
                  {trans.__('Published all the same: %1', one.despite)}
                </span>
              )}
            </li>
          ))}
        </ul>
      </div>
      <Actions {...props} />
    </li>
  );
}

function Actions(props: IHistoryProps & { entry: IEntry }): React.ReactElement {
  const { history, entry, trans } = props;
  const { number } = entry.version.version;
  const seen = history.dashboard?.version?.number ?? 0;
  return (
    <div className="dw-Entry-actions">
      <button
        type="button"
        className="jp-mod-styled jp-mod-minimal"
        aria-label={trans.__('Open version %1', number)}
        onClick={() => {
          props.look(number);
        }}
      >
        {trans.__('Open')}
      </button>
      {!entry.isSeen && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-minimal"
          aria-label={trans.__(
            'Compare version %1 with what viewers see',
            number
          )}
          onClick={() => {
            const [since, until] = [seen, number].sort((a, b) => a - b);
            void history.compare(since ?? seen, until ?? number);
          }}
        >
          {trans.__('Compare')}
        </button>
      )}
      {!entry.isSeen && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-minimal"
          aria-label={
            number < seen
              ? trans.__('Roll back to version %1', number)
              : trans.__('Publish version %1', number)
          }
          onClick={() => {
            props.publish(number);
          }}
        >
          {number < seen ? trans.__('Roll Back…') : trans.__('Publish…')}
        </button>
      )}
    </div>
  );
}

export function cameBy(
  { kind, version }: PublishedVersion,
  trans: TranslationBundle
): string {
  switch (kind) {
    case 'new':
      return trans.__('Made from the question');
    case 'refresh':
      return version.unchanged
        ? trans.__('Refreshed, with the same data')
        : trans.__('Refreshed');
    case 'amend':
      return trans.__('The plan was changed');
    case 'draft':
      return trans.__('A try of the notebook');
    case 'preview':
      return trans.__('A try of a plan');
  }
}

export function saidOf(one: Publication, trans: TranslationBundle): string {
  if (one.is_roll_back) {
    return one.by
      ? trans.__('Rolled back to by %1', one.by)
      : trans.__('Rolled back to');
  }
  if (one.by) {
    return trans.__('Published by %1', one.by);
  }
  return one.is_chosen
    ? trans.__('Published by hand')
    : trans.__('Published by itself');
}
