// The plugins of Dashwright, each in a folder of its own.
import { creating } from './creating/plugin';
import { exporting } from './exporting/plugin';
import { history } from './history/plugin';
import { editing } from './editing/plugin';
import { notifying } from './notifying/plugin';
import { panel } from './panel/plugin';
import { planning } from './planning/plugin';
import { plugin } from './plugin';
import { preview } from './preview/plugin';
import { publishing } from './publishing/plugin';
import { scheduling } from './scheduling/plugin';
import { sharing } from './sharing/plugin';
import { touring } from './touring/plugin';
import { viewing } from './viewing/plugin';

export default [
  plugin,
  panel,
  preview,
  creating,
  editing,
  planning,
  notifying,
  publishing,
  history,
  sharing,
  scheduling,
  exporting,
  viewing,
  touring
];
