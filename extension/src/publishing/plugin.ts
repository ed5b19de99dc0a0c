// `dashwright:publishing`: lets viewers see the draft of a notebook, with a look at what changes for them.
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { addDashboardCommand } from '../commands';
import { CommandIDs } from '../ids';
import { IDashwright } from '../tokens';
import { showPublishing } from './dialog';

export const publishing: JupyterFrontEndPlugin<void> = {
  id: 'dashwright:publishing',
  description: "Publishes the draft of a dashboard's notebook.",
  autoStart: true,
  requires: [IDashwright],
  activate: (app: JupyterFrontEnd, dashwright: IDashwright) => {
    const { trans } = dashwright;
    addDashboardCommand(app, dashwright, CommandIDs.publish, {
      label: trans.__('Publish…'),
      caption: trans.__('Let viewers see what you have made of the notebook'),
      isPossible: ({ version }) => version !== null,
      execute: async dashboard => {
        await showPublishing(app, dashwright, dashboard);
      }
    });
  }
};
