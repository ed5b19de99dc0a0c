// How far a dashboard is, what stopped it, and what can be done then.
import React from 'react';

import { isOver, type Job, type StepName } from '../api/nouns';
import { Banner } from '../components/banner';
import { Progress } from '../components/progress';
import { CommandIDs } from '../ids';
import type { IDashwright } from '../tokens';
import type { Stages } from './stages';
import { doing, Steps } from './steps';
import type { IPageProps } from './view';

export function JobPage({ stages }: IPageProps): React.ReactElement {
  const { following, form, means } = stages;
  const { trans, model } = means.dashwright;
  const job = form.sending ? null : (following?.job ?? null);
  const title =
    (job && model.known(job.slug)?.title) ??
    job?.title ??
    form.question.text.trim();
  return (
    <div className="dw-New-job">
      <div className="dw-New-head">
        <h2 tabIndex={-1} data-first-focus>
          {title}
        </h2>
      </div>
      <p className="dw-New-status" role="status">
        {statusOf(stages, job)}
      </p>
      <Progress
        label={trans.__('How far the dashboard is')}
        value={job?.progress ?? 0}
      />
      <Steps job={job} trans={trans} />
      {job && job.notice !== '' && <Banner kind="info">{job.notice}</Banner>}
      <Outcome stages={stages} job={job} />
      {following?.problem && (
        <Banner kind="error">{following.problem.message}</Banner>
      )}
    </div>
  );
}

function statusOf({ form, following, means }: Stages, job: Job | null): string {
  const { trans, model } = means.dashwright;
  if (form.sending) {
    return form.sending.error
      ? trans.__(
          '%1 It is tried again; what you typed is kept, and only one dashboard is made.',
          form.sending.error.message
        )
      : trans.__('Sends the question…');
  }
  if (!job) {
    return trans.__('Asks how far it is…');
  }
  if (following?.isGone) {
    return trans.__('The dashboard was deleted.');
  }
  if (model.server.kind === 'gone' && !isOver(job)) {
    return trans.__(
      'The server does not answer. Work goes on there, and this page as soon as it is back.'
    );
  }
  switch (job.status) {
    case 'completed':
      return trans.__('The dashboard is ready.');
    case 'failed':
      return trans.__('It could not be made.');
    case 'cancelled':
      return trans.__('It was stopped.');
    case 'pending':
      return trans.__('Waits for its turn…');
    default:
      return job.cancel_requested
        ? trans.__('Is being stopped…')
        : trans.__('%1 % · %2', Math.round(job.progress), doing(job, trans));
  }
}

/** What can be done now. */
function Outcome({
  stages,
  job
}: IPageProps & { job: Job | null }): React.ReactElement {
  const { form, following, means } = stages;
  const { trans } = means.dashwright;
  if (!job) {
    return (
      <div className="dw-New-foot">
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => {
            form.stop();
          }}
        >
          {trans.__('Back to the Question')}
        </button>
      </div>
    );
  }
  const change = (
    <button
      type="button"
      className="jp-mod-styled"
      onClick={() => {
        stages.back();
      }}
    >
      {trans.__('Change the Question')}
    </button>
  );
  if (following?.isGone) {
    return <div className="dw-New-foot">{change}</div>;
  }
  if (job.status === 'completed') {
    return <Ready stages={stages} slug={job.slug} />;
  }
  if (!isOver(job)) {
    return (
      <div className="dw-New-foot">
        <span className="dw-Field-hint">
          {trans.__('You can close this tab: work goes on, and you are told.')}
        </span>
        <button
          type="button"
          className="jp-mod-styled"
          disabled={job.cancel_requested || following?.isBusy}
          onClick={() => void following?.cancel()}
        >
          {trans.__('Stop')}
        </button>
      </div>
    );
  }
  return (
    <>
      {job.status === 'failed' && (
        <Banner kind="error">
          {job.error_message ?? trans.__('Nobody knows why.')}
          {job.cure && <p className="dw-New-cure">{job.cure}</p>}
        </Banner>
      )}
      <div className="dw-New-foot">
        {change}
        <Again stages={stages} job={job} />
      </div>
    </>
  );
}

function Ready({
  stages,
  slug
}: IPageProps & { slug: string }): React.ReactElement {
  const { commands, dashwright } = stages.means;
  const { trans } = dashwright;
  const offered: readonly [string, string][] = [
    [CommandIDs.preview, trans.__('Open Page')],
    [CommandIDs.editNotebook, trans.__('Edit Notebook')]
  ];
  return (
    <div className="dw-New-foot">
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => {
          stages.clear();
        }}
      >
        {trans.__('Ask Another Question')}
      </button>
      {offered
        .filter(([id]) => commands.hasCommand(id))
        .map(([id, label]) => (
          <button
            key={id}
            type="button"
            className="jp-mod-styled jp-mod-accept"
            onClick={() => void commands.execute(id, { slug })}
          >
            {label}
          </button>
        ))}
    </div>
  );
}

/** Try again: from where it stopped with what was made before, or all of it. */
function Again({ stages, job }: IPageProps & { job: Job }): React.ReactElement {
  const { following, means } = stages;
  const { trans } = means.dashwright;
  const last =
    job.failed_step && job.retry_from.includes(job.failed_step)
      ? job.failed_step
      : (job.retry_from.at(-1) ?? null);
  const choices: readonly (StepName | null)[] =
    last === null || last === 'search' ? [null] : [null, last];
  return (
    <>
      {choices.map(step => (
        <button
          key={step}
          type="button"
          className={
            step === choices.at(-1)
              ? 'jp-mod-styled jp-mod-accept'
              : 'jp-mod-styled'
          }
          disabled={following?.isBusy}
          onClick={() => void following?.retry(step)}
        >
          {step === null
            ? choices.length > 1
              ? trans.__('Begin All Over')
              : trans.__('Try Again')
            : trans.__('Try Again from "%1"', wordOf(step, trans))}
        </button>
      ))}
    </>
  );
}

function wordOf(step: StepName, trans: IDashwright['trans']): string {
  const words: Record<StepName, string> = {
    search: trans.__('search'),
    download: trans.__('download'),
    read: trans.__('read'),
    profile: trans.__('profile'),
    plan: trans.__('plan'),
    compose: trans.__('compose'),
    execute: trans.__('execute'),
    publish: trans.__('publish')
  };
  return words[step];
}
