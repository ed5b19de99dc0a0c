import { expect, it } from 'vitest';

import { duration, moment } from './time';

it.each([
  [0.42, '0.4 sec'],
  [9.96, '10 sec'],
  [59.7, '1 min'],
  [185, '3 min 5 sec'],
  [3600, '1 hr'],
  [7260, '2 hr 1 min']
])('says %s seconds as %s', (seconds, text) => {
  expect(duration(seconds, 'en')).toBe(text);
});

it('tells a moment by the clocks of a zone', () => {
  const text = moment('2026-11-27T05:00:00Z', 'Asia/Tokyo', 'en');
  expect(text).toContain('Fri');
  expect(text).toContain('2:00');
});
