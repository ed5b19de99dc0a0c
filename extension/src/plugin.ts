// `dashwright:plugin`: what all other plugins of Dashwright share.
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { Current } from './model/current';
import { Model } from './model/model';
import { IDashwright, PLUGIN } from './tokens';

export const plugin: JupyterFrontEndPlugin<IDashwright> = {
  id: PLUGIN,
  description: 'Knows the dashboards of the server, and tells of changes.',
  autoStart: true,
  provides: IDashwright,
  optional: [ISettingRegistry, ITranslator],
  activate: async (
    app,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ): Promise<IDashwright> => {
    const settings = await registry?.load(PLUGIN).catch((reason: unknown) => {
      console.warn('Dashwright goes on without its settings.', reason);
      return null;
    });
    return {
      model: new Model(app.serviceManager.serverSettings),
      current: new Current(),
      trans: (translator ?? nullTranslator).load('dashwright'),
      settings: settings ?? null
    };
  }
};
