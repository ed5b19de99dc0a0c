import { expect, it } from 'vitest';

import { bars } from './viewing';

const days = [
  { day: '2026-11-02', views: 3, visitors: 2, by_owner: 0 },
  { day: '2026-11-04', views: 5, visitors: 4, by_owner: 0 }
];

it('has a bar for each day, also where nobody came', () => {
  const found = bars({ since: '2026-11-01', until: '2026-11-04', days });
  expect(found.map(bar => bar.views)).toEqual([0, 3, 0, 5]);
});

it('puts days together where there are many', () => {
  const found = bars({ since: '2026-11-01', until: '2026-11-04', days }, 2);
  expect(found).toEqual([
    { day: '2026-11-01', views: 3, visitors: 2 },
    { day: '2026-11-03', views: 5, visitors: 4 }
  ]);
});
