// The plugins of Dashwright, each in a folder of its own.
import { creating } from './creating/plugin';
import { notifying } from './notifying/plugin';
import { panel } from './panel/plugin';
import { plugin } from './plugin';
import { preview } from './preview/plugin';

export default [plugin, panel, preview, creating, notifying];
