// How a command about a dashboard is added: which one it is about, when it can be used, and what is said when it fails.
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { ApiError } from './api/errors';
import type { Dashboard } from './api/nouns';
import type { IDashwright } from './tokens';

export interface IDashboardCommand {
  label: string;
  caption?: string;
  icon?: LabIcon;
  /** Whether it makes sense for this dashboard as it is; left out: for each one. */
  isPossible?: (dashboard: Dashboard) => boolean;
  /** What to do. Whatever it rejects with is shown. */
  execute: (dashboard: Dashboard) => unknown;
}

/** Add a command that takes `{slug}`, or is about the current dashboard. */
export function addDashboardCommand(
  app: JupyterFrontEnd,
  dashwright: IDashwright,
  id: string,
  { label, caption, icon, isPossible, execute }: IDashboardCommand
): void {
  const { model, current, trans } = dashwright;
  const meant = (args: ReadonlyPartialJSONObject): string | null =>
    typeof args['slug'] === 'string' ? args['slug'] : current.slug;
  app.commands.addCommand(id, {
    label,
    caption: caption ?? '',
    icon: args => (args['isPalette'] ? undefined : icon),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          slug: {
            type: 'string',
            description: trans.__(
              'The dashboard; the one that is chosen in the panel if left out'
            )
          }
        }
      }
    },
    isEnabled: args => {
      const slug = meant(args);
      const dashboard = slug === null ? null : model.known(slug);
      return dashboard !== null && (isPossible?.(dashboard) ?? true);
    },
    execute: async args => {
      const slug = meant(args);
      if (slug === null) {
        return;
      }
      try {
        await execute(model.known(slug) ?? (await model.reload(slug)));
      } catch (reason) {
        await showProblem(label, reason);
      }
    }
  });
}

/** Show what went wrong: the server's sentence, and the fields that it names. */
export async function showProblem(
  title: string,
  reason: unknown
): Promise<void> {
  const message = reason instanceof Error ? reason.message : String(reason);
  const faults = reason instanceof ApiError ? reason.errors : [];
  const lines = faults
    .filter(fault => !message.includes(fault.message))
    .map(fault =>
      fault.name ? `${fault.name}: ${fault.message}` : fault.message
    );
  await showDialog({
    title,
    body: [message, ...lines].join('\n'),
    buttons: [Dialog.okButton()]
  });
}
