import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { Banner } from '../components/banner';
import { Empty } from '../components/empty';
import { Field } from '../components/field';
import { useSignals } from '../components/hooks';
import { Progress } from '../components/progress';
import { Changes } from '../comparing/changes';
import { Picture } from '../comparing/picture';
import { Standing } from '../working/standing';
import type { Publishing } from './publishing';

interface IBodyProps {
  publishing: Publishing;
  trans: TranslationBundle;
  /** Open the notebook; undefined where nothing can. */
  edit?: (() => void) | undefined;
}

export function PublishingBody(props: IBodyProps): React.ReactElement {
  const { publishing, trans } = props;
  useSignals(publishing.changed);
  const { dashboard, error, isBusy, job, needsRun } = publishing;
  const isRunning = isBusy && job !== null && needsRun && dashboard !== null;
  if (dashboard === null) {
    return error || publishing.isGone ? (
      <Standing work={publishing} trans={trans} />
    ) : (
      <Progress label={trans.__('Reads what would change')} value={null} />
    );
  }
  if (!publishing.isThereAnything && !publishing.isGone) {
    return <Nothing {...props} />;
  }
  return (
    <div className="dw-Publishing" aria-busy={isBusy}>
      <Failure {...props} />
      <Conflicts {...props} />
      {needsRun ? <Before {...props} /> : <Preview {...props} />}
      <Objections {...props} />
      <Field
        label={trans.__('Note for the history')}
        hint={trans.__(
          'What is new, and why. Colleagues read it; viewers do not.'
        )}
      >
        {control => (
          <textarea
            {...control}
            className="jp-mod-styled"
            rows={2}
            maxLength={2000}
            value={publishing.note}
            onChange={event => {
              publishing.write({ note: event.target.value });
            }}
          />
        )}
      </Field>
      {isRunning && <Running {...props} />}
    </div>
  );
}

function Nothing({ publishing, trans, edit }: IBodyProps): React.ReactElement {
  const isSeen = publishing.chosen !== null;
  return (
    <Empty title={trans.__('Viewers see this already')}>
      <p>
        {isSeen
          ? trans.__('Version %1 is the published one.', publishing.chosen)
          : trans.__(
              'Nobody has changed the notebook since version %1 was published. Edit the notebook, save it, and publish it here.',
              publishing.seen ?? 0
            )}
      </p>
      {!isSeen && edit && (
        <button type="button" className="jp-mod-styled" onClick={edit}>
          {trans.__('Open the notebook')}
        </button>
      )}
    </Empty>
  );
}

/** Where the run stopped, or what else went wrong. */
function Failure({ publishing, trans, edit }: IBodyProps): React.ReactElement {
  const { job, error, isBusy } = publishing;
  const isFailed = !isBusy && job?.status === 'failed' && publishing.needsRun;
  if (!isFailed) {
    return <Standing work={publishing} trans={trans} />;
  }
  const message = job.error_message ?? error?.message ?? '';
  const cell = job.error_cell;
  const place =
    cell === null || message.includes(cell)
      ? ''
      : trans.__('Cell "%1", line %2: ', cell, job.error_line ?? '?');
  return (
    <Banner
      kind="error"
      action={edit && { label: trans.__('Open the notebook'), act: edit }}
    >
      <strong>
        {trans.__(
          'The run failed, so viewers go on seeing version %1.',
          publishing.seen ?? 0
        )}
      </strong>
      <div className="dw-Publishing-failure">
        {place}
        {message}
      </div>
    </Banner>
  );
}

function Conflicts(props: IBodyProps): React.ReactElement | null {
  const { publishing, trans, edit } = props;
  const count = publishing.chosen === null ? publishing.draft?.conflicts : 0;
  if (!count) {
    return null;
  }
  return (
    <Banner
      kind="warning"
      action={edit && { label: trans.__('Decide'), act: edit }}
    >
      {trans._n(
        'You and a changed plan have both changed %1 cell. It stays as you have it until you decide.',
        'You and a changed plan have both changed %1 cells. They stay as you have them until you decide.',
        count
      )}
    </Banner>
  );
}

