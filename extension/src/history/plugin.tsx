// `dashwright:history`: the versions of a dashboard, and what viewers saw when.
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { historyIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { addDashboardCommand, showProblem } from '../commands';
import { CommandIDs } from '../ids';
import { showPublishing } from '../publishing/dialog';
import { IDashwright } from '../tokens';
import { tabs } from '../working/tab';
import { History } from './history';
import { openVersion } from './page';
import { HistoryView } from './view';

export const history: JupyterFrontEndPlugin<void> = {
  id: 'dashwright:history',
  description: 'Shows the versions of a dashboard, compares and rolls back.',
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
      name: 'history',
      command: CommandIDs.showHistory,
      icon: historyIcon,
      label: ({ title }) => trans.__('History: %1', title),
      make: dashboard => {
        const work = new History(model, dashboard.slug);
        const title = trans.__('History');
        const shown = (reason: unknown): void => {
          void showProblem(title, reason);
        };
        const body = (
          <HistoryView
            history={work}
            trans={trans}
            look={number => {
              openVersion(app, dashwright, dashboard, number).catch(shown);
            }}
            publish={number => {
              showPublishing(app, dashwright, dashboard, number).catch(shown);
            }}
          />
        );
        return { work, body };
      }
    });
    addDashboardCommand(app, dashwright, CommandIDs.showHistory, {
      label: trans.__('History'),
      caption: trans.__('Show its versions, compare them, and roll back'),
      icon: historyIcon,
      execute: async dashboard => {
        model.start();
        await open(dashboard);
      }
    });
  }
};
