import { nullTranslator } from '@jupyterlab/translation';
import { expect, it } from 'vitest';

import { CommandIDs } from '../ids';
import { placed, steps } from './steps';

const trans = nullTranslator.load('dashwright');
const BOX = { width: 300, height: 150 };
const WINDOW = { width: 1000, height: 700 };

it('tells of nothing that nobody can do here', () => {
  const all = steps(() => true, trans);
  const few = steps(id => id === CommandIDs.publish, trans);
  expect(all.length).toBeGreaterThan(few.length);
  expect(few.map(step => step.title)).toEqual([
    'Dashboards live here',
    'Publish when it is right'
  ]);
});

it('stays inside the window', () => {
  const tab = { left: 0, top: 690, right: 30, bottom: 700, width: 30 };
  expect(placed(tab, BOX, WINDOW)).toEqual({ left: 42, top: 538 });
  const menu = { left: 900, top: 0, right: 980, bottom: 26, width: 80 };
  expect(placed(menu, BOX, WINDOW)).toEqual({ left: 688, top: 38 });
  expect(placed(null, BOX, WINDOW)).toEqual({ left: 350, top: 275 });
});
