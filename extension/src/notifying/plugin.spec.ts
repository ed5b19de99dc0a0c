import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import { job } from '../testing/serving';
import { ending } from './plugin';

const trans = nullTranslator.load('dashwright');

describe('ending', () => {
  it.each([
    [{ kind: 'new', status: 'completed' }, 'success', '"Sales" is ready.'],
    [{ status: 'completed' }, 'success', '"Sales" has new data.'],
    [
      { status: 'completed', unchanged: true },
      'info',
      '"Sales" is up to date: its data has not changed.'
    ],
    [
      { status: 'failed', error_message: 'The address does not answer.' },
      'error',
      '"Sales" failed. The address does not answer.'
    ],
    [{ status: 'cancelled' }, 'info', '"Sales": it was stopped.']
  ] as const)('tells of %j', (how, type, message) => {
    expect(ending(job('sales', how), 'Sales', trans)).toEqual({
      type,
      message
    });
  });
});
