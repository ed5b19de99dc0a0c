// `dashwright:touring`: shows the way around, once by itself.
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { CommandIDs } from '../ids';
import { IDashwright } from '../tokens';
import { markMenu, steps } from './steps';
import { Tour } from './tour';

/** The setting that is on until the tour was there. */
const SETTING = 'tour';

export const touring: JupyterFrontEndPlugin<void> = {
  id: 'dashwright:touring',
  description: 'Shows the way around, once by itself.',
  autoStart: true,
  requires: [IDashwright],
  activate: (app: JupyterFrontEnd, dashwright: IDashwright) => {
    const { settings, trans } = dashwright;
    let tour: Tour | null = null;
    const begin = (isAsked: boolean): void => {
      tour?.dispose();
      markMenu(trans.__('Dashboards'));
      const has = (id: string): boolean => app.commands.hasCommand(id);
      tour = new Tour(steps(has, trans), app.commands, trans);
      tour.begin(isAsked);
    };
    app.commands.addCommand(CommandIDs.tour, {
      label: trans.__('Tour of Dashboards'),
      caption: trans.__('Show where things are'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        begin(true);
      }
    });
    void app.restored.then(async () => {
      // Without settings it would come again each time.
      if (settings?.composite[SETTING] === true) {
        begin(false);
        await settings.set(SETTING, false).catch((reason: unknown) => {
          console.warn('The tour will be shown again.', reason);
        });
      }
    });
  }
};
