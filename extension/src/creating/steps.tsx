// The steps of a job that people see, with their times.
import React from 'react';

import { isOver, type Job } from '../api/nouns';
import { useNow } from '../components/hooks';
import type { IDashwright } from '../tokens';
import { durationText } from './wording';

type Trans = IDashwright['trans'];

/** Names of the API, in their order. */
const NAMES = [
  'search_datasets',
  'download_datasets',
  'analyze_datasets',
  'generate_visualizations',
  'finalize_dashboard'
] as const;

type State = 'waits' | 'runs' | 'done' | 'failed' | 'stopped';

interface IStepsProps {
  job: Job | null;
  trans: Trans;
}

export function Steps({ job, trans }: IStepsProps): React.ReactElement {
  const now = useNow(200);
  const labels: Record<(typeof NAMES)[number], string> = {
    search_datasets: trans.__('Find data'),
    download_datasets: trans.__('Fetch it'),
    analyze_datasets: trans.__('Read and profile it'),
    generate_visualizations: trans.__('Plan and write the notebook'),
    finalize_dashboard: trans.__('Run the notebook and publish the page')
  };
  return (
    <ol className="dw-New-steps" aria-label={trans.__('Steps')}>
      {NAMES.map(name => {
        const step = job?.steps.find(one => one.name === name);
        const state = stateOf(job, name);
        const until = step?.ended_at ? Date.parse(step.ended_at) : now;
        const seconds = step && (until - Date.parse(step.started_at)) / 1000;
        return (
          <li key={name} data-state={state}>
            <span className="dw-New-mark" aria-hidden="true" />
            <span>
              {labels[name]}
              <span className="dw-visually-hidden">{words(state, trans)}</span>
              {state === 'runs' && job && (
                <span className="dw-Field-hint">{doing(job, trans)}</span>
              )}
            </span>
            <span className="dw-New-seconds">
              {seconds !== undefined && durationText(Math.max(0, seconds))}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function stateOf(job: Job | null, name: string): State {
  const at = job?.steps.findIndex(one => one.name === name) ?? -1;
  if (!job || at < 0) {
    return job?.status === 'completed' ? 'done' : 'waits';
  }
  if (at < job.steps.length - 1 || job.status === 'completed') {
    return 'done';
  }
  if (!isOver(job)) {
    return 'runs';
  }
  return job.status === 'failed' ? 'failed' : 'stopped';
}

function words(state: State, trans: Trans): string {
  switch (state) {
    case 'waits':
      return trans.__(': not begun');
    case 'runs':
      return trans.__(': under way');
    case 'done':
      return trans.__(': done');
    case 'failed':
      return trans.__(': failed');
    case 'stopped':
      return trans.__(': stopped');
  }
}

/** What a job does just now. */
export function doing(job: Job, trans: Trans): string {
  switch (job.message) {
    case 'search':
      return trans.__('Looks for data');
    case 'download':
      return trans.__('Fetches data');
    case 'read':
      return trans.__('Reads tables');
    case 'profile':
      return trans.__('Measures columns');
    case 'plan':
      return trans.__('Plans charts');
    case 'compose':
      return trans.__('Writes the notebook');
    case 'execute':
      return trans.__('Runs the notebook');
    case 'publish':
      return trans.__('Publishes the page');
    case '':
      return trans.__('Begins');
    default:
      return job.message;
  }
}
