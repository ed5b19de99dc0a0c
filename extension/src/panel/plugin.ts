// `dashwright:panel`: the list of dashboards in the left bar, and what can be done with one.
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';

import { dashboardsIcon } from '../icons';
import { CommandIDs } from '../ids';
import { IDashwright } from '../tokens';
import { addCommands } from './commands';
import { DashboardsPanel } from './panel';

export const panel: JupyterFrontEndPlugin<void> = {
  id: 'dashwright:panel',
  description: 'Lists the dashboards of the server in the left bar.',
  autoStart: true,
  requires: [IDashwright],
  optional: [ICommandPalette, ILauncher, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    dashwright: IDashwright,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    restorer: ILayoutRestorer | null
  ) => {
    const { trans } = dashwright;
    const widget = new DashboardsPanel(app.commands, dashwright);
    app.shell.add(widget, 'left', { rank: 600, type: 'Dashboards' });
    restorer?.add(widget, widget.id);

    app.commands.addCommand(CommandIDs.show, {
      label: trans.__('Dashboards'),
      caption: trans.__('Show your dashboards, and those of others'),
      icon: args => (args['isPalette'] ? undefined : dashboardsIcon),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        app.shell.activateById(widget.id);
      }
    });
    addCommands(app, dashwright);

    const category = trans.__('Dashwright');
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category, args: { isPalette: true } });
    }
    // The dialog for a new dashboard, where it is there, is the better way in.
    void app.restored.then(() => {
      const isThere = app.commands.hasCommand(CommandIDs.new);
      const command = isThere ? CommandIDs.new : CommandIDs.show;
      launcher?.add({ command, category, rank: 0 });
    });
  }
};
