// `dashwright:notifications`: tells when work that this window began is over.
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { isOver, type Job } from '../api/nouns';
import { CommandIDs } from '../ids';
import { IDashwright } from '../tokens';

export const notifying: JupyterFrontEndPlugin<void> = {
  id: 'dashwright:notifications',
  description: 'Tells when a dashboard is ready, or could not be made.',
  autoStart: true,
  requires: [IDashwright],
  activate: (app: JupyterFrontEnd, dashwright: IDashwright) => {
    const { model, settings, trans } = dashwright;
    model.jobChanged.connect((_, job) => {
      if (!isOver(job) || !model.begun.delete(job.id)) {
        return;
      }
      if (settings?.composite['notifications'] === false) {
        return;
      }
      const title = model.known(job.slug)?.title ?? job.slug;
      const { message, type } = ending(job, title, trans);
      const { slug, id } = job;
      const offered =
        type === 'success'
          ? [
              {
                label: trans.__('Open'),
                id: CommandIDs.preview,
                args: { slug }
              },
              {
                label: trans.__('Edit Notebook'),
                id: CommandIDs.editNotebook,
                args: { slug }
              }
            ]
          : type === 'error' && job.kind === 'new'
            ? [
                {
                  label: trans.__('Show'),
                  id: CommandIDs.new,
                  args: { job: id }
                }
              ]
            : [];
      Notification.emit(message, type, {
        autoClose: type === 'error' ? false : 8000,
        actions: offered
          .filter(action => app.commands.hasCommand(action.id))
          .map(action => ({
            label: action.label,
            callback: () => {
              void app.commands.execute(action.id, action.args);
            }
          }))
      });
    });
  }
};

/** What is told of a job that is over. */
export function ending(
  job: Job,
  title: string,
  trans: TranslationBundle
): { message: string; type: 'success' | 'info' | 'error' } {
  if (job.status === 'cancelled') {
    return { message: trans.__('"%1": it was stopped.', title), type: 'info' };
  }
  if (job.status === 'failed') {
    const reason = job.error_message ?? trans.__('Nobody knows why.');
    return {
      message: trans.__('"%1" failed. %2', title, reason),
      type: 'error'
    };
  }
  if (job.unchanged) {
    const message = trans.__(
      '"%1" is up to date: its data has not changed.',
      title
    );
    return { message, type: 'info' };
  }
  const message =
    job.kind === 'new'
      ? trans.__('"%1" is ready.', title)
      : trans.__('"%1" has new data.', title);
  return { message, type: 'success' };
}
