import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { Viewership } from '../api/nouns';
import { Empty } from '../components/empty';
import { Field } from '../components/field';
import { useSignals } from '../components/hooks';
import { Progress } from '../components/progress';
import { Standing } from '../working/standing';
import { duration } from '../working/time';
import { Chart } from './chart';
import { bars, type Viewing } from './viewing';

interface IViewingProps {
  viewing: Viewing;
  trans: TranslationBundle;
  title: string;
  share: () => void;
}

export function ViewingView(props: IViewingProps): React.ReactElement {
  const { viewing, trans, title } = props;
  useSignals(viewing.changed);
  const { viewership, error } = viewing;
  if (viewership === null) {
    return error || viewing.isGone ? (
      <Standing work={viewing} trans={trans} />
    ) : (
      <Progress label={trans.__('Reads who looked')} value={null} />
    );
  }
  return (
    <div className="dw-Viewing" aria-busy={viewing.isBusy}>
      <h2>{trans.__('Views of "%1"', title)}</h2>
      <Standing work={viewing} trans={trans} />
      <div className="dw-Line">
        <Period {...props} />
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => {
            void viewing.load();
          }}
        >
          {trans.__('Count again')}
        </button>
      </div>
      {viewership.ever === 0 ? (
        <Empty title={trans.__('Nobody has looked yet')}>
          <p>{trans.__('Tell people where it is, and who may see it.')}</p>
          <button type="button" className="jp-mod-styled" onClick={props.share}>
            {trans.__('Share…')}
          </button>
        </Empty>
      ) : (
        <>
          <Figures viewership={viewership} trans={trans} />
          <Chart bars={bars(viewership)} trans={trans} />
          <Tables viewership={viewership} trans={trans} />
        </>
      )}
    </div>
  );
}

function Period({ viewing, trans }: IViewingProps): React.ReactElement {
  return (
    <Field label={trans.__('Period')}>
      {control => (
        <select
          {...control}
          className="jp-mod-styled"
          value={viewing.days}
          onChange={event => {
            void viewing.choose(Number(event.target.value));
          }}
        >
          {[7, 30, 90, 365].map(days => (
            <option key={days} value={days}>
              {trans.__('Last %1 days', days)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface IToldProps {
  viewership: Viewership;
  trans: TranslationBundle;
}

function Figures({ viewership, trans }: IToldProps): React.ReactElement {
  const { views, visitors, live, load_ms, ever } = viewership;
  const figures: [string, string | number][] = [
    [trans.__('Views'), views],
    [trans.__('Different visitors'), visitors],
    [trans.__('Looking now'), live],
    [
      trans.__('Typical time to load'),
      load_ms === null ? '–' : duration(load_ms / 1000)
    ],
    [trans.__('Views ever'), ever]
  ];
  return (
    <dl className="dw-Figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Tables({ viewership, trans }: IToldProps): React.ReactElement {
  const { referrers, versions } = viewership;
  return (
    <div className="dw-Viewing-tables">
      <Table
        title={trans.__('Where they came from')}
        heads={[trans.__('Site'), trans.__('Views')]}
        empty={trans.__('Nobody followed a link from another site.')}
        rows={referrers.map(({ host, views }) => [host, views])}
      />
      <Table
        title={trans.__('What they saw')}
        heads={[trans.__('Version'), trans.__('Views'), trans.__('Visitors')]}
        empty={trans.__('Nobody looked in this time.')}
        rows={versions.map(({ number, views, visitors }) => [
          number ?? '–',
          views,
          visitors
        ])}
      />
    </div>
  );
}

interface ITableProps {
  title: string;
  heads: readonly string[];
  rows: readonly (readonly (string | number)[])[];
  empty: string;
}

function Table(props: ITableProps): React.ReactElement {
  const { title, heads, rows, empty } = props;
  return (
    <section>
      <h3>{title}</h3>
      {rows.length === 0 ? (
        <p className="dw-Field-hint">{empty}</p>
      ) : (
        <table className="dw-Table">
          <thead>
            <tr>
              {heads.map(head => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(row => (
              <tr key={row[0]}>
                {row.map((cell, index) => (
                  <td key={heads[index]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