/** What is known before the draft was run. */
function Before({ publishing, trans }: IBodyProps): React.ReactElement {
  const { draft, job } = publishing;
  const words = {
    added: trans.__('New'),
    removed: trans.__('Gone'),
    edited: trans.__('Changed')
  };
  return (
    <section>
      <h3>
        {trans._n(
          '%1 cell is not as viewers have it',
          '%1 cells are not as viewers have them',
          draft?.changes ?? 0
        )}
      </h3>
      <ul className="dw-Changes-list">
        {draft?.cells.map(cell => (
          <li key={cell.id}>
            <span className={`dw-Badge dw-mod-${cell.state}`}>
              {words[cell.state]}
            </span>
            <code>{cell.widget ?? cell.id}</code>
          </li>
        ))}
      </ul>
      <p>
        {job?.status === 'failed'
          ? trans.__('Mend it in the notebook and save, or run it once more.')
          : trans.__(
              'The draft as it is saved was not run yet. It is run now on the data that there is, and published if that ends well; if not, viewers see nothing of it.'
            )}
      </p>
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => {
          void publishing.run();
        }}
      >
        {trans.__('Run it first and look')}
      </button>
    </section>
  );
}

/** What viewers would see instead of what they see. */
function Preview(props: IBodyProps): React.ReactElement {
  const { publishing, trans } = props;
  const { seen, version, differences, model, slug } = publishing;
  const { client } = model;
  return (
    <>
      {seen !== null && version && (
        <div className="dw-Pictures">
          <Picture
            {...{ client, slug }}
            number={seen}
            caption={trans.__('Now: version %1', seen)}
          />
          <span aria-hidden="true">→</span>
          <Picture
            {...{ client, slug }}
            number={version.number}
            caption={trans.__('Then: version %1', version.number)}
          />
        </div>
      )}
      <Look {...props} />
      <h3>{trans.__('What changes for viewers')}</h3>
      <Changes differences={differences ?? []} trans={trans} />
    </>
  );
}

/** The page itself, beside this dialog. */
function Look({ publishing, trans }: IBodyProps): React.ReactElement | null {
  const { model, slug, version } = publishing;
  const page = model.page(slug);
  return page === null || version === null ? null : (
    <p>
      <a
        className="dw-Link"
        href={`${page}/versions/${version.number}`}
        target="_blank"
        rel="noopener noreferrer"
      >
        {trans.__('Look at version %1 in a browser tab', version.number)}
      </a>
    </p>
  );
}

function Objections(props: IBodyProps): React.ReactElement | null {
  const { publishing, trans } = props;
  if (!publishing.needsReason) {
    return null;
  }
  return (
    <>
      <Banner kind="warning">
        {publishing.isUndecided
          ? trans.__(
              'This version has none of the edits of the notebook, as they have to be decided about in the draft first.'
            )
          : trans.__('This version does not hold what its plan expects:')}
        <ul>
          {publishing.objections.map(one => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      </Banner>
      <Field
        label={trans.__('Why publish it all the same?')}
        hint={trans.__('It is kept in the history, with your name.')}
      >
        {control => (
          <textarea
            {...control}
            className="jp-mod-styled"
            rows={2}
            maxLength={2000}
            value={publishing.reason}
            onChange={event => {
              publishing.write({ reason: event.target.value });
            }}
          />
        )}
      </Field>
    </>
  );
}

function Running({ publishing, trans }: IBodyProps): React.ReactElement {
  const { job } = publishing;
  const isWaiting = job?.status === 'pending';
  return (
    <div className="dw-Publishing-running" role="status">
      <div>
        {isWaiting
          ? trans.__('Waits for its turn')
          : trans.__('Runs the notebook')}
      </div>
      <Progress
        label={trans.__('Runs the notebook')}
        value={isWaiting ? null : (job?.progress ?? null)}
      />
      <div className="dw-Field-hint">
        {trans.__('You may close this; you are told when the run is over.')}
      </div>
    </div>
  );
}
