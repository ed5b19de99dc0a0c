// `dashwright:preview`: a dashboard's page in a tab.
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';

import { addDashboardCommand } from '../commands';
import { dashboardsIcon } from '../icons';
import { CommandIDs } from '../ids';
import { IDashwright } from '../tokens';
import { reveal, trackTabs } from '../tracking';
import { Preview } from './preview';

export const preview: JupyterFrontEndPlugin<void> = {
  id: 'dashwright:preview',
  description: "Shows a dashboard's page in a tab.",
  autoStart: true,
  requires: [IDashwright],
  optional: [ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    dashwright: IDashwright,
    restorer: ILayoutRestorer | null
  ) => {
    const { model, trans } = dashwright;
    const tracker = trackTabs<Preview>(
      dashwright,
      restorer,
      'preview',
      CommandIDs.preview
    );
    addDashboardCommand(app, dashwright, CommandIDs.preview, {
      label: trans.__('Open Preview'),
      caption: trans.__('Open the page in a tab'),
      icon: dashboardsIcon,
      isPossible: ({ version }) => version !== null,
      execute: async dashboard => {
        if (reveal(app, tracker, dashboard.slug)) {
          return;
        }
        if (!model.about) {
          await model.ask();
        }
        const widget = new Preview(app.commands, dashwright, dashboard);
        app.shell.add(widget, 'main', { type: 'Dashboard' });
        await tracker.add(widget);
      }
    });
  }
};
