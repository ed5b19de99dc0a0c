// The JupyterLab plugin: a "Dashboards" entry in the left bar, the launcher and the command palette.
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { fetchAbout } from './about';
import { dashboardsIcon } from './icon';
import { DashboardsPanel } from './panel';

const SHOW = 'dashwright:show-dashboards';

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'dashwright:plugin',
  description: 'Shows your dashboards, and how to make one.',
  autoStart: true,
  optional: [ICommandPalette, ILauncher, ILayoutRestorer, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('dashwright');
    const { serverSettings } = app.serviceManager;
    const panel = new DashboardsPanel(() => fetchAbout(serverSettings), trans);
    app.shell.add(panel, 'left', { rank: 600, type: 'Dashboards' });
    restorer?.add(panel, panel.id);

    app.commands.addCommand(SHOW, {
      label: trans.__('Dashboards'),
      caption: trans.__('Show your dashboards, and how to make one'),
      icon: args => (args['isPalette'] ? undefined : dashboardsIcon),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            isPalette: {
              type: 'boolean',
              description: 'Whether the command is shown in the palette'
            }
          }
        }
      },
      execute: () => {
        app.shell.activateById(panel.id);
      }
    });
    palette?.addItem({
      command: SHOW,
      category: trans.__('Dashwright'),
      args: { isPalette: true }
    });
    launcher?.add({ command: SHOW, category: trans.__('Dashwright'), rank: 0 });
  }
};

export default plugin;
