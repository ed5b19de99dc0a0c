import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import type { ScheduleState } from '../api/nouns';
import { fieldOf, type ITyped, timingOf, typed, untouched } from './timing';

const trans = nullTranslator.load('dashwright');

function told(change: Partial<ITyped>): ReturnType<typeof timingOf> {
  return timingOf({ ...untouched('Europe/Berlin'), ...change }, trans);
}

describe('timingOf', () => {
  it.each<[Partial<ITyped>, unknown]>([
    [{ kind: 'off' }, null],
    [
      { kind: 'every', count: '2', unit: 'days' },
      { kind: 'every', minutes: 2880 }
    ],
    [
      { kind: 'daily', at: '06:30' },
      { kind: 'daily', at: '06:30' }
    ],
    [
      { kind: 'weekly', on: ['friday', 'monday'] },
      { kind: 'weekly', at: '06:00', on: ['monday', 'friday'] }
    ],
    [
      { kind: 'monthly', day: '31' },
      { kind: 'monthly', at: '06:00', day: 31 }
    ],
    [
      { kind: 'cron', cron: ' */5 * * * * ' },
      { kind: 'cron', text: '*/5 * * * *' }
    ]
  ])('of %o is %o', (change, timing) => {
    expect(told(change)).toEqual({ timing, faults: {} });
  });

  it.each<[Partial<ITyped>, keyof ITyped]>([
    [{ kind: 'every', count: '0' }, 'count'],
    [{ kind: 'every', count: 'often' }, 'count'],
    [{ kind: 'every', count: '367', unit: 'days' }, 'count'],
    [{ kind: 'daily', at: '' }, 'at'],
    [{ kind: 'weekly', on: [] }, 'on'],
    [{ kind: 'monthly', day: '32' }, 'day'],
    [{ kind: 'cron', cron: '0 6 * *' }, 'cron'],
    [{ kind: 'daily', zone: 'Berlin/Europe' }, 'zone'],
    [{ kind: 'daily', onFailure: 'pause', pauseAfter: '0' }, 'pauseAfter']
  ])('says of %o what is wrong with its %s', (change, field) => {
    const { timing, faults } = told(change);
    expect(timing).toBeNull();
    expect(Object.keys(faults)).toEqual([field]);
  });
});

describe('typed', () => {
  it('shows a schedule in the words that made it', () => {
    const state = {
      schedule: {
        timing: { kind: 'every', minutes: 180 },
        zone: 'Asia/Tokyo',
        on_failure: 'pause',
        pause_after: 5
      }
    } as ScheduleState;
    expect(typed(state, 'Europe/Berlin')).toMatchObject({
      kind: 'every',
      count: '3',
      unit: 'hours',
      zone: 'Asia/Tokyo',
      onFailure: 'pause',
      pauseAfter: '5'
    });
  });

  it("begins in the person's own time zone", () => {
    const state = { schedule: null } as ScheduleState;
    expect(typed(state, 'Asia/Tokyo').zone).toBe('Asia/Tokyo');
  });
});

it('finds the field that the server means', () => {
  expect(fieldOf('timing.cron.text')).toBe('cron');
  expect(fieldOf('zone')).toBe('zone');
  expect(fieldOf('body')).toBeNull();
});
