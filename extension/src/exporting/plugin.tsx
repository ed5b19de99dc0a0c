// `dashwright:exporting`: takes a dashboard home as a file.
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { downloadIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { addDashboardCommand } from '../commands';
import { CommandIDs } from '../ids';
import { IDashwright } from '../tokens';
import { showWork } from '../working/dialog';
import { ExportingBody } from './body';
import { Exporting } from './exporting';

export const exporting: JupyterFrontEndPlugin<void> = {
  id: 'dashwright:exporting',
  description: 'Takes a dashboard home as a file.',
  autoStart: true,
  requires: [IDashwright],
  activate: (app: JupyterFrontEnd, dashwright: IDashwright) => {
    const { model, trans } = dashwright;
    const { contents } = app.serviceManager;
    addDashboardCommand(app, dashwright, CommandIDs.export, {
      label: trans.__('Export…'),
      caption: trans.__('Take it home: notebook, page, picture or data'),
      icon: downloadIcon,
      isPossible: ({ version }) => version !== null,
      execute: async ({ slug, title }) => {
        const work = new Exporting(model, slug, contents, trans);
        const isDone = await showWork(
          trans.__('Export "%1"', title),
          work,
          () => <ExportingBody exporting={work} trans={trans} />,
          trans,
          {
            label: () => trans.__('Export'),
            isPossible: () => work.dashboard !== null,
            act: () => work.export()
          }
        );
        const { saved } = isDone ? work : { saved: null };
        if (saved !== null) {
          Notification.success(trans.__('Saved as "%1".', saved), {
            autoClose: 8000,
            actions: [
              {
                label: trans.__('Open'),
                callback: () => {
                  void app.commands.execute('docmanager:open', { path: saved });
                }
              }
            ]
          });
        }
      }
    });
  }
};
