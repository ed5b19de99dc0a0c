// What a search found, as a table to choose from.
import React from 'react';

import type { Offer, Offers } from '../api/nouns';
import { Banner, Problem } from '../components/banner';
import { Empty } from '../components/empty';
import { useNow } from '../components/hooks';
import { Progress } from '../components/progress';
import { searchIcon } from '@jupyterlab/ui-components';
import { keyOf, pieceOf } from './piece';
import type { IPageProps } from './view';
import { durationText, numberText, sizeText, sourceText } from './wording';

/** Seconds after which it is said that others' servers are slow. */
const LONG = 8;

export function FindingsPage({ stages }: IPageProps): React.ReactElement {
  const { search, form, means } = stages;
  const { trans } = means.dashwright;
  const count = search.chosen.size;
  return (
    <div className="dw-New-findings">
      <div className="dw-New-head">
        <h2 tabIndex={-1} data-first-focus>
          {trans.__('Data for your question')}
        </h2>
        <button
          type="button"
          className="jp-mod-styled jp-mod-minimal"
          onClick={() => {
            stages.back();
          }}
        >
          {trans.__('Back')}
        </button>
      </div>
      <blockquote className="dw-New-quote">{form.question.text}</blockquote>
      <Findings stages={stages} />
      {search.state.kind === 'found' && search.offers.length > 0 && (
        <div className="dw-New-foot">
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => {
              stages.choose(false);
            }}
          >
            {trans.__('Let Dashwright Choose')}
          </button>
          <button
            type="button"
            className="jp-mod-styled jp-mod-accept"
            disabled={count === 0}
            onClick={() => {
              stages.choose(true);
            }}
          >
            {count === 0
              ? trans.__('Use Chosen')
              : trans._n('Use %1 Dataset', 'Use %1 Datasets', count)}
          </button>
        </div>
      )}
    </div>
  );
}

function Findings({ stages }: IPageProps): React.ReactElement {
  const { search, form, means } = stages;
  const { trans } = means.dashwright;
  const { state } = search;
  const again = {
    label: trans.__('Search again'),
    act: () => void search.ask(form.question)
  };
  switch (state.kind) {
    case 'asking':
      return <Asking stages={stages} since={state.since} />;
    case 'stopped':
      return (
        <Banner kind="info" action={again}>
          {trans.__('The search was stopped.')}
        </Banner>
      );
    case 'failed':
      return <Problem error={state.error} retry={again} />;
    case 'found':
      return (
        <>
          <Told offers={state.offers} stages={stages} />
          {state.offers.items.length > 0 ? (
            <Table stages={stages} />
          ) : (
            <Nothing stages={stages} />
          )}
        </>
      );
  }
}

function Asking({
  stages,
  since
}: IPageProps & { since: number }): React.ReactElement {
  const { trans } = stages.means.dashwright;
  const seconds = Math.max(0, (useNow(500) - since) / 1000);
  return (
    <div className="dw-New-asking">
      <p role="status">
        {seconds < LONG
          ? trans.__('Asks all sources at once…')
          : trans.__(
              'A source takes long to answer. What the others found is shown as soon as it has answered or given up.'
            )}
      </p>
      <Progress label={trans.__('Looks for data')} value={null} />
      <div className="dw-New-row">
        <span className="dw-Field-hint">{durationText(seconds)}</span>
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => {
            stages.search.stop();
          }}
        >
          {trans.__('Cancel')}
        </button>
      </div>
    </div>
  );
}

/** Sources that did not answer, and why a model was of no use. */
function Told({
  offers,
  stages
}: IPageProps & { offers: Offers }): React.ReactElement {
  const { trans } = stages.means.dashwright;
  const failures = Object.entries(offers.failures);
  return (
    <>
      {failures.length > 0 && (
        <Banner
          kind="warning"
          action={{
            label: trans.__('Search again'),
            act: () => void stages.search.ask(stages.form.question)
          }}
        >
          {trans.__('Some sources did not answer:')}
          <ul>
            {failures.map(([name, sentence]) => (
              <li key={name}>
                {sourceText(name)}: {sentence}
              </li>
            ))}
          </ul>
        </Banner>
      )}
      {offers.outcomes.map(outcome => (
        <Banner key={outcome} kind="info">
          {outcome}
        </Banner>
      ))}
    </>
  );
}

function Nothing({ stages }: IPageProps): React.ReactElement {
  const { trans } = stages.means.dashwright;
  return (
    <Empty icon={searchIcon} title={trans.__('No dataset fits')}>
      <p>
        {trans.__(
          'Ask with fewer and more general words, in English, say a country or a topic, or look in other sources: they are among the options of the question.'
        )}
      </p>
      <p>{trans.__('Or bring data of your own: a file, or its address.')}</p>
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => {
          stages.back();
        }}
      >
        {trans.__('Change the question')}
      </button>
    </Empty>
  );
}

function Table({ stages }: IPageProps): React.ReactElement {
  const { search, means } = stages;
  const { trans } = means.dashwright;
  return (
    <table className="dw-New-offers">
      <thead>
        <tr>
          <th>
            <span className="dw-visually-hidden">{trans.__('Choose')}</span>
          </th>
          <th>{trans.__('Dataset')}</th>
          <th>{trans.__('Covers')}</th>
          <th>{trans.__('Size')}</th>
          <th>{trans.__('Licence')}</th>
          <th>{trans.__('Source')}</th>
        </tr>
      </thead>
      <tbody>
        {search.offers.map(offer => (
          <Row key={keyOf(pieceOf(offer))} offer={offer} stages={stages} />
        ))}
      </tbody>
    </table>
  );
}

function Row({
  offer,
  stages
}: IPageProps & { offer: Offer }): React.ReactElement {
  const { search, means } = stages;
  const { trans } = means.dashwright;
  const { dataset, caution, nameable } = offer;
  const isChosen = search.chosen.has(keyOf(pieceOf(offer)));
  const toggle = (): void => {
    if (nameable) {
      search.choose(offer, !isChosen);
    }
  };
  return (
    <tr data-chosen={isChosen || undefined} onClick={toggle}>
      <td>
        <input
          type="checkbox"
          aria-label={trans.__('Choose %1', dataset.title)}
          checked={isChosen}
          disabled={!nameable}
          onClick={event => {
            event.stopPropagation();
          }}
          onChange={toggle}
        />
      </td>
      <td>
        <strong>{dataset.title}</strong>
        {offer.chosen && (
          <span className="dw-New-badge">
            {trans.__('Dashwright would choose it')}
          </span>
        )}
        <div className="dw-Field-hint">{dataset.reason}</div>
        {caution !== null && <div className="dw-Field-hint">{caution}</div>}
      </td>
      <td>{coverage(offer, trans)}</td>
      <td>{dataset.size === null ? '–' : sizeText(dataset.size)}</td>
      <td>{offer.licence}</td>
      <td>{[dataset.source, ...dataset.also_at].map(sourceText).join(', ')}</td>
    </tr>
  );
}

function coverage(
  { dataset }: Offer,
  trans: IPageProps['stages']['means']['dashwright']['trans']
): string {
  const { since, until, rows, columns } = dataset;
  const years = [...new Set([since, until].filter(year => year !== null))];
  return (
    [
      years.join('–'),
      rows === null
        ? ''
        : trans._n('%2 row', '%2 rows', rows, numberText(rows)),
      columns.length === 0
        ? ''
        : trans._n('%1 column', '%1 columns', columns.length)
    ]
      .filter(Boolean)
      .join(', ') || '–'
  );
}
