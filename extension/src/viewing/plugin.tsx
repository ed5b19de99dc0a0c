// `dashwright:viewing`: how many looked at a dashboard.
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { usersIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { addDashboardCommand } from '../commands';
import { CommandIDs } from '../ids';
import { IDashwright } from '../tokens';
import { tabs } from '../working/tab';
import { ViewingView } from './view';
import { Viewing } from './viewing';

export const viewing: JupyterFrontEndPlugin<void> = {
  id: 'dashwright:viewing',
  description: 'Shows how many looked at a dashboard.',
  autoStart: true,
  requires: [IDashwright],
  optional: [ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    dashwright: IDashwright,
    restorer: ILayoutRestorer | null
  ) => {
    const { model, trans } = dashwright;
    const open = tabs(app, dashwright, restorer, {
      name: 'views',
      command: CommandIDs.showViews,
      icon: usersIcon,
      label: ({ title }) => trans.__('Views: %1', title),
      make: ({ slug, title }) => {
        const work = new Viewing(model, slug);
        const share = (): void => {
          void app.commands.execute(CommandIDs.share, { slug });
        };
        return {
          work,
          body: <ViewingView viewing={work} {...{ trans, title, share }} />
        };
      }
    });
    addDashboardCommand(app, dashwright, CommandIDs.showViews, {
      label: trans.__('Views'),
      caption: trans.__('Show how many looked at it'),
      icon: usersIcon,
      execute: open
    });
  }
};
