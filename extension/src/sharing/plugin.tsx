// `dashwright:sharing`: says who sees a dashboard.
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { usersIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { addDashboardCommand } from '../commands';
import { CommandIDs } from '../ids';
import { IDashwright } from '../tokens';
import { showWork } from '../working/dialog';
import { SharingBody } from './body';
import { Sharing } from './sharing';

export const sharing: JupyterFrontEndPlugin<void> = {
  id: 'dashwright:sharing',
  description: 'Says who sees a dashboard, and by which ways.',
  autoStart: true,
  requires: [IDashwright],
  activate: (app: JupyterFrontEnd, dashwright: IDashwright) => {
    const { model, trans } = dashwright;
    addDashboardCommand(app, dashwright, CommandIDs.share, {
      label: trans.__('Share…'),
      caption: trans.__('Say who sees it'),
      icon: usersIcon,
      execute: async ({ slug, title }) => {
        const work = new Sharing(model, slug, trans);
        await showWork(
          trans.__('Share "%1"', title),
          work,
          () => <SharingBody sharing={work} trans={trans} />,
          trans
        );
      }
    });
  }
};
