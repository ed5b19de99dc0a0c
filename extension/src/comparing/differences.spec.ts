import { nullTranslator } from '@jupyterlab/translation';
import { expect, it } from 'vitest';

import type { Difference } from '../api/nouns';
import { bytes, grouped } from './differences';

const trans = nullTranslator.load('dashwright');

function difference(more: Partial<Difference>): Difference {
  return {
    kind: 'widget',
    name: 'bars',
    change: 'added',
    fields: [],
    before: null,
    after: null,
    ...more
  };
}

it('tells what viewers notice first, and names things as they read them', () => {
  const found = grouped(
    [
      difference({
        kind: 'data',
        name: 'sales',
        change: 'changed',
        fields: ['digest', 'bytes'],
        before: { title: 'Sales', bytes: 1200 },
        after: { title: 'Sales', bytes: 2400 }
      }),
      difference({ after: { title: 'By region', type: 'bar' } }),
      difference({ kind: 'broken', name: 'Too few rows.' })
    ],
    trans
  );
  expect(found.map(group => group.kind)).toEqual(['broken', 'widgets', 'data']);
  expect(found[1]?.changes[0]?.text).toBe('"By region" (bar)');
  expect(found[2]?.changes[0]).toMatchObject({
    text: 'Data "Sales"',
    detail: `${bytes(2400)}, before ${bytes(1200)}`
  });
});

it('says what of a changed chart is another', () => {
  const [group] = grouped(
    [difference({ change: 'changed', fields: ['time_unit', 'sort'] })],
    trans
  );
  expect(group?.changes[0]?.detail).toBe('time unit, sort');
});

it('writes sizes with a unit', () => {
  expect(bytes(999)).toContain('999');
  expect(bytes(1_250_000)).toMatch(/1.25.*MB/);
});
