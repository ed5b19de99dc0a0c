// What plugins of Dashwright, and of others, are given to work with.
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';

import type { Current } from './model/current';
import type { Model } from './model/model';

export interface IDashwright {
  readonly model: Model;
  /** The dashboard that commands without a `slug` are about. */
  readonly current: Current;
  readonly trans: TranslationBundle;
  /** The user's settings, as `schema/plugin.json` declares them; null in a JupyterLab without settings. */
  readonly settings: ISettingRegistry.ISettings | null;
}

export const IDashwright = new Token<IDashwright>(
  'dashwright:IDashwright',
  'What is known of dashboards, and who tells of changes.'
);

/** The plugin whose settings these are; `schema/plugin.json` declares them. */
export const PLUGIN = 'dashwright:plugin';
