// `dashwright:scheduling`: says when a dashboard is refreshed by itself.
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { historyIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { addDashboardCommand } from '../commands';
import { CommandIDs } from '../ids';
import { IDashwright } from '../tokens';
import { showWork } from '../working/dialog';
import { SchedulingBody } from './body';
import { Scheduling } from './scheduling';

export const scheduling: JupyterFrontEndPlugin<void> = {
  id: 'dashwright:scheduling',
  description: 'Says when a dashboard is refreshed by itself.',
  autoStart: true,
  requires: [IDashwright],
  activate: (app: JupyterFrontEnd, dashwright: IDashwright) => {
    const { model, trans } = dashwright;
    addDashboardCommand(app, dashwright, CommandIDs.schedule, {
      label: trans.__('Schedule…'),
      caption: trans.__('Say when it is refreshed by itself'),
      icon: historyIcon,
      execute: async ({ slug, title }) => {
        const work = new Scheduling(model, slug, trans);
        const isDone = await showWork(
          trans.__('Schedule of "%1"', title),
          work,
          () => <SchedulingBody scheduling={work} trans={trans} />,
          trans,
          {
            label: () => trans.__('Save'),
            isPossible: () => work.isPossible,
            act: () => work.save()
          }
        );
        if (isDone) {
          const words = work.value.kind === 'off' ? null : work.state?.words;
          Notification.success(
            words
              ? trans.__('"%1" is refreshed %2.', title, words)
              : trans.__('"%1" is refreshed by hand only.', title),
            { autoClose: 5000 }
          );
        }
      }
    });
  }
};
