import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { Empty } from '../components/empty';
import { useSignals } from '../components/hooks';
import { Progress } from '../components/progress';
import { Standing } from '../working/standing';
import { Comparison } from './comparison';
import { Entry } from './entry';
import type { History } from './history';

export interface IHistoryProps {
  history: History;
  trans: TranslationBundle;
  /** Open a version's page. */
  look: (number: number) => void;
  /** Let viewers see a version. */
  publish: (number: number) => void;
}

export function HistoryView(props: IHistoryProps): React.ReactElement {
  const { history, trans } = props;
  useSignals(history.changed);
  const { dashboard, entries, error, isBusy, isGone } = history;
  if (dashboard === null) {
    return error || isGone ? (
      <Standing work={history} trans={trans} />
    ) : (
      <Progress label={trans.__('Reads the history')} value={null} />
    );
  }
  return (
    <div className="dw-History" aria-busy={isBusy}>
      <h2>{trans.__('History of "%1"', dashboard.title)}</h2>
      <Standing work={history} trans={trans} />
      {entries.length === 0 ? (
        <Empty title={trans.__('There is no version yet')}>
          <p>
            {trans.__(
              'Each run that ends well makes one: when the dashboard is made, when its data are refreshed, and when its notebook is tried.'
            )}
          </p>
        </Empty>
      ) : (
        <>
          {entries.length > 1 && <Comparison {...props} />}
          <ol className="dw-History-list" aria-label={trans.__('Versions')}>
            {entries.map(entry => (
              <Entry
                key={entry.version.version.number}
                entry={entry}
                {...props}
              />
            ))}
          </ol>
        </>
      )}
      {history.hasMore && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => {
            void history.more();
          }}
        >
          {trans.__('Show earlier versions')}
        </button>
      )}
    </div>
  );
}
