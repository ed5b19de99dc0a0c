// The plugins of Dashwright, each in a folder of its own.
import { notifying } from './notifying/plugin';
import { panel } from './panel/plugin';
import { planning } from './planning/plugin';
import { plugin } from './plugin';
import { preview } from './preview/plugin';

export default [plugin, panel, preview, planning, notifying];
