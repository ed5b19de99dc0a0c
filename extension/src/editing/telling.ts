// What is told at once about a notebook that is open: that it was changed elsewhere, is not taken, or needs a decision.
import { Notification } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import type { TranslationBundle } from '@jupyterlab/translation';

import { CommandIDs } from '../ids';
import type { IEdited } from './links';
import { explanation } from './words';

const TOLD = ['parted', 'refused', 'gone'];

/** Tell it once each time it becomes so. */
export function tell(
  { link }: IEdited,
  commands: CommandRegistry,
  trans: TranslationBundle
): void {
  let before = '';
  link.changed.connect(() => {
    const { standing, draft } = link;
    const isUndecided = standing.kind === 'sent' && !!draft?.conflicts;
    const now = isUndecided ? 'conflicts' : standing.kind;
    if (now === 'sending' || now === before) {
      return;
    }
    before = now;
    if (!isUndecided && !TOLD.includes(now)) {
      return;
    }
    const name = link.context.localPath.split('/').pop() ?? link.slug;
    const lines = explanation(standing, draft, trans);
    const text = isUndecided ? lines[lines.length - 1] : lines[0];
    const merge = {
      label: trans.__('Merge…'),
      callback: () => {
        void commands.execute(CommandIDs.mergeDraft, { slug: link.slug });
      }
    };
    const isMergeable = isUndecided || now === 'parted';
    Notification.warning(`${name}: ${text ?? ''}`, {
      autoClose: false,
      actions: isMergeable ? [merge] : []
    });
  });
}
