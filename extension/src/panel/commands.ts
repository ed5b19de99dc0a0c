// What can be done with a dashboard that needs no dialog of its own.
import type { JupyterFrontEnd } from '@jupyterlab/application';
import {
  Clipboard,
  Dialog,
  Notification,
  showDialog
} from '@jupyterlab/apputils';
import {
  copyIcon,
  deleteIcon,
  launchIcon,
  linkIcon,
  refreshIcon,
  stopIcon
} from '@jupyterlab/ui-components';

import { newKey, take } from '../api/client';
import type { Dashboard } from '../api/nouns';
import { addDashboardCommand } from '../commands';
import { CommandIDs } from '../ids';
import type { IDashwright } from '../tokens';

export function addCommands(
  app: JupyterFrontEnd,
  dashwright: IDashwright
): void {
  addLinks(app, dashwright);
  addJobs(app, dashwright);
  addDelete(app, dashwright);
}

/** Whether there is a page to be opened. */
function hasPage({ model }: IDashwright): (dashboard: Dashboard) => boolean {
  return ({ slug, version }) => version !== null && model.page(slug) !== null;
}

function addLinks(app: JupyterFrontEnd, dashwright: IDashwright): void {
  const { model, trans } = dashwright;
  addDashboardCommand(app, dashwright, CommandIDs.open, {
    label: trans.__('Open in New Browser Tab'),
    icon: launchIcon,
    isPossible: hasPage(dashwright),
    execute: ({ slug }) => {
      window.open(model.page(slug) ?? '', '_blank', 'noopener,noreferrer');
    }
  });
  addDashboardCommand(app, dashwright, CommandIDs.copyLink, {
    label: trans.__('Copy Link'),
    caption: trans.__('Copy the address of the page'),
    icon: linkIcon,
    isPossible: hasPage(dashwright),
    execute: ({ slug }) => {
      Clipboard.copyToSystem(model.page(slug) ?? '');
      Notification.success(trans.__('The link is in the clipboard.'), {
        autoClose: 3000
      });
    }
  });
}

function addJobs(app: JupyterFrontEnd, dashwright: IDashwright): void {
  const { model, trans } = dashwright;
  const { api } = model.client;
  addDashboardCommand(app, dashwright, CommandIDs.refresh, {
    label: trans.__('Refresh Now'),
    caption: trans.__('Fetch the data again, and run the notebook on it'),
    icon: refreshIcon,
    isPossible: ({ slug, version }) =>
      version !== null && !model.jobs.has(slug),
    execute: async ({ slug }) => {
      const { job, dashboard } = await take(
        api.POST('/dashboards/{slug}/refresh', {
          params: { path: { slug }, header: newKey() }
        })
      );
      model.begin(job, dashboard);
    }
  });
  addDashboardCommand(app, dashwright, CommandIDs.cancel, {
    label: trans.__('Stop What Is Under Way'),
    icon: stopIcon,
    isPossible: ({ slug }) => model.jobs.has(slug),
    execute: async ({ slug }) => {
      const job = model.jobs.get(slug);
      if (job) {
        const path = { job_id: job.id };
        await take(api.POST('/jobs/{job_id}/cancel', { params: { path } }));
      }
    }
  });
  addDashboardCommand(app, dashwright, CommandIDs.duplicate, {
    label: trans.__('Duplicate'),
    caption: trans.__('Ask the same question again, as a dashboard of its own'),
    icon: copyIcon,
    execute: async ({ slug, title }) => {
      const { job, dashboard } = await take(
        api.POST('/dashboards/{slug}/duplicate', {
          params: { path: { slug }, header: newKey() },
          body: { title: trans.__('%1 (copy)', title).slice(0, 255) }
        })
      );
      model.begin(job, dashboard);
    }
  });
}

function addDelete(app: JupyterFrontEnd, dashwright: IDashwright): void {
  const { model, trans } = dashwright;
  addDashboardCommand(app, dashwright, CommandIDs.delete, {
    label: trans.__('Delete…'),
    icon: deleteIcon,
    execute: async ({ slug, title }) => {
      const { button } = await showDialog({
        title: trans.__('Delete "%1"?', title),
        body: trans.__(
          'Its page, all versions and its data are deleted, and its links lead nowhere. There is no way back.'
        ),
        buttons: [
          Dialog.cancelButton(),
          Dialog.warnButton({ label: trans.__('Delete') })
        ]
      });
      if (button.accept) {
        await take(
          model.client.api.DELETE('/dashboards/{slug}', {
            params: { path: { slug } }
          })
        );
        model.forget(slug);
      }
    }
  });
}
