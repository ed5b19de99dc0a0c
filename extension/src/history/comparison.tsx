import React from 'react';

import { Field } from '../components/field';
import { Changes } from '../comparing/changes';
import { Picture } from '../comparing/picture';
import type { IHistoryProps } from './view';

/** Two versions beside each other. */
export function Comparison(props: IHistoryProps): React.ReactElement {
  const { history, trans } = props;
  const { pair, differences, model, slug } = history;
  const numbers = history.entries.map(entry => entry.version.version.number);
  const newest = numbers[0] ?? 1;
  const chosen = pair ?? { since: numbers[1] ?? newest, until: newest };
  const { client } = model;
  const choice = (
    label: string,
    value: number,
    choose: (number: number) => void
  ): React.ReactElement => (
    <Field label={label}>
      {control => (
        <select
          {...control}
          className="jp-mod-styled"
          value={value}
          onChange={event => {
            choose(Number(event.target.value));
          }}
        >
          {numbers.map(number => (
            <option key={number} value={number}>
              {trans.__('Version %1', number)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
  return (
    <section
      className="dw-Comparison"
      aria-label={trans.__('Compare two versions')}
    >
      <div className="dw-Line">
        {choice(trans.__('From'), chosen.since, since => {
          void history.compare(since, chosen.until);
        })}
        {choice(trans.__('To'), chosen.until, until => {
          void history.compare(chosen.since, until);
        })}
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => {
            if (pair) {
              history.endComparing();
            } else {
              void history.compare(chosen.since, chosen.until);
            }
          }}
        >
          {pair ? trans.__('End comparing') : trans.__('Compare')}
        </button>
      </div>
      {pair && (
        <div aria-live="polite">
          <div className="dw-Pictures">
            <Picture
              {...{ client, slug }}
              number={pair.since}
              caption={trans.__('Version %1', pair.since)}
            />
            <span aria-hidden="true">→</span>
            <Picture
              {...{ client, slug }}
              number={pair.until}
              caption={trans.__('Version %1', pair.until)}
            />
          </div>
          {pair.since === pair.until ? (
            <p>{trans.__('This is the same version twice.')}</p>
          ) : (
            differences && (
              <>
                <h3>{trans.__('What is different')}</h3>
                <Changes differences={differences} trans={trans} />
              </>
            )
          )}
        </div>
      )}
    </section>
  );
}
