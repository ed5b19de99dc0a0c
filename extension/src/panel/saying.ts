import type { TranslationBundle } from '@jupyterlab/translation';

import type { Job } from '../api/nouns';

/** What a job is at, in a few words. */
export function saying(job: Job, trans: TranslationBundle): string {
  if (job.cancel_requested) {
    return trans.__('Being stopped');
  }
  if (job.status === 'pending') {
    return trans.__('Waits for its turn');
  }
  const percent = Math.round(job.progress);
  return trans.__('%1 · %2 %', stepOf(job, trans), percent);
}

function stepOf(job: Job, trans: TranslationBundle): string {
  switch (job.current_step) {
    case 'search_datasets':
      return trans.__('Looks for data');
    case 'download_datasets':
      return trans.__('Fetches data');
    case 'analyze_datasets':
      return trans.__('Reads data');
    case 'generate_visualizations':
      return trans.__('Plans and draws');
    case 'finalize_dashboard':
      return trans.__('Runs the notebook');
    default:
      return job.kind === 'refresh'
        ? trans.__('Refreshes')
        : trans.__('Begins');
  }
}
