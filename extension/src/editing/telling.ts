// What is told at once about a notebook that is open: that it was changed elsewhere, is not taken, or needs a decision.
import { Notification } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import type { TranslationBundle } from '@jupyterlab/translation';

import { CommandIDs } from '../ids';
import type { IEdited } from './links';
import type { Standing } from './standing';

/** Tell it once each time it becomes so, and take it back when it is over. */
export function tell(
  { link }: IEdited,
  commands: CommandRegistry,
  trans: TranslationBundle
): void {
  let before = '';
  let shown: string | null = null;
  link.changed.connect(() => {
    const { standing, draft } = link;
    const isUndecided = standing.kind === 'sent' && !!draft?.conflicts;
    const now = isUndecided ? 'conflicts' : standing.kind;
    if (now === 'sending' || now === before) {
      return;
    }
    before = now;
    if (shown !== null) {
      Notification.dismiss(shown);
      shown = null;
    }
    const name = link.context.localPath.split('/').pop() ?? link.slug;
    const text = isUndecided
      ? trans.__('"%1": you and a changed plan changed the same cells.', name)
      : sentence(standing, name, trans);
    if (text === null) {
      return;
    }
    const merge = {
      label: trans.__('Merge…'),
      callback: () => {
        void commands.execute(CommandIDs.mergeDraft, { slug: link.slug });
      }
    };
    const isMergeable = isUndecided || now === 'parted';
    shown = Notification.warning(text, {
      autoClose: false,
      actions: isMergeable ? [merge] : []
    });
  });
}

/** Short, as notifications are cut. */
function sentence(
  standing: Standing,
  name: string,
  trans: TranslationBundle
): string | null {
  switch (standing.kind) {
    case 'parted':
      return trans.__(
        '"%1" was also saved elsewhere. Nothing is lost: merge both.',
        name
      );
    case 'refused':
      return trans.__(
        '"%1" is saved as a file only. %2',
        name,
        standing.error.message
      );
    case 'gone':
      return trans.__(
        'The dashboard of "%1" is gone; the notebook stays.',
        name
      );
    default:
      return null;
  }
}
