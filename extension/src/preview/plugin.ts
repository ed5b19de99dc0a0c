// `dashwright:preview`: a dashboard's page in a tab.
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';

import { addDashboardCommand } from '../commands';
import { dashboardsIcon } from '../icons';
import { CommandIDs } from '../ids';
import { IDashwright } from '../tokens';
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
    const { model, current, trans } = dashwright;
    const tracker = new WidgetTracker<Preview>({
      namespace: 'dashwright-preview'
    });
    addDashboardCommand(app, dashwright, CommandIDs.preview, {
      label: trans.__('Open Preview'),
      caption: trans.__('Open the page in a tab'),
      icon: dashboardsIcon,
      isPossible: ({ version }) => version !== null,
      execute: async dashboard => {
        const open = tracker.find(one => one.slug === dashboard.slug);
        if (open) {
          app.shell.activateById(open.id);
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
    tracker.currentChanged.connect((_, widget) => {
      current.slug = widget?.slug ?? current.slug;
    });
    void restorer?.restore(tracker, {
      command: CommandIDs.preview,
      args: widget => ({ slug: widget.slug }),
      name: widget => widget.slug
    });
  }
};
